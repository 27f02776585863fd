"""reasons of refusals are sealed notes"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_column("refusals", "reason")
