"""What the office offers on some local days, and what is free of it, asked for in one go."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)

from models import tables
from models.database import Transaction, query
from models.office import Office
from models.rules.days import at, end_of_day
from models.rules.slots import Closure, Grid, Shift, Slot, Taken, free_by_day, offered_between
from models.tables import ACTIVE_BOOKING, Booking, Counselor, Hold, table

Offered = Mapping[date, Sequence[Slot]]


class Offer(NamedTuple):
    """Local days with their slots: all that are offered, and those that are free."""

    offered: Offered
    free: dict[date, list[Slot]]


_shifts, _counselors = table(tables.Shift).c, table(Counselor).c
_closures, _bookings, _holds = table(tables.Closure).c, table(Booking).c, table(Hold).c


def _absent(*columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [cast(null(), column.type) for column in columns]


# Rows of all kinds have the counselor, a shift's columns, a closure's or a start, and, if they take
# a slot, minutes.
_of_shift = [
    *(_shifts.weekday, _shifts.start_time, _shifts.end_time),
    *(_shifts.from_day, _shifts.until_day),
]
_minutes = bindparam("minutes", type_=Integer)

_SHIFTS = (
    select(
        *(_shifts.counselor_id, *_of_shift),
        *_absent(_closures.starts_at, _closures.ends_at, _bookings.minutes),
    )
    .join(table(Counselor), _counselors.id == _shifts.counselor_id)
    .where(
        _counselors.retired_at.is_(None),
        _shifts.weekday.between(bindparam("from_weekday"), bindparam("to_weekday")),
        or_(_shifts.until_day.is_(None), _shifts.until_day >= bindparam("first")),
        or_(_shifts.from_day.is_(None), _shifts.from_day <= bindparam("last")),
    )
)
_CLOSURES = select(
    *(_closures.counselor_id, *_absent(*_of_shift)),
    *(_closures.starts_at, _closures.ends_at, *_absent(_bookings.minutes)),
).where(_closures.ends_at > bindparam("start"), _closures.starts_at < bindparam("end"))
_BOOKED = select(
    *(_bookings.counselor_id, *_absent(*_of_shift)),
    *(_bookings.starts_at, *_absent(_closures.ends_at), _bookings.minutes),
).where(
    ACTIVE_BOOKING,
    _bookings.starts_at >= bindparam("start"),
    _bookings.starts_at < bindparam("end"),
)
_HELD = select(
    *(_holds.counselor_id, *_absent(*_of_shift)),
    *(_holds.starts_at, *_absent(_closures.ends_at), _minutes),
).where(_holds.until > bindparam("now"), _holds.contact_id != bindparam("holder"))


def _row(counselor_id: Any, *rest: Any) -> Shift | Closure | Taken:
    *shift, starts_at, ends_at, minutes = rest
    if minutes is not None:
        return Taken(starts_at, counselor_id, minutes)
    if starts_at is not None:
        return Closure(counselor_id, starts_at, ends_at)
    return Shift(counselor_id, *shift)


_OFFERED = query(union_all(_SHIFTS, _CLOSURES), _row)
_OFFERED_AND_TAKEN = query(union_all(_SHIFTS, _CLOSURES, _BOOKED, _HELD), _row)


def offer(
    tx: Transaction, office: Office, first: date, last: date, now: datetime, *, holder: int
) -> Offer:
    """Return the offer from one local day to another at `now` (UTC). What is held for others than
    `holder` is not free."""
    minutes = office.slot_minutes
    found = tx.rows(
        _OFFERED_AND_TAKEN,
        **_span(office, first, last),
        now=now,
        holder=holder,
        minutes=minutes,
    )
    taken = [each for each in found if isinstance(each, Taken)]
    calendar = tuple(each for each in found if not isinstance(each, Taken))
    slots = _slots(first, last, office.grid, calendar)
    return Offer(slots, free_by_day(slots, taken, minutes, office.zone))


def offered(tx: Transaction, office: Office, first: date, last: date) -> Offered:
    """Return the slots from one local day to another, whether taken or not."""
    calendar = tuple(tx.rows(_OFFERED, **_span(office, first, last)))
    return _slots(first, last, office.grid, calendar)


def _span(office: Office, first: date, last: date) -> dict[str, Any]:
    """Return the parameters of a span: of one day, its own weekday only."""
    return {
        "first": first,
        "last": last,
        "start": at(first, time(0), office.zone),
        "end": end_of_day(last, office.zone),
        "from_weekday": first.weekday() if first == last else 0,
        "to_weekday": last.weekday() if first == last else 6,
    }


@lru_cache(maxsize=64)
def _slots(
    first: date, last: date, grid: Grid, calendar: tuple[Shift | Closure | Taken, ...]
) -> Offered:
    """Work the slots out. They are asked for at every step of a booking while the calendar hardly
    ever changes, so what follows from the same rows is remembered."""
    shifts = [each for each in calendar if isinstance(each, Shift)]
    closures = [each for each in calendar if isinstance(each, Closure)]
    return offered_between(first, last, grid, shifts, closures)
