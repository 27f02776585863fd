"""Bookings, what happened to them, and who came."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    UniqueConstraint,
    false,
    literal_column,
    true,
)
from sqlmodel import Field, SQLModel

from models.choice import Choice
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id


class Status(Choice):
    """How a booking stands. UNDECIDED is left to staff; DEEMED_CANCELLED is art. 6(6)."""

    BOOKED = "booked"
    JOINED = "joined"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    DEEMED_CANCELLED = "deemed_cancelled"
    UNDECIDED = "undecided"


class Companion(Choice):
    """Who comes along (art. 12(3)). OUR_INTERPRETER is one that the office is asked for."""

    ALONE = "alone"
    COMPANION = "companion"
    INTERPRETER = "interpreter"
    OUR_INTERPRETER = "our_interpreter"


INTERPRETED = (Companion.INTERPRETER, Companion.OUR_INTERPRETER)
ACTIVE = (Status.BOOKED, Status.JOINED, Status.UNDECIDED)
_active = "status IN ('booked', 'joined', 'undecided')"


class Booking(SQLModel, table=True):
    """予約. `minutes` is how long it lasts, which a later change of the office's grid does not
    alter. `version` counts its moves. `remind_at` and `notice_at` are work still to be done at
    that time; they are stored, not derived, so that a pass reads only the rows that are due."""

    __tablename__ = "bookings"
    __table_args__ = (
        partial_index(
            "uq_bookings_active_slot", "counselor_id", "starts_at", where=_active, unique=True
        ),
        partial_index("ix_bookings_active_start", "starts_at", where=_active),
        partial_index("ix_bookings_remind_at", "remind_at", where="remind_at IS NOT NULL"),
        partial_index("ix_bookings_notice_at", "notice_at", where="notice_at IS NOT NULL"),
        partial_index("ix_bookings_to_judge", "starts_at", where="status IN ('booked')"),
        Index(None, "job_seeker_id", "starts_at"),
        CheckConstraint(
            "status IN ('booked', 'joined', 'completed', 'cancelled', 'withdrawn',"
            " 'deemed_cancelled', 'undecided')",
            name="status",
        ),
        CheckConstraint(
            "companion IN ('alone', 'companion', 'interpreter', 'our_interpreter')",
            name="companion",
        ),
    )
    id: int = row_id()
    reference: str = Field(max_length=12, unique=True)
    # What its links are bound to; "" for those that were sent before there was one.
    secret: str = Field(default="", max_length=32, sa_column_kwargs={"server_default": ""})
    job_seeker_id: int = refers_to("job_seekers.id")
    counselor_id: int = refers_to("counselors.id")
    service: str = Field(max_length=16)
    starts_at: datetime = moment()
    minutes: int
    status: Status = one_of(Status)
    companion: Companion = one_of(Companion)
    meeting_url: str | None = Field(default=None, max_length=2000)
    # The raw meeting URL was given out (My Page texts did so once): coming by it is not seen.
    raw_url_out: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    version: int = 1
    remind_at: datetime | None = moment(optional=True)
    notice_at: datetime | None = moment(optional=True)
    my_page_posted_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()


class BookingChange(SQLModel, table=True):
    """What happened to a booking, when, by whom and why. Rows are added, never changed,
    and forgotten after the office's `record_years`."""

    __tablename__ = "booking_changes"
    id: int = row_id()
    booking_id: int = refers_to("bookings.id", index=True)
    at: datetime = moment()
    what: str = Field(max_length=24)
    by: str = Field(max_length=16)
    why: str = Field(default="", max_length=200)


class AttendanceSign(SQLModel, table=True):
    """Something that shows that the parent came or made contact, by the time of the act."""

    __tablename__ = "attendance_signs"
    __table_args__ = (UniqueConstraint("booking_id", "version", "how"),)
    id: int = row_id()
    booking_id: int = refers_to("bookings.id")
    version: int
    came: bool
    how: str = Field(max_length=16)
    acted_at: datetime = moment()
    recorded_at: datetime = moment()
    # Since when a doubt of the parent's is cleared up: it holds the booking no more.
    cleared_at: datetime | None = moment(optional=True)


class Watch(SQLModel, table=True):
    """A stretch of time in which one process saw that a way in worked, or that it did not."""

    __tablename__ = "watches"
    id: int = row_id()
    way: str = Field(default="sweep", max_length=64, sa_column_kwargs={"server_default": "sweep"})
    works: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    starts_at: datetime = moment()
    ends_at: datetime = moment(index=True)
    why: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})


def status_in(*statuses: Status) -> ColumnElement[bool]:
    """Return a condition on a booking's status, spelled out in the SQL: SQLite uses a partial index
    only where the query says what the index says."""
    return literal_column("bookings.status").in_(
        [literal_column(f"'{status}'") for status in statuses]
    )


ACTIVE_BOOKING = status_in(*ACTIVE)
