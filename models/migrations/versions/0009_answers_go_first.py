"""answers go first"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        "ix_outbox_answers",
        "outbox",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting' AND kind = 'answer'"),
        postgresql_where=sa.text("state = 'waiting' AND kind = 'answer'"),
    )
