"""The calendar: counselors, shifts and closures, and the free slots that follow from them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Integer,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)
from sqlmodel import col
from sqlmodel import select as select_model

from models.office import Office
from models.rules.days import at, end_of_day, local_day
from models.rules.deadlines import bookable_days
from models.rules.slots import Closure, Grid, Shift, Slot, Taken, free_by_day, offered_between
from models.sql import query
from models.tables import ACTIVE_BOOKING, Booking, Hold, table
from models.tables import Closure as ClosureTable
from models.tables import Counselor as CounselorTable
from models.tables import Shift as ShiftTable
from models.transaction import Transaction

# The number of the calendar's lock among PostgreSQL's advisory locks.
_LOCK = 1


class Counselor(NamedTuple):
    """相談員・担当者."""

    id: int
    name: str


class CounselorInFull(NamedTuple):
    """A counselor with meeting URL and shifts."""

    id: int
    name: str
    meeting_url: str | None
    shifts: tuple[ShiftTable, ...]


class Days(NamedTuple):
    """Local days: those with free slots, with them, and those that are full."""

    free: dict[date, list[Slot]]
    full: list[date]


_counselors, _shifts = table(CounselorTable).c, table(ShiftTable).c
_closures, _bookings, _holds = table(ClosureTable).c, table(Booking).c, table(Hold).c

_COUNSELORS = query(
    select(_counselors.id, _counselors.name)
    .where(_counselors.retired_at.is_(None))
    .order_by(_counselors.id),
    Counselor,
    kept=True,
)


def _shift_or_closure(*cells: Any) -> Shift | Closure:
    *shift, starts_at, ends_at = cells
    return Shift(*shift) if starts_at is None else Closure(shift[0], starts_at, ends_at)


def _absent(*columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [cast(null(), column.type) for column in columns]


# What the offer follows from, in one go: the shifts of those who work here, and the closures.
_of_shift = (
    _shifts.weekday,
    _shifts.start_time,
    _shifts.end_time,
    _shifts.from_day,
    _shifts.until_day,
)
_of_closure = _closures.starts_at, _closures.ends_at
_SHIFTS_AND_CLOSURES = query(
    union_all(
        select(_shifts.counselor_id, *_of_shift, *_absent(*_of_closure))
        .join(table(CounselorTable), _counselors.id == _shifts.counselor_id)
        .where(
            _counselors.retired_at.is_(None),
            _shifts.weekday.between(bindparam("from_weekday"), bindparam("to_weekday")),
            or_(_shifts.until_day.is_(None), _shifts.until_day >= bindparam("first")),
            or_(_shifts.from_day.is_(None), _shifts.from_day <= bindparam("last")),
        ),
        select(_closures.counselor_id, *_absent(*_of_shift), *_of_closure).where(
            _closures.ends_at > bindparam("start"), _closures.starts_at < bindparam("end")
        ),
    ),
    _shift_or_closure,
)
# Bookings, and the slots that are held for others who wait.
_TAKEN = query(
    union_all(
        select(_bookings.starts_at, _bookings.counselor_id, _bookings.minutes).where(
            ACTIVE_BOOKING,
            _bookings.starts_at >= bindparam("start"),
            _bookings.starts_at < bindparam("end"),
        ),
        select(_holds.starts_at, _holds.counselor_id, bindparam("minutes", type_=Integer)).where(
            _holds.until > bindparam("now"), _holds.contact_id != bindparam("holder")
        ),
    ),
    Taken,
    kept=True,
)


Cells = tuple[tuple[Any, ...], ...]


class Calendar:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def lock(self, *, change: bool = False) -> None:
        """Until this transaction ends, nobody who books sees a calendar that somebody is about to
        change, and the other way round. SQLite has one writer, which is the same."""
        self._tx.lock(_LOCK, exclusive=change)

    def counselors(self) -> list[Counselor]:
        """The counselors who work here now."""
        return self._tx.rows(_COUNSELORS)

    def free_on(self, day: date, now: datetime, *, holder: int) -> list[Slot]:
        """The free slots of a local day, in order of time; what is held for others than `holder`
        is not free."""
        return self._free(self._offered(day, day), day, day, now, holder).get(day, [])

    def days(self, now: datetime, *, holder: int) -> Days:
        """The local days that a parent can book at `now`: those with free slots, with them, and
        those that would have some if they were not full."""
        days = bookable_days(now, self._office.zone, self._office.horizon_days)
        every = self._offered(days[0], days[-1])
        left = self._free(every, days[0], days[-1], now, holder)
        return Days(left, [day for day in every if day not in left])

    def offered_between(self, first: date, last: date) -> list[Slot]:
        """Every slot that the office offers from one local day to another, taken or not."""
        return [slot for slots in self._offered(first, last).values() for slot in slots]

    def free_from(self, now: datetime, *, holder: int) -> list[Slot]:
        """The free slots from now to the horizon, today's too: staff may give them."""
        last = bookable_days(now, self._office.zone, self._office.horizon_days)[-1]
        first = local_day(now, self._office.zone)
        by_day = self._free(self._offered(first, last), first, last, now, holder)
        return [slot for slots in by_day.values() for slot in slots if slot.starts_at > now]

    def add_counselor(
        self, name: str, meeting_url: str | None, shifts: Sequence[tuple[int, time, time]]
    ) -> int:
        """A new counselor with shifts (weekday, start, end) that hold from now on."""
        session = self._tx.session
        counselor = CounselorTable(name=name, meeting_url=meeting_url)
        session.add(counselor)
        session.flush()
        assert counselor.id is not None
        for weekday, start, end in shifts:
            session.add(
                ShiftTable(
                    counselor_id=counselor.id, weekday=weekday, start_time=start, end_time=end
                )
            )
        return counselor.id

    def change_counselor(
        self,
        counselor_id: int,
        meeting_url: str | None,
        shifts: Sequence[tuple[int, time, time]],
    ) -> None:
        """Another meeting URL, or other shifts (weekday, start, end) in place of the old ones."""
        session = self._tx.session
        if meeting_url:
            session.get_one(CounselorTable, counselor_id).meeting_url = meeting_url
            session.flush()
        if not shifts:
            return
        for old in session.exec(
            select_model(ShiftTable).where(ShiftTable.counselor_id == counselor_id)
        ):
            session.delete(old)
        for weekday, start, end in shifts:
            session.add(
                ShiftTable(
                    counselor_id=counselor_id, weekday=weekday, start_time=start, end_time=end
                )
            )

    def every_counselor(self) -> list[Counselor]:
        """The counselors who work here or ever did."""
        every = self._tx.session.exec(select_model(CounselorTable).order_by(col(CounselorTable.id)))
        return [Counselor(each.id, each.name) for each in every if each.id is not None]

    def rename_counselor(self, counselor_id: int, name: str) -> None:
        self._tx.session.get_one(CounselorTable, counselor_id).name = name
        self._tx.session.flush()

    def add_shift(self, shift: Shift) -> None:
        """More time of a counselor's."""
        self._tx.session.add(
            ShiftTable(
                counselor_id=shift.counselor_id,
                weekday=shift.weekday,
                start_time=shift.start,
                end_time=shift.end,
                from_day=shift.from_day,
                until_day=shift.until_day,
            )
        )
        self._tx.session.flush()

    def end_shift(self, shift_id: int, last_day: date) -> None:
        """The last day on which a shift holds."""
        self._tx.session.get_one(ShiftTable, shift_id).until_day = last_day
        self._tx.session.flush()

    def remove_shift(self, shift_id: int) -> None:
        self._tx.session.delete(self._tx.session.get_one(ShiftTable, shift_id))
        self._tx.session.flush()

    def retired(self) -> list[Counselor]:
        """The counselors who get no new bookings any more."""
        here = {each.id for each in self.counselors()}
        return [each for each in self.every_counselor() if each.id not in here]

    def resume_counselor(self, counselor_id: int) -> None:
        """Slots of this counselor are offered again."""
        self._tx.session.get_one(CounselorTable, counselor_id).retired_at = None
        self._tx.session.flush()

    def retire_counselor(self, counselor_id: int, now: datetime) -> None:
        """No slots of this counselor are offered any more; bookings stay."""
        self._tx.session.get_one(CounselorTable, counselor_id).retired_at = now
        self._tx.session.flush()

    def counselors_in_full(self) -> list[CounselorInFull]:
        """The counselors who work here now, with meeting URL and shifts."""
        session = self._tx.session
        found = []
        for each in self.counselors():
            shifts = session.exec(
                select_model(ShiftTable)
                .where(ShiftTable.counselor_id == each.id)
                .order_by(col(ShiftTable.weekday), col(ShiftTable.start_time))
            ).all()
            url = session.get_one(CounselorTable, each.id).meeting_url
            found.append(CounselorInFull(each.id, each.name, url, tuple(shifts)))
        return found

    def closures_from(self, now: datetime) -> list[ClosureTable]:
        """The closures that are not over, the next one first."""
        upcoming = select_model(ClosureTable).where(col(ClosureTable.ends_at) > now)
        return list(self._tx.session.exec(upcoming.order_by(col(ClosureTable.starts_at))))

    def closure(self, closure_id: int) -> ClosureTable | None:
        """A closure by its number, if there is one."""
        return self._tx.session.get(ClosureTable, closure_id)

    def has_closure(self, start: datetime, end: datetime, counselor_id: int | None) -> bool:
        """Whether there is this very closure already."""
        same = select_model(ClosureTable).where(
            ClosureTable.starts_at == start,
            ClosureTable.ends_at == end,
            ClosureTable.counselor_id == counselor_id,
        )
        return self._tx.session.exec(same).first() is not None

    def remove_closure(self, closure_id: int) -> bool:
        """Take a closure back; False when there is none of this number."""
        found = self._tx.session.get(ClosureTable, closure_id)
        if found is not None:
            self._tx.session.delete(found)
            self._tx.session.flush()
        return found is not None

    def add_closure(
        self, start: datetime, end: datetime, reason: str, counselor_id: int | None
    ) -> None:
        """A time without consultations, of the office or of one counselor."""
        self._tx.session.add(
            ClosureTable(counselor_id=counselor_id, starts_at=start, ends_at=end, reason=reason)
        )
        self._tx.session.flush()

    def _offered(self, first: date, last: date) -> Mapping[date, Sequence[Slot]]:
        """The days on which the office offers slots, with them."""
        zone = self._office.zone
        start, end = at(first, time(0), zone), end_of_day(last, zone)
        return _offered_between(
            first,
            last,
            self._office.grid,
            self._tx.cells(
                _SHIFTS_AND_CLOSURES,
                first=first,
                last=last,
                start=start,
                end=end,
                **_weekdays(first, last),
            ),
            self._tx.dialect,
        )

    def _free(
        self,
        offered: Mapping[date, Sequence[Slot]],
        first: date,
        last: date,
        now: datetime,
        holder: int,
    ) -> dict[date, list[Slot]]:
        """What is free of what is offered from one local day to another."""
        zone, minutes = self._office.zone, self._office.slot_minutes
        start, end = at(first, time(0), zone), end_of_day(last, zone)
        taken = self._tx.rows(_TAKEN, start=start, end=end, minutes=minutes, now=now, holder=holder)
        return free_by_day(offered, taken, minutes, zone)


def _weekdays(first: date, last: date) -> dict[str, int]:
    """Of one day only its own weekday is asked for."""
    day = first.weekday()
    return {
        "from_weekday": day if first == last else 0,
        "to_weekday": day if first == last else 6,
    }


@lru_cache(maxsize=64)
def _offered_between(
    first: date, last: date, grid: Grid, cells: Cells, dialect: Dialect
) -> Mapping[date, Sequence[Slot]]:
    """It is asked for at every step of a booking while the calendar hardly ever changes, so what
    follows from the same rows is kept, and they are not even read."""
    found = _SHIFTS_AND_CLOSURES.read(dialect, cells)
    shifts = [each for each in found if isinstance(each, Shift)]
    closures = [each for each in found if isinstance(each, Closure)]
    return offered_between(first, last, grid, shifts, closures)
