"""errands, and rooms at a video service"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "errands",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("booking_id", _ID, nullable=False),
        sa.Column("host", sa.String(128), nullable=True),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("useless_after", _AT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("in_flight", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("why", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'expired', 'refused', 'uncertain')", name="state"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_errands_booking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sa.UniqueConstraint("key", name=op.f("uq_errands_key")),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_errands_waiting",
        "errands",
        ["due_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_errands_booking_id", "errands", ["booking_id"])
    op.create_index("ix_errands_created_at", "errands", ["created_at"])

    op.create_table(
        "rooms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("booking_id", _ID, nullable=False),
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("join_url", sa.String(2000), nullable=False),
        sa.Column("starts_at", _AT, nullable=False),
        sa.Column("gone_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_rooms_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("number", name=op.f("uq_rooms_number")),
        sqlite_autoincrement=True,
    )
    living = sa.text("gone_at IS NULL")
    op.create_index(
        "uq_rooms_living",
        "rooms",
        ["booking_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    op.create_index("ix_rooms_booking_id", "rooms", ["booking_id"])
    op.create_table(
        "sightings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("room_id", _ID, nullable=False),
        sa.Column("seen", sa.String(16), nullable=False),
        sa.Column("by_host", sa.Boolean(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_sightings_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint(
            "room_id", "seen", "by_host", "at", name=op.f("uq_sightings_room_id_seen_by_host_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "room_changes",
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "day", name=op.f("pk_room_changes")),
    )
    op.add_column("counselors", sa.Column("video_user", sa.String(128), nullable=True))
