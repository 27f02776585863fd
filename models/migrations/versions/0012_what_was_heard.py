"""when each way in was open, doubts that are cleared up, and who must know of what"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("watches") as watches:
        watches.add_column(
            sa.Column("way", sa.String(length=64), server_default="sweep", nullable=False)
        )
        watches.add_column(
            sa.Column("works", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        watches.add_column(
            sa.Column("why", sa.String(length=80), server_default="", nullable=False)
        )
    with op.batch_alter_table("attendance_signs") as signs:
        signs.add_column(sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("bookings") as bookings:
        bookings.add_column(
            sa.Column("raw_url_out", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    # The text for My Page held the meeting URL itself until now.
    op.execute(
        sa.text("UPDATE bookings SET raw_url_out = true WHERE my_page_posted_at IS NOT NULL")
    )
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("counselor_id", _ID, nullable=True))
        alerts.add_column(sa.Column("by_staff_id", _ID, nullable=True))
        alerts.add_column(
            sa.Column("detail", sa.String(length=80), server_default="", nullable=False)
        )
        alerts.create_foreign_key(
            op.f("fk_alerts_counselor_id"), "counselors", ["counselor_id"], ["id"]
        )
        alerts.create_foreign_key(op.f("fk_alerts_by_staff_id"), "staff", ["by_staff_id"], ["id"])
