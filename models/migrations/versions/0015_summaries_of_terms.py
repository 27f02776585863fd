"""an office's own summary of its terms"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("terms") as terms:
        terms.add_column(sa.Column("summary", sa.Text(), server_default="", nullable=False))
