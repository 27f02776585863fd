"""how long a booking lasts; when an event was done and what it takes back; whom an alert
is about"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    # Until now no office had another length than the longest one.
    op.add_column(
        "bookings", sa.Column("minutes", sa.Integer(), nullable=False, server_default="30")
    )
    op.add_column("inbox", sa.Column("takes_back", sa.String(length=64), nullable=True))
    op.add_column("inbox", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("contact_id", number, nullable=True))
        alerts.create_foreign_key(op.f("fk_alerts_contact_id"), "contacts", ["contact_id"], ["id"])
