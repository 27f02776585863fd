"""What people write that somebody is to read: questions, and texts that were asked for."""

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
)
from sqlmodel import Field, SQLModel

from models.tables.columns import Id, moment, partial_index, refers_to, row_id, sealed


class Question(SQLModel, table=True):
    """What a parent asks the office, and what was answered; sealed."""

    __tablename__ = "questions"
    __table_args__ = (partial_index("ix_questions_open", "id", where="closed_at IS NULL"),)
    id: int = row_id()
    contact_id: int = refers_to("contacts.id", index=True)
    message_id: str | None = Field(default=None, max_length=64)
    body: bytes | None = sealed()
    answer: bytes | None = sealed()
    answered_by: int | None = refers_to("staff.id", optional=True)
    asked_at: datetime = moment()
    told_at: datetime | None = moment(optional=True)
    closed_at: datetime | None = moment(optional=True)


class Draft(SQLModel, table=True):
    """What a parent typed that the program cannot use, sealed and for a short time only: one tap
    makes a question of it."""

    __tablename__ = "drafts"
    id: int = row_id()
    contact_id: int = refers_to("contacts.id", index=True)
    message_id: str | None = Field(default=None, max_length=64)
    body: bytes | None = sealed()
    until: datetime = moment(index=True)


class Awaited(SQLModel, table=True):
    """The free text that somebody was asked for, the wish that they typed before everything was
    settled or what they chose last, until a time: the only state of a conversation."""

    __tablename__ = "awaited"
    contact_id: int = Field(
        sa_column=Column(Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    )
    what: str = Field(max_length=24)
    subject: str = Field(default="", max_length=80)
    until: datetime = moment()
