"""codes that join a chat to a record, claims of a number, and merges"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def _seeker(name: str) -> sa.Column[int]:
    return sa.Column(name, _ID, sa.ForeignKey("job_seekers.id"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "chat_codes",
        sa.Column("selector", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        _seeker("job_seeker_id"),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("selector", name=op.f("pk_chat_codes")),
    )
    op.create_index("ix_chat_codes_job_seeker_id", "chat_codes", ["job_seeker_id"])
    op.create_table(
        "claims",
        sa.Column("id", _ID, nullable=False),
        _seeker("job_seeker_id"),
        _seeker("other_id"),
        sa.Column("at", _AT, nullable=False),
        sa.Column("decided_at", _AT, nullable=True),
        sa.Column("is_same", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("job_seeker_id", "other_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_claims_other_id", "claims", ["other_id"])
    op.create_table(
        "merges",
        sa.Column("id", _ID, nullable=False),
        _seeker("from_id"),
        _seeker("into_id"),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("by_staff_id", _ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_from_id", "merges", ["from_id"])
    op.create_index("ix_merges_into_id", "merges", ["into_id"])
    with op.batch_alter_table("job_seekers") as seekers:
        seekers.add_column(sa.Column("reading_fingerprint", sa.String(length=64), nullable=True))
    op.create_index("ix_job_seekers_reading_fingerprint", "job_seekers", ["reading_fingerprint"])
