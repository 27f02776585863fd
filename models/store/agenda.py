"""The agenda: bookings as staff look them over, by day, by counselor, by what is still to do."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, not_, select

from models import tables
from models.booking import LONGEST, Booking
from models.database import Transaction, query
from models.letter_kind import LetterKind
from models.office import Office
from models.rules.days import local_day
from models.rules.slots import Shift, offered
from models.store.booking_view import VIEW
from models.tables import ACTIVE_BOOKING, OutboxRow, Status, status_in, table


class History(NamedTuple):
    """How many bookings came before, not counting those cancelled in time, and how many of them
    ended as a deemed cancellation."""

    before: int
    absences: int


_bookings, _outbox = table(tables.Booking).c, table(OutboxRow).c

_BETWEEN = query(
    VIEW.where(
        _bookings.starts_at >= bindparam("start"),
        _bookings.starts_at < bindparam("end"),
        not_(status_in(Status.CANCELLED, Status.WITHDRAWN)),
    ).order_by(_bookings.starts_at, _bookings.id),
    Booking,
)
_UPCOMING_OF_COUNSELOR = query(
    VIEW.where(
        status_in(Status.BOOKED),
        _bookings.counselor_id == bindparam("counselor_id"),
        _bookings.starts_at > bindparam("now"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_NOT_OVER_OF_COUNSELOR = query(
    VIEW.where(
        ACTIVE_BOOKING,
        _bookings.counselor_id == bindparam("counselor_id"),
        _bookings.starts_at > bindparam("since"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_EVERY_BETWEEN = query(
    VIEW.where(
        _bookings.starts_at >= bindparam("start"), _bookings.starts_at < bindparam("end")
    ).order_by(_bookings.starts_at, _bookings.id),
    Booking,
)
_NOT_POSTED = query(
    VIEW.where(
        ACTIVE_BOOKING,
        _bookings.starts_at > bindparam("now"),
        _bookings.my_page_posted_at.is_(None),
    ).order_by(_bookings.starts_at),
    Booking,
)
_HISTORY = query(
    select(
        func.count(),
        func.coalesce(func.sum(case((_bookings.status == Status.DEEMED_CANCELLED, 1), else_=0)), 0),
    ).where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at < bindparam("start"),
        not_(status_in(Status.CANCELLED, Status.WITHDRAWN)),
    ),
    lambda before, absences: History(int(before), int(absences)),
)
_REMINDER = query(
    select(_outbox.state).where(
        _outbox.booking_id == bindparam("booking_id"),
        _outbox.kind == LetterKind.REMINDER,
        _outbox.booking_version == bindparam("version"),
    ),
    str,
)


class Agenda:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def between(self, start: datetime, end: datetime, counselor_id: int | None) -> list[Booking]:
        """Return bookings that start in [start, end), in order of time, of one counselor or of all;
        those that were cancelled before are left out."""
        found = self._tx.rows(_BETWEEN, start=start, end=end)
        return [each for each in found if counselor_id in (None, each.counselor_id)]

    def every_between(self, start: datetime, end: datetime) -> list[Booking]:
        """Return all bookings that start in [start, end), whatever became of them."""
        return self._tx.rows(_EVERY_BETWEEN, start=start, end=end)

    def upcoming(self, counselor_id: int, now: datetime) -> list[Booking]:
        """Return a counselor's bookings to come, the next one first."""
        return self._tx.rows(_UPCOMING_OF_COUNSELOR, counselor_id=counselor_id, now=now)

    def not_over(self, counselor_id: int, now: datetime) -> list[Booking]:
        """Return a counselor's bookings to come and under way."""
        return self._tx.rows(_NOT_OVER_OF_COUNSELOR, counselor_id=counselor_id, since=now - LONGEST)

    def outside(self, counselor_id: int, shifts: Sequence[Shift], now: datetime) -> list[Booking]:
        """Return a counselor's bookings to come that would not fit these shifts."""
        zone, grid = self._office.zone, self._office.grid
        return [
            booking
            for booking in self.upcoming(counselor_id, now)
            if not any(
                slot.starts_at == booking.starts_at
                for slot in offered(local_day(booking.starts_at, zone), grid, shifts, ())
            )
        ]

    def not_posted(self, now: datetime, counselor_id: int | None) -> list[Booking]:
        """Return bookings to come that are not noted as posted in My Page, the next one first."""
        found = self._tx.rows(_NOT_POSTED, now=now)
        return [each for each in found if counselor_id in (None, each.counselor_id)]

    def history_of(self, job_seeker_id: int, start: datetime) -> History:
        """Return what there was before a start."""
        found = self._tx.row(_HISTORY, job_seeker_id=job_seeker_id, start=start)
        assert found is not None
        return found

    def reminder_state(self, booking: Booking) -> str:
        """Return how the reminder for a booking as it stands has ended; "none" when there was
        none."""
        return self._tx.row(_REMINDER, booking_id=booking.id, version=booking.version) or "none"
