"""fewer indexes to keep with every event and answer"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_NEWS = sa.text("state = 'waiting' AND kind != 'answer'")
_A_FOLLOWER = sa.text("follows_id IS NOT NULL")
_OF_A_BOOKING = sa.text("booking_id IS NOT NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "inbox", recreate="always", table_kwargs={"sqlite_with_rowid": False}
        ):
            pass
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_waiting")
        outbox.drop_constraint(op.f("uq_outbox_booking_id_kind_booking_version"), type_="unique")
    op.create_index(
        "uq_outbox_booking_id_kind_booking_version",
        "outbox",
        ["booking_id", "kind", "booking_version"],
        unique=True,
        sqlite_where=_OF_A_BOOKING,
        postgresql_where=_OF_A_BOOKING,
    )
    # Whoever deletes a row is asked whether another follows it.
    op.create_index(
        "ix_outbox_follows_id",
        "outbox",
        ["follows_id"],
        unique=False,
        sqlite_where=_A_FOLLOWER,
        postgresql_where=_A_FOLLOWER,
    )
    op.create_index(
        "ix_outbox_news",
        "outbox",
        ["due_at", "id"],
        unique=False,
        sqlite_where=_NEWS,
        postgresql_where=_NEWS,
    )
