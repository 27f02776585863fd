"""devices, as parents have tried them"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "device_checks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("booking_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=True),
        sa.Column("microphone", sa.Boolean(), nullable=True),
        sa.Column("speaker", sa.Boolean(), nullable=True),
        sa.Column("connection", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_device_checks_booking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_checks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_device_checks_booking_id", "device_checks", ["booking_id"])
