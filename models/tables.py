"""The tables, all of them. Rules that a database can hold are constraints here."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Names for constraints, so that a migration can speak of them on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata = MetaData(naming_convention=NAMING)


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite keeps no zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")

ACTIVE = ("booked", "joined", "undecided")
_active = text("status IN ('booked', 'joined', 'undecided')")


def _id() -> Any:
    return Field(default=None, sa_column=Column(Id, primary_key=True))


def _ref(target: str, *, optional: bool = False, index: bool = False) -> Any:
    column = Column(Id, ForeignKey(target), nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def _moment(*, optional: bool = False, index: bool = False) -> Any:
    column = Column(Utc, nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def _sealed() -> Any:
    return Field(default=None, sa_type=LargeBinary, nullable=True)


class JobSeeker(SQLModel, table=True):
    """利用者・求職者: the parent. Personal columns are sealed (models/vault.py)."""

    __tablename__ = "job_seekers"
    id: int | None = _id()
    name: bytes | None = _sealed()
    reading: bytes | None = _sealed()
    phone: bytes | None = _sealed()
    registration: bytes | None = _sealed()
    registration_fingerprint: str | None = Field(default=None, index=True, max_length=64)
    phone_fingerprint: str | None = Field(default=None, index=True, max_length=64)
    verified_at: datetime | None = _moment(optional=True)
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class Refusal(SQLModel, table=True):
    """利用お断り: staff refuse a person, with a reason, until a day or until it is lifted
    (arts. 6(6), 12(1)). Never automatic."""

    __tablename__ = "refusals"
    id: int | None = _id()
    job_seeker_id: int = _ref("job_seekers.id", index=True)
    reason: str = Field(max_length=200)
    since: datetime = _moment()
    until_day: date | None = None
    by_staff_id: int | None = _ref("staff.id", optional=True)
    lifted_at: datetime | None = _moment(optional=True)


class Note(SQLModel, table=True):
    """What staff want to remember of a person; sealed, since it speaks of one."""

    __tablename__ = "notes"
    id: int | None = _id()
    job_seeker_id: int = _ref("job_seekers.id", index=True)
    body: bytes | None = _sealed()
    by_staff_id: int | None = _ref("staff.id", optional=True)
    at: datetime = _moment()


class Question(SQLModel, table=True):
    """What a parent asks the office, and what was answered; sealed."""

    __tablename__ = "questions"
    __table_args__ = (
        Index(
            "ix_questions_open",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int | None = _id()
    contact_id: int = _ref("contacts.id", index=True)
    message_id: str | None = Field(default=None, max_length=64)
    body: bytes | None = _sealed()
    answer: bytes | None = _sealed()
    answered_by: int | None = _ref("staff.id", optional=True)
    asked_at: datetime = _moment()
    told_at: datetime | None = _moment(optional=True)
    closed_at: datetime | None = _moment(optional=True)


class Draft(SQLModel, table=True):
    """What a parent typed that the program cannot use, sealed and for a short time only: one tap
    makes a question of it."""

    __tablename__ = "drafts"
    contact_id: int = Field(
        sa_column=Column(Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    )
    message_id: str | None = Field(default=None, max_length=64)
    body: bytes | None = _sealed()
    until: datetime = _moment(index=True)


class Wait(SQLModel, table=True):
    """Somebody on the waiting list, for a local day or for any."""

    __tablename__ = "waits"
    __table_args__ = (
        Index(
            "ix_waits_standing",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: int | None = _id()
    contact_id: int = _ref("contacts.id", index=True)
    service: str = Field(max_length=16)
    day: date | None = None
    since: datetime = _moment()
    ended_at: datetime | None = _moment(optional=True)


class Hold(SQLModel, table=True):
    """A slot that was offered to somebody who waits, and is kept for them until a time."""

    __tablename__ = "holds"
    id: int | None = _id()
    wait_id: int = _ref("waits.id", index=True)
    contact_id: int = _ref("contacts.id", index=True)
    counselor_id: int = _ref("counselors.id")
    starts_at: datetime = _moment()
    since: datetime = _moment()
    until: datetime = _moment(index=True)


class DoneOnce(SQLModel, table=True):
    """Work that is done once a day, by whichever process comes first."""

    __tablename__ = "done_once"
    what: str = Field(primary_key=True, max_length=24)
    day: date = Field(primary_key=True)


class Contact(SQLModel, table=True):
    """A person on a channel."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "person"),)
    id: int | None = _id()
    channel: str = Field(max_length=16)
    person: str = Field(max_length=64)
    language: str = Field(max_length=16)
    job_seeker_id: int | None = _ref("job_seekers.id", optional=True, index=True)
    created_at: datetime = _moment()
    unreachable_at: datetime | None = _moment(optional=True)


