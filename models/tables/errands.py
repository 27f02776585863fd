"""Errands: what other servers are to do."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.errand import ErrandKind, ErrandState
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id


class ErrandRow(SQLModel, table=True):
    """One errand. `key` is its own: the same errand is written once. `due_at` is also the end of
    the lease of whoever performs it; `fence` keeps out those whose lease has ended."""

    __tablename__ = "errands"
    __table_args__ = (
        partial_index("ix_errands_waiting", "due_at", "id", where="state = 'waiting'"),
        CheckConstraint(
            "state IN ('waiting', 'done', 'expired', 'refused', 'uncertain')", name="state"
        ),
    )
    id: int = row_id()
    kind: ErrandKind = one_of(ErrandKind)
    booking_id: int = refers_to("bookings.id", index=True)
    # Whose room was to be made when it was written: where one may stand that was never heard of.
    host: str | None = Field(default=None, max_length=128)
    key: str = Field(max_length=80, unique=True)
    created_at: datetime = moment(index=True)
    due_at: datetime = moment()
    useless_after: datetime = moment()
    state: ErrandState = one_of(ErrandState, default=ErrandState.WAITING)
    in_flight: bool = False
    attempts: int = 0
    fence: int = 0
    ended_at: datetime | None = moment(optional=True)
    why: str = Field(default="", max_length=200)
