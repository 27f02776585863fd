"""What comes in and what goes out."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Text,
)
from sqlmodel import Field, SQLModel

from models.choice import Choice
from models.letter_kind import LetterKind
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id, sealed


class InboxEvent(SQLModel, table=True):
    """Every event taken, once. `body` is sealed and kept only where somebody may need it: a
    failed event that can be run again, and what was written around a consultation."""

    __tablename__ = "inbox"
    __table_args__ = {"sqlite_with_rowid": False}  # looked up by its key alone
    channel: str = Field(primary_key=True, max_length=16)
    event_id: str = Field(primary_key=True, max_length=64)
    contact_id: int | None = refers_to("contacts.id", optional=True, index=True)
    message_id: str | None = Field(default=None, max_length=64)
    takes_back: str | None = Field(default=None, max_length=64)
    acted_at: datetime | None = moment(optional=True)
    received_at: datetime = moment(index=True)
    failed: bool = False
    body: bytes | None = sealed()


class SendState(Choice):
    """How it stands with one request to a platform. UNCERTAIN: the platform may have taken it, and
    nobody can ask."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class OutboxRow(SQLModel, table=True):
    """One request to a platform. `payload` is its final body, so that a retry sends the same."""

    __tablename__ = "outbox"
    __table_args__ = (
        # One copy of what is told about a booking as it stands. Answers speak of none, and each
        # index here costs every turn: a row stands in those only that it is looked for in.
        partial_index(
            "uq_outbox_booking_id_kind_subject_booking_version",
            *("booking_id", "kind", "subject", "booking_version"),
            where="booking_id IS NOT NULL",
            unique=True,
        ),
        # Whoever deletes a row is asked whether another follows it.
        partial_index("ix_outbox_follows_id", "follows_id", where="follows_id IS NOT NULL"),
        partial_index(
            "ix_outbox_answers", "due_at", "id", where="state = 'waiting' AND kind = 'answer'"
        ),
        partial_index(
            "ix_outbox_news", "due_at", "id", where="state = 'waiting' AND kind != 'answer'"
        ),
        CheckConstraint(
            "state IN ('waiting', 'accepted', 'expired', 'unreachable', 'refused', 'uncertain')",
            name="state",
        ),
    )
    id: int = row_id()
    contact_id: int = refers_to("contacts.id", index=True)
    channel: str = Field(max_length=16)
    person: str = Field(max_length=64)
    kind: LetterKind = one_of(LetterKind, length=24)
    # What a kind is about, where it is told more than once: a change of a booking, a version.
    subject: str = Field(default="", max_length=16)
    booking_id: int | None = refers_to("bookings.id", optional=True)
    booking_version: int | None = None
    follows_id: int | None = refers_to("outbox.id", optional=True)
    # The contact of the staff member who is to hear how it ended.
    report_to: int | None = refers_to("contacts.id", optional=True)
    payload: str = Field(sa_type=Text)
    reply_token: str | None = Field(default=None, max_length=100)
    reply_until: datetime | None = moment(optional=True)
    retry_key: str = Field(max_length=36)
    created_at: datetime = moment()
    due_at: datetime = moment()
    useless_after: datetime = moment()
    state: SendState = one_of(SendState, default=SendState.WAITING)
    attempts: int = 0
    fence: int = 0
    in_flight: bool = False
    ended_at: datetime | None = moment(optional=True)
    why: str = Field(default="", max_length=200)


class SentMessage(SQLModel, table=True):
    """Which message of a chat speaks of what ("booking 7"), so that a reply to it can be read."""

    __tablename__ = "sent_messages"
    channel: str = Field(primary_key=True, max_length=16)
    chat: str = Field(primary_key=True, max_length=64)
    message_id: str = Field(primary_key=True, max_length=64)
    about: str = Field(max_length=40)
    at: datetime = moment(index=True)
