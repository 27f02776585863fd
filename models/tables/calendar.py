"""The calendar: counselors, their shifts, and closures."""

from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
)
from sqlmodel import Field, SQLModel

from models.tables.columns import moment, refers_to, row_id


class Counselor(SQLModel, table=True):
    """相談員・担当者."""

    __tablename__ = "counselors"
    id: int = row_id()
    name: str = Field(max_length=60, unique=True)
    meeting_url: str | None = Field(default=None, max_length=2000)
    # Who hosts their rooms at the video service: an id or e-mail address there.
    video_user: str | None = Field(default=None, max_length=128)
    retired_at: datetime | None = moment(optional=True)


class Shift(SQLModel, table=True):
    """When a counselor works; weekday 0 is Monday, times are the office's."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_time < end_time", name="times"),
    )
    id: int = row_id()
    counselor_id: int = refers_to("counselors.id", index=True)
    weekday: int
    start_time: time
    end_time: time
    from_day: date | None = None
    until_day: date | None = None


class Closure(SQLModel, table=True):
    """A time without consultations: of the office (no counselor) or of one counselor."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="times"),)
    id: int = row_id()
    counselor_id: int | None = refers_to("counselors.id", optional=True, index=True)
    starts_at: datetime = moment()
    ends_at: datetime = moment(index=True)
    reason: str = Field(default="", max_length=200)
