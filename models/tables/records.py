"""Records: who did what, and who opened which page."""

from datetime import datetime

from sqlalchemy import (
    Index,
)
from sqlmodel import Field, SQLModel

from models.tables.columns import moment, refers_to, row_id


class AuditEntry(SQLModel, table=True):
    """What staff did, or what somebody was refused. Rows are added, never changed, and
    forgotten after the office's `record_years`. They hold no personal details: `subject` says of
    which row one speaks."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "contact_id", "what", "at"),)
    id: int = row_id()
    at: datetime = moment(index=True)
    staff_id: int | None = refers_to("staff.id", optional=True)
    contact_id: int | None = refers_to("contacts.id", optional=True)
    what: str = Field(max_length=40)
    subject: str = Field(default="", max_length=80)
    before: str = Field(default="", max_length=200)
    after: str = Field(default="", max_length=200)
    allowed: bool = True


class AccessRecord(SQLModel, table=True):
    """A use of a join link, form or terms page (art. 7(1))."""

    __tablename__ = "access_records"
    id: int = row_id()
    at: datetime = moment(index=True)
    page: str = Field(max_length=16)
    booking_id: int | None = refers_to("bookings.id", optional=True, index=True)
    contact_id: int | None = refers_to("contacts.id", optional=True, index=True)
    user_agent: str = Field(max_length=300)
    address: str = Field(max_length=64)


class FormLink(SQLModel, table=True):
    """A one-time link to a page where personal details are entered or read; only the hash of its
    secret is here. `purpose` says which page, `subject` about whom."""

    __tablename__ = "form_links"
    token_hash: str = Field(primary_key=True, max_length=64)
    contact_id: int = refers_to("contacts.id", index=True)
    purpose: str = Field(default="form", max_length=16)
    subject: int | None = refers_to("job_seekers.id", optional=True)
    expires_at: datetime = moment()
    used_at: datetime | None = moment(optional=True)
