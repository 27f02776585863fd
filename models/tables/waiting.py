"""The waiting list."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import moment, partial_index, refers_to, row_id


class Wait(SQLModel, table=True):
    """Somebody on the waiting list, for a local day or for any."""

    __tablename__ = "waits"
    __table_args__ = (partial_index("ix_waits_standing", "id", where="ended_at IS NULL"),)
    id: int = row_id()
    contact_id: int = refers_to("contacts.id", index=True)
    service: str = Field(max_length=16)
    day: date | None = None
    since: datetime = moment()
    ended_at: datetime | None = moment(optional=True)


class Hold(SQLModel, table=True):
    """A slot that was offered to somebody who waits, and is kept for them until a time."""

    __tablename__ = "holds"
    __table_args__ = (Index(None, "starts_at", "counselor_id"),)
    id: int = row_id()
    wait_id: int = refers_to("waits.id", index=True)
    contact_id: int = refers_to("contacts.id", index=True)
    counselor_id: int = refers_to("counselors.id")
    starts_at: datetime = moment()
    since: datetime = moment()
    until: datetime = moment(index=True)
    # Since when somebody had the slot and gave it back, so that it may be offered anew.
    freed_at: datetime | None = moment(optional=True)