class Terms(SQLModel, table=True):
    """利用規約: a version, in force from its effective day until a later version's."""

    __tablename__ = "terms"
    version: int | None = Field(default=None, primary_key=True)
    body: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    effective_on: date = Field(index=True)
    published_at: datetime = _moment()
    telling_since: datetime | None = _moment(optional=True)


class TermsNotice(SQLModel, table=True):
    """Who was told of a version before it took effect (art. 13); how that ended stands in the
    outbox."""

    __tablename__ = "terms_notices"
    version: int = Field(foreign_key="terms.version", primary_key=True)
    contact_id: int = Field(
        sa_column=Column(Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    )
    at: datetime = _moment()


class Consent(SQLModel, table=True):
    """同意: given or withdrawn; rows are only ever added (art. 2(3))."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "contact_id", "id"),)
    id: int | None = _id()
    contact_id: int = _ref("contacts.id")
    terms_version: int = Field(foreign_key="terms.version")
    sha256: str = Field(max_length=64)
    given: bool
    at: datetime = _moment()
    channel: str = Field(max_length=16)
    event_id: str = Field(max_length=64)


class Declaration(SQLModel, table=True):
    """An answer to one condition of arts. 2 and 5; rows are only ever added."""

    __tablename__ = "declarations"
    __table_args__ = (Index(None, "contact_id", "card", "item", "at"),)
    id: int | None = _id()
    contact_id: int = _ref("contacts.id")
    card: str = Field(max_length=16)
    item: str = Field(max_length=16)
    holds: bool
    at: datetime = _moment()


class FormLink(SQLModel, table=True):
    """A one-time link to a page where personal details are entered or read; only the hash of its
    secret is here. `purpose` says which page, `subject` about whom."""

    __tablename__ = "form_links"
    token_hash: str = Field(primary_key=True, max_length=64)
    contact_id: int = _ref("contacts.id", index=True)
    purpose: str = Field(default="form", max_length=16)
    subject: int | None = _ref("job_seekers.id", optional=True)
    expires_at: datetime = _moment()
    used_at: datetime | None = _moment(optional=True)


class Counselor(SQLModel, table=True):
    """相談員・担当者."""

    __tablename__ = "counselors"
    id: int | None = _id()
    name: str = Field(max_length=60, unique=True)
    meeting_url: str | None = Field(default=None, max_length=2000)
    retired_at: datetime | None = _moment(optional=True)


class Shift(SQLModel, table=True):
    """When a counselor works; weekday 0 is Monday, times are the office's."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_time < end_time", name="times"),
    )
    id: int | None = _id()
    counselor_id: int = _ref("counselors.id", index=True)
    weekday: int
    start_time: time
    end_time: time
    from_day: date | None = None
    until_day: date | None = None


