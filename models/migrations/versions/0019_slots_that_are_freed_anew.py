"""slots that are freed anew"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("holds", sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_holds_starts_at_counselor_id", "holds", ["starts_at", "counselor_id"])
