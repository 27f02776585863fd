"""what a letter is about, apart from its kind"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_OF_A_BOOKING = sa.text("booking_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("subject", sa.String(16), server_default="", nullable=False))
        outbox.drop_index("uq_outbox_booking_id_kind_booking_version")
    for kind in ("news", "terms"):
        op.execute(
            f"UPDATE outbox SET subject = substr(kind, {len(kind) + 2}), kind = '{kind}'"
            f" WHERE kind LIKE '{kind} %'"
        )
    op.create_index(
        "uq_outbox_booking_id_kind_subject_booking_version",
        "outbox",
        ["booking_id", "kind", "subject", "booking_version"],
        unique=True,
        sqlite_where=_OF_A_BOOKING,
        postgresql_where=_OF_A_BOOKING,
    )