class Closure(SQLModel, table=True):
    """A time without consultations: of the office (no counselor) or of one counselor."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="times"),)
    id: int | None = _id()
    counselor_id: int | None = _ref("counselors.id", optional=True, index=True)
    starts_at: datetime = _moment()
    ends_at: datetime = _moment(index=True)
    reason: str = Field(default="", max_length=200)


class Booking(SQLModel, table=True):
    """予約. `minutes` is how long it lasts, which a later change of the office's grid does not
    alter. `version` counts its moves. `remind_at` and `notice_at` are work still to be done at
    that time; they are stored, not derived, so that a pass reads only the rows that are due."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "uq_bookings_active_slot",
            "counselor_id",
            "starts_at",
            unique=True,
            sqlite_where=_active,
            postgresql_where=_active,
        ),
        Index(
            "ix_bookings_active_start",
            "starts_at",
            sqlite_where=_active,
            postgresql_where=_active,
        ),
        Index(
            "ix_bookings_remind_at",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
        Index(
            "ix_bookings_notice_at",
            "notice_at",
            sqlite_where=text("notice_at IS NOT NULL"),
            postgresql_where=text("notice_at IS NOT NULL"),
        ),
        Index(
            "ix_bookings_to_judge",
            "starts_at",
            sqlite_where=text("status IN ('booked')"),
            postgresql_where=text("status IN ('booked')"),
        ),
        Index(None, "job_seeker_id", "starts_at"),
        CheckConstraint(
            "status IN ('booked', 'joined', 'completed', 'cancelled', 'withdrawn',"
            " 'deemed_cancelled', 'undecided')",
            name="status",
        ),
        CheckConstraint("companion IN ('alone', 'companion', 'interpreter')", name="companion"),
    )
    id: int | None = _id()
    reference: str = Field(max_length=12, unique=True)
    job_seeker_id: int = _ref("job_seekers.id")
    counselor_id: int = _ref("counselors.id")
    service: str = Field(max_length=16)
    starts_at: datetime = _moment()
    minutes: int
    status: str = Field(max_length=16)
    companion: str = Field(max_length=16)
    meeting_url: str | None = Field(default=None, max_length=2000)
    version: int = 1
    remind_at: datetime | None = _moment(optional=True)
    notice_at: datetime | None = _moment(optional=True)
    my_page_posted_at: datetime | None = _moment(optional=True)
    created_at: datetime = _moment()


class BookingChange(SQLModel, table=True):
    """What happened to a booking, when, by whom and why; rows are only ever added."""

    __tablename__ = "booking_changes"
    id: int | None = _id()
    booking_id: int = _ref("bookings.id", index=True)
    at: datetime = _moment()
    what: str = Field(max_length=24)
    by: str = Field(max_length=16)
    why: str = Field(default="", max_length=200)


class AttendanceSign(SQLModel, table=True):
    """Something that shows that the parent came or made contact, by the time of the act."""

    __tablename__ = "attendance_signs"
    __table_args__ = (UniqueConstraint("booking_id", "version", "how"),)
    id: int | None = _id()
    booking_id: int = _ref("bookings.id")
    version: int
    came: bool
    how: str = Field(max_length=16)
    acted_at: datetime = _moment()
    recorded_at: datetime = _moment()


class Watch(SQLModel, table=True):
    """A stretch of time in which one run of the program was looking (its heartbeat)."""

    __tablename__ = "watches"
    id: int | None = _id()
    starts_at: datetime = _moment()
    ends_at: datetime = _moment(index=True)


class InboxEvent(SQLModel, table=True):
    """Every event taken, once. `body` is sealed and kept only where somebody may need it: a
    failed event that can be run again, and what was written around a consultation."""

    __tablename__ = "inbox"
    channel: str = Field(primary_key=True, max_length=16)
    event_id: str = Field(primary_key=True, max_length=64)
    contact_id: int | None = _ref("contacts.id", optional=True, index=True)
    message_id: str | None = Field(default=None, max_length=64)
    takes_back: str | None = Field(default=None, max_length=64)
    acted_at: datetime | None = _moment(optional=True)
    received_at: datetime = _moment(index=True)
    failed: bool = False
    body: bytes | None = _sealed()


