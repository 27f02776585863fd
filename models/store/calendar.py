"""The calendar: counselors, shifts and closures, and the free slots that follow from them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import col

from models import tables
from models.database import Transaction, query
from models.office import Office
from models.rules.days import local_day
from models.rules.deadlines import bookable_days
from models.rules.slots import Shift, Slot
from models.store.offer import Offer, offer, offered
from models.tables import table

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
    video_user: str | None
    shifts: tuple[tables.Shift, ...]


class Days(NamedTuple):
    """Local days: those with free slots, with them, and those that are full."""

    free: dict[date, list[Slot]]
    full: list[date]


_counselors = table(tables.Counselor).c

_COUNSELORS = query(
    select(_counselors.id, _counselors.name)
    .where(_counselors.retired_at.is_(None))
    .order_by(_counselors.id),
    Counselor,
)


class Calendar:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def lock(self, *, change: bool = False) -> None:
        """Lock: until this transaction ends, nobody who books sees a calendar that somebody is
        about to change, and the other way round. SQLite has one writer, which is the same."""
        lock = func.pg_advisory_xact_lock if change else func.pg_advisory_xact_lock_shared
        if self._tx.is_postgresql:
            self._tx.session.connection().execute(select(lock(_LOCK)))

    def counselors(self) -> list[Counselor]:
        """Return the counselors who work here now."""
        return self._tx.rows(_COUNSELORS)

    def free_on(self, day: date, now: datetime, *, holder: int) -> list[Slot]:
        """Return the free slots of a local day, in order of time; what is held for others than
        `holder` is not free."""
        return self._offer(day, day, now, holder).free.get(day, [])

    def days(self, now: datetime, *, holder: int) -> Days:
        """Return the local days that a parent can book at `now`: those with free slots, with them,
        and those that would have some if they were not full."""
        days = bookable_days(now, self._office.zone, self._office.horizon_days)
        every, free = self._offer(days[0], days[-1], now, holder)
        return Days(free, [day for day in every if day not in free])

    def offered_between(self, first: date, last: date) -> list[Slot]:
        """Return every slot that the office offers from one local day to another, taken or not."""
        by_day = offered(self._tx, self._office, first, last)
        return [slot for slots in by_day.values() for slot in slots]

    def free_from(self, now: datetime, *, holder: int) -> list[Slot]:
        """Return the free slots from now to the horizon, today's too: staff may give them."""
        last = bookable_days(now, self._office.zone, self._office.horizon_days)[-1]
        first = local_day(now, self._office.zone)
        by_day = self._offer(first, last, now, holder).free
        return [slot for slots in by_day.values() for slot in slots if slot.starts_at > now]

    def add_counselor(
        self,
        name: str,
        meeting_url: str | None,
        shifts: Sequence[tuple[int, time, time]],
        video_user: str | None = None,
    ) -> int:
        """Add a new counselor with shifts (weekday, start, end) that hold from now on."""
        session = self._tx.session
        counselor = tables.Counselor(name=name, meeting_url=meeting_url, video_user=video_user)
        session.add(counselor)
        session.flush()
        assert counselor.id is not None
        for weekday, start, end in shifts:
            session.add(
                tables.Shift(
                    counselor_id=counselor.id, weekday=weekday, start_time=start, end_time=end
                )
            )
        return counselor.id

    def set_video_user(self, counselor_id: int, video_user: str | None) -> None:
        """Set who hosts this counselor's rooms at the video service; None for nobody."""
        self._tx.session.get_one(tables.Counselor, counselor_id).video_user = video_user
        self._tx.session.flush()

    def change_counselor(
        self,
        counselor_id: int,
        meeting_url: str | None,
        shifts: Sequence[tuple[int, time, time]],
    ) -> None:
        """Set another meeting URL, or other shifts (weekday, start, end) in place of the old
        ones."""
        session = self._tx.session
        if meeting_url:
            session.get_one(tables.Counselor, counselor_id).meeting_url = meeting_url
            session.flush()
        if not shifts:
            return
        for old in session.scalars(
            select(tables.Shift).where(col(tables.Shift.counselor_id) == counselor_id)
        ):
            session.delete(old)
        for weekday, start, end in shifts:
            session.add(
                tables.Shift(
                    counselor_id=counselor_id, weekday=weekday, start_time=start, end_time=end
                )
            )

    def every_counselor(self) -> list[Counselor]:
        """Return the counselors who work here or ever did."""
        every = self._tx.session.scalars(
            select(tables.Counselor).order_by(col(tables.Counselor.id))
        )
        return [Counselor(each.id, each.name) for each in every if each.id is not None]

    def rename_counselor(self, counselor_id: int, name: str) -> None:
        self._tx.session.get_one(tables.Counselor, counselor_id).name = name
        self._tx.session.flush()

    def add_shift(self, shift: Shift) -> None:
        """Add more time of a counselor's."""
        self._tx.session.add(
            tables.Shift(
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
        """Set the last day on which a shift holds."""
        self._tx.session.get_one(tables.Shift, shift_id).until_day = last_day
        self._tx.session.flush()

    def remove_shift(self, shift_id: int) -> None:
        self._tx.session.delete(self._tx.session.get_one(tables.Shift, shift_id))
        self._tx.session.flush()

    def retired(self) -> list[Counselor]:
        """Return the counselors who get no new bookings any more."""
        here = {each.id for each in self.counselors()}
        return [each for each in self.every_counselor() if each.id not in here]

    def resume_counselor(self, counselor_id: int) -> None:
        """Offer slots of this counselor again."""
        self._tx.session.get_one(tables.Counselor, counselor_id).retired_at = None
        self._tx.session.flush()

    def retire_counselor(self, counselor_id: int, now: datetime) -> None:
        """Offer no slots of this counselor any more; bookings stay."""
        self._tx.session.get_one(tables.Counselor, counselor_id).retired_at = now
        self._tx.session.flush()

    def counselors_in_full(self) -> list[CounselorInFull]:
        """Return the counselors who work here now, with meeting URL and shifts."""
        session = self._tx.session
        found = []
        for each in self.counselors():
            shifts = session.scalars(
                select(tables.Shift)
                .where(col(tables.Shift.counselor_id) == each.id)
                .order_by(col(tables.Shift.weekday), col(tables.Shift.start_time))
            ).all()
            row = session.get_one(tables.Counselor, each.id)
            found.append(
                CounselorInFull(each.id, each.name, row.meeting_url, row.video_user, tuple(shifts))
            )
        return found

    def closures_from(self, now: datetime) -> list[tables.Closure]:
        """Return the closures that are not over, the next one first."""
        upcoming = select(tables.Closure).where(col(tables.Closure.ends_at) > now)
        return list(self._tx.session.scalars(upcoming.order_by(col(tables.Closure.starts_at))))

    def closure(self, closure_id: int) -> tables.Closure | None:
        """Return a closure by its number, if there is one."""
        return self._tx.session.get(tables.Closure, closure_id)

    def has_closure(self, start: datetime, end: datetime, counselor_id: int | None) -> bool:
        """Return whether there is this very closure already."""
        same = select(tables.Closure).where(
            col(tables.Closure.starts_at) == start,
            col(tables.Closure.ends_at) == end,
            col(tables.Closure.counselor_id) == counselor_id,
        )
        return self._tx.session.scalars(same).first() is not None

    def remove_closure(self, closure_id: int) -> bool:
        """Take a closure back; False when there is none of this number."""
        found = self._tx.session.get(tables.Closure, closure_id)
        if found is not None:
            self._tx.session.delete(found)
            self._tx.session.flush()
        return found is not None

    def add_closure(
        self, start: datetime, end: datetime, reason: str, counselor_id: int | None
    ) -> None:
        """Add a time without consultations, of the office or of one counselor."""
        self._tx.session.add(
            tables.Closure(counselor_id=counselor_id, starts_at=start, ends_at=end, reason=reason)
        )
        self._tx.session.flush()

    def _offer(self, first: date, last: date, now: datetime, holder: int) -> Offer:
        return offer(self._tx, self._office, first, last, now, holder=holder)
