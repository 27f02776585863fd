"""People: job seekers, their chats, what staff note of them, whom the office refuses."""

from datetime import date, datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import moment, refers_to, row_id, sealed


class JobSeeker(SQLModel, table=True):
    """利用者・求職者: the parent. Personal columns are sealed (models/vault.py)."""

    __tablename__ = "job_seekers"
    id: int = row_id()
    name: bytes | None = sealed()
    reading: bytes | None = sealed()
    phone: bytes | None = sealed()
    registration: bytes | None = sealed()
    registration_fingerprint: str | None = Field(default=None, index=True, max_length=64)
    phone_fingerprint: str | None = Field(default=None, index=True, max_length=64)
    reading_fingerprint: str | None = Field(default=None, index=True, max_length=64)
    verified_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()
    updated_at: datetime = moment()


class Contact(SQLModel, table=True):
    """A person on a channel."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "person"),)
    id: int = row_id()
    channel: str = Field(max_length=16)
    person: str = Field(max_length=64)
    language: str = Field(max_length=16)
    job_seeker_id: int | None = refers_to("job_seekers.id", optional=True, index=True)
    created_at: datetime = moment()
    unreachable_at: datetime | None = moment(optional=True)


class ChatCode(SQLModel, table=True):
    """A one-time code that joins a chat to a record. Its first part finds the row, of the rest only
    the hash is here; wrong tries are counted."""

    __tablename__ = "chat_codes"
    selector: str = Field(primary_key=True, max_length=8)
    secret_hash: str = Field(max_length=64)
    job_seeker_id: int = refers_to("job_seekers.id", index=True)
    expires_at: datetime = moment()
    tries: int = 0
    used_at: datetime | None = moment(optional=True)


class Claim(SQLModel, table=True):
    """Another chat gave the registration number of a record: staff say whether it is the same
    person's (`is_same`). Until then the newcomer books nothing and sees nothing of the other."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("job_seeker_id", "other_id"),)
    id: int = row_id()
    job_seeker_id: int = refers_to("job_seekers.id")
    other_id: int = refers_to("job_seekers.id", index=True)
    at: datetime = moment()
    decided_at: datetime | None = moment(optional=True)
    is_same: bool | None = None


class Merge(SQLModel, table=True):
    """Two records that became one: `moved` (JSON) names the rows that were the first one's, so that
    it can be undone."""

    __tablename__ = "merges"
    id: int = row_id()
    from_id: int = refers_to("job_seekers.id", index=True)
    into_id: int = refers_to("job_seekers.id", index=True)
    moved: str = Field(sa_type=Text)
    by_staff_id: int | None = refers_to("staff.id", optional=True)
    at: datetime = moment()
    undone_at: datetime | None = moment(optional=True)


class Refusal(SQLModel, table=True):
    """利用お断り: staff refuse a person until a day or until it is lifted (arts. 6(6), 12(1)).
    Never automatic. The reason speaks of a person, so it is a sealed note."""

    __tablename__ = "refusals"
    id: int = row_id()
    job_seeker_id: int = refers_to("job_seekers.id", index=True)
    since: datetime = moment()
    until_day: date | None = None
    by_staff_id: int | None = refers_to("staff.id", optional=True)
    lifted_at: datetime | None = moment(optional=True)


class Note(SQLModel, table=True):
    """What staff want to remember of a person; sealed, since it speaks of one."""

    __tablename__ = "notes"
    id: int = row_id()
    job_seeker_id: int = refers_to("job_seekers.id", index=True)
    body: bytes | None = sealed()
    by_staff_id: int | None = refers_to("staff.id", optional=True)
    at: datetime = moment()
