"""Rooms of bookings at a video service, and what was seen in them."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.sighting import Seen
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id


class Room(SQLModel, table=True):
    """A room that the service has made for a booking. `number` and `host` are the service's. The
    address for parents is kept, and the one for the host never."""

    __tablename__ = "rooms"
    __table_args__ = (
        # A booking has one room at a time.
        partial_index("uq_rooms_living", "booking_id", where="gone_at IS NULL", unique=True),
    )
    id: int = row_id()
    booking_id: int = refers_to("bookings.id", index=True)
    host: str = Field(max_length=128)
    number: str = Field(max_length=32, unique=True)
    join_url: str = Field(max_length=2000)
    starts_at: datetime = moment()
    gone_at: datetime | None = moment(optional=True)


class SightingRow(SQLModel, table=True):
    """Something that was seen in a room. The same thing told twice is one row."""

    __tablename__ = "sightings"
    __table_args__ = (UniqueConstraint("room_id", "seen", "by_host", "at"),)
    id: int = row_id()
    room_id: int = refers_to("rooms.id")
    seen: Seen = one_of(Seen)
    by_host: bool
    at: datetime = moment()


class RoomChanges(SQLModel, table=True):
    """How many rooms of a host were made and changed on a day (UTC), which the service limits."""

    __tablename__ = "room_changes"
    host: str = Field(max_length=128, primary_key=True)
    day: date = Field(primary_key=True)
    count: int