class OutboxRow(SQLModel, table=True):
    """One request to a platform. `payload` is its final body, so that a retry sends the same."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("booking_id", "kind", "booking_version"),
        Index(
            "ix_outbox_waiting",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint(
            "state IN ('waiting', 'accepted', 'expired', 'unreachable', 'refused', 'uncertain')",
            name="state",
        ),
    )
    id: int | None = _id()
    contact_id: int = _ref("contacts.id", index=True)
    channel: str = Field(max_length=16)
    person: str = Field(max_length=64)
    kind: str = Field(max_length=24)
    booking_id: int | None = _ref("bookings.id", optional=True)
    booking_version: int | None = None
    follows_id: int | None = _ref("outbox.id", optional=True)
    # The contact of the staff member who is to hear how it ended.
    report_to: int | None = _ref("contacts.id", optional=True)
    payload: str = Field(sa_type=Text)
    reply_token: str | None = Field(default=None, max_length=100)
    reply_until: datetime | None = _moment(optional=True)
    retry_key: str = Field(max_length=36)
    created_at: datetime = _moment()
    due_at: datetime = _moment()
    useless_after: datetime = _moment()
    state: str = Field(default="waiting", max_length=16)
    attempts: int = 0
    fence: int = 0
    in_flight: bool = False
    ended_at: datetime | None = _moment(optional=True)
    why: str = Field(default="", max_length=200)


class SentMessage(SQLModel, table=True):
    """Which message of a chat speaks of what ("booking 7"), so that a reply to it can be read."""

    __tablename__ = "sent_messages"
    channel: str = Field(primary_key=True, max_length=16)
    chat: str = Field(primary_key=True, max_length=64)
    message_id: str = Field(primary_key=True, max_length=64)
    about: str = Field(max_length=40)
    at: datetime = _moment(index=True)


class Alert(SQLModel, table=True):
    """Something that staff must know or decide."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        Index(
            "ix_alerts_untold",
            "at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        Index(
            "ix_alerts_open",
            "at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int | None = _id()
    kind: str = Field(max_length=32)
    subject: str = Field(max_length=80)
    booking_id: int | None = _ref("bookings.id", optional=True, index=True)
    contact_id: int | None = _ref("contacts.id", optional=True)
    at: datetime = _moment(index=True)
    told_at: datetime | None = _moment(optional=True)
    closed_at: datetime | None = _moment(optional=True)


class AccessRecord(SQLModel, table=True):
    """A use of a join link, form or terms page (art. 7(1))."""

    __tablename__ = "access_records"
    id: int | None = _id()
    at: datetime = _moment(index=True)
    page: str = Field(max_length=16)
    booking_id: int | None = _ref("bookings.id", optional=True, index=True)
    contact_id: int | None = _ref("contacts.id", optional=True, index=True)
    user_agent: str = Field(max_length=300)
    address: str = Field(max_length=64)


class Staff(SQLModel, table=True):
    """職員: works by chat. A counselor's role goes with the counselor whose bookings are theirs."""

    __tablename__ = "staff"
    __table_args__ = (
        Index(
            "uq_staff_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint("role IN ('admin', 'counselor')", name="role"),
        CheckConstraint("role = 'admin' OR counselor_id IS NOT NULL", name="counselor"),
    )
    id: int | None = _id()
    contact_id: int = _ref("contacts.id")
    name: str = Field(max_length=60)
    role: str = Field(max_length=16)
    counselor_id: int | None = _ref("counselors.id", optional=True)
    since: datetime = _moment()
    removed_at: datetime | None = _moment(optional=True)


class StaffInvite(SQLModel, table=True):
    """A one-time code for a new staff member. Its first part finds the row, of the rest only the
    hash is here; wrong tries are counted."""

    __tablename__ = "staff_invites"
    selector: str = Field(primary_key=True, max_length=8)
    secret_hash: str = Field(max_length=64)
    name: str = Field(max_length=60)
    role: str = Field(max_length=16)
    counselor_id: int | None = _ref("counselors.id", optional=True)
    expires_at: datetime = _moment()
    tries: int = 0
    used_at: datetime | None = _moment(optional=True)


class AuditEntry(SQLModel, table=True):
    """What staff did, or what somebody was refused; rows are only ever added. It holds no personal
    details: `subject` says of which row it speaks."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "contact_id", "what", "at"),)
    id: int | None = _id()
    at: datetime = _moment(index=True)
    staff_id: int | None = _ref("staff.id", optional=True)
    contact_id: int | None = _ref("contacts.id", optional=True)
    what: str = Field(max_length=40)
    subject: str = Field(default="", max_length=80)
    before: str = Field(default="", max_length=200)
    after: str = Field(default="", max_length=200)
    allowed: bool = True


class Awaited(SQLModel, table=True):
    """The free text that somebody was asked for, until a time: the only state of a
    conversation."""

    __tablename__ = "awaited"
    contact_id: int = Field(
        sa_column=Column(Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    )
    what: str = Field(max_length=24)
    subject: str = Field(default="", max_length=80)
    until: datetime = _moment()


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model, for statements."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time
    return found


def status_in(*statuses: str) -> ColumnElement[bool]:
    """A condition on a booking's status, spelled out in the SQL: SQLite uses a partial index only
    where the query says what the index says."""
    return literal_column("bookings.status").in_(
        [literal_column(f"'{status}'") for status in statuses]
    )


ACTIVE_BOOKING = status_in(*ACTIVE)
