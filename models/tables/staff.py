"""Staff, and their codes."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
)
from sqlmodel import Field, SQLModel

from models.choice import Choice
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id


class Role(Choice):
    """What a staff member may do: counselors act on their own bookings, admins on all."""

    ADMIN = "admin"
    COUNSELOR = "counselor"


class Staff(SQLModel, table=True):
    """職員: works by chat. A counselor's role goes with the counselor whose bookings are theirs."""

    __tablename__ = "staff"
    __table_args__ = (
        partial_index("uq_staff_contact", "contact_id", where="removed_at IS NULL", unique=True),
        CheckConstraint("role IN ('admin', 'counselor')", name="role"),
        CheckConstraint("role = 'admin' OR counselor_id IS NOT NULL", name="counselor"),
    )
    id: int = row_id()
    contact_id: int = refers_to("contacts.id")
    name: str = Field(max_length=60)
    role: Role = one_of(Role)
    counselor_id: int | None = refers_to("counselors.id", optional=True)
    since: datetime = moment()
    removed_at: datetime | None = moment(optional=True)
    secret: str = Field(default="", max_length=32, sa_column_kwargs={"server_default": ""})


class StaffInvite(SQLModel, table=True):
    """A one-time code for a new staff member. Its first part finds the row, of the rest only the
    hash is here; wrong tries are counted."""

    __tablename__ = "staff_invites"
    selector: str = Field(primary_key=True, max_length=8)
    secret_hash: str = Field(max_length=64)
    name: str = Field(max_length=60)
    role: Role = one_of(Role)
    counselor_id: int | None = refers_to("counselors.id", optional=True)
    expires_at: datetime = moment()
    tries: int = 0
    used_at: datetime | None = moment(optional=True)


class DoneOnce(SQLModel, table=True):
    """Work that is done once a day, by whichever process comes first."""

    __tablename__ = "done_once"
    what: str = Field(primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
