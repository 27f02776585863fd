"""Bookings: made, moved, ended; which are due for what."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, func, not_, select, update

from models.database import Conflict, Transaction
from models.office import Office
from models.rules.days import local_day
from models.rules.deadlines import day_before
from models.rules.slots import Shift, Slot, offered
from models.sql import Statement, addition, change, query
from models.tables import ACTIVE_BOOKING, BookingChange, Counselor, OutboxRow, status_in, table
from models.tables import Booking as BookingTable

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people read references out on the phone.
_REFERENCE_SIGNS = "34679ACDEFGHJKMNPQRTWXY"
_REFERENCE_LENGTH = 6
# No consultation is longer (art. 6(1)); the office file cannot say otherwise.
LONGEST = timedelta(minutes=30)


class Booking(NamedTuple):
    """予約, with its counselor's name and the meeting URL that holds for it."""

    id: int
    reference: str
    job_seeker_id: int
    counselor_id: int
    counselor: str
    service: str
    starts_at: datetime
    minutes: int
    status: str
    companion: str
    meeting_url: str | None
    version: int
    my_page_posted_at: datetime | None

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.counselor_id)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class History(NamedTuple):
    """How many bookings came before, not counting those cancelled in time, and how many of them
    ended as a deemed cancellation."""

    before: int
    absences: int


class SlotTaken(Exception):
    """Somebody has this slot."""


_bookings, _counselors = table(BookingTable).c, table(Counselor).c

_view = select(
    *(_bookings.id, _bookings.reference, _bookings.job_seeker_id, _bookings.counselor_id),
    *(_counselors.name, _bookings.service, _bookings.starts_at, _bookings.minutes),
    *(_bookings.status, _bookings.companion),
    func.coalesce(_bookings.meeting_url, _counselors.meeting_url),
    *(_bookings.version, _bookings.my_page_posted_at),
).join_from(table(BookingTable), table(Counselor), _counselors.id == _bookings.counselor_id)

_BY_ID = query(_view.where(_bookings.id == bindparam("id")), Booking)
_CURRENT = query(
    _view.where(
        ACTIVE_BOOKING,
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at > bindparam("since"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_AROUND = query(
    _view.where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at > bindparam("after"),
        _bookings.starts_at <= bindparam("until"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_LATEST = query(
    _view.where(_bookings.job_seeker_id == bindparam("job_seeker_id"))
    .order_by(_bookings.starts_at.desc(), _bookings.id.desc())
    .limit(1),
    Booking,
)
_COUNSELOR_OF_LAST_TIME = query(
    select(_bookings.counselor_id)
    .where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        status_in("joined", "completed"),
        _bookings.starts_at < bindparam("now"),
    )
    .order_by(_bookings.starts_at.desc())
    .limit(1),
    lambda counselor_id: int(counselor_id),
)
_HOW_MANY = query(
    select(func.count()).where(_bookings.job_seeker_id == bindparam("job_seeker_id")),
    lambda count: int(count),
)
_HOW_OFTEN_CHANGED = query(
    select(func.count()).where(table(BookingChange).c.booking_id == bindparam("booking_id")),
    lambda count: int(count),
)
_BY_REFERENCE = query(_view.where(_bookings.reference == bindparam("reference")), Booking)
_OF_SEEKER = query(
    _view.where(_bookings.job_seeker_id == bindparam("job_seeker_id")).order_by(
        _bookings.starts_at.desc(), _bookings.id.desc()
    ),
    Booking,
)
_BETWEEN = query(
    _view.where(
        _bookings.starts_at >= bindparam("start"),
        _bookings.starts_at < bindparam("end"),
        not_(status_in("cancelled", "withdrawn")),
    ).order_by(_bookings.starts_at, _bookings.id),
    Booking,
)
_UPCOMING_OF_COUNSELOR = query(
    _view.where(
        status_in("booked"),
        _bookings.counselor_id == bindparam("counselor_id"),
        _bookings.starts_at > bindparam("now"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_EVERY_BETWEEN = query(
    _view.where(
        _bookings.starts_at >= bindparam("start"), _bookings.starts_at < bindparam("end")
    ).order_by(_bookings.starts_at, _bookings.id),
    Booking,
)
_NOT_POSTED = query(
    _view.where(
        ACTIVE_BOOKING,
        _bookings.starts_at > bindparam("now"),
        _bookings.my_page_posted_at.is_(None),
    ).order_by(_bookings.starts_at),
    Booking,
)
_HISTORY = query(
    select(
        func.count(),
        func.coalesce(func.sum(case((_bookings.status == "deemed_cancelled", 1), else_=0)), 0),
    ).where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at < bindparam("start"),
        not_(status_in("cancelled", "withdrawn")),
    ),
    lambda before, absences: History(int(before), int(absences)),
)
_SET_URL = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"))
    # My Page says the old one: it is to be posted anew.
    .values(meeting_url=bindparam("url"), my_page_posted_at=None)
)
_SET_POSTED = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"))
    .values(my_page_posted_at=bindparam("at"))
)
_IS_TAKEN = query(
    select(_bookings.id).where(
        ACTIVE_BOOKING,
        _bookings.counselor_id == bindparam("counselor_id"),
        _bookings.starts_at == bindparam("starts_at"),
    ),
    lambda booking_id: int(booking_id),
)
_ADD = addition(
    table(BookingTable),
    *("reference", "job_seeker_id", "counselor_id", "service", "starts_at", "minutes"),
    *("status", "companion", "version", "remind_at", "notice_at", "created_at"),
)
_MOVE = change(
    update(table(BookingTable))
    .where(
        _bookings.id == bindparam("booking"),
        _bookings.version == bindparam("from_version"),
        _bookings.status == bindparam("was"),
    )
    .values(
        counselor_id=bindparam("counselor_id"),
        starts_at=bindparam("starts_at"),
        minutes=bindparam("minutes"),
        # A URL that staff gave for the old date is not the new date's.
        meeting_url=None,
        my_page_posted_at=None,
        version=_bookings.version + 1,
        # What staff move while they were to decide is an ordinary booking again.
        status="booked",
        remind_at=bindparam("remind_at"),
        notice_at=bindparam("notice_at"),
    )
)
_SET_STATUS = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"), _bookings.status == bindparam("was"))
    .values(status=bindparam("new_status"), remind_at=None, notice_at=None)
)
_SET_COMPANION = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"))
    .values(companion=bindparam("companion"))
)
# What waits to be said about a booking is not true any more once it changes.
_outbox = table(OutboxRow).c
_DROP_NOTICES = change(
    update(table(OutboxRow))
    .where(_outbox.booking_id == bindparam("booking"), _outbox.state == "waiting")
    .values(
        # What is under way is left to its sender, which notes how it ended and tries no more.
        state=case((_outbox.in_flight.is_(True), _outbox.state), else_="expired"),
        ended_at=case((_outbox.in_flight.is_(True), None), else_=bindparam("now")),
        payload=case((_outbox.in_flight.is_(True), _outbox.payload), else_=""),
        useless_after=bindparam("now"),
        why="the booking has changed",
    )
)
_REMINDER = query(
    select(_outbox.state).where(
        _outbox.booking_id == bindparam("booking_id"),
        _outbox.kind == "reminder",
        _outbox.booking_version == bindparam("version"),
    ),
    str,
)
_NOTE_CHANGE = addition(table(BookingChange), "booking_id", "at", "what", "by", "why")


def _due(column: ColumnElement[datetime]) -> ColumnElement[bool]:
    return column.is_not(None) & (column <= bindparam("now"))


def _ids(condition: ColumnElement[bool], order: ColumnElement[datetime]) -> Statement[int]:
    return query(
        select(_bookings.id).where(condition).order_by(order).limit(bindparam("count")),
        lambda booking_id: int(booking_id),
    )


_DUE_REMINDERS = _ids(_due(_bookings.remind_at), _bookings.remind_at)
_DUE_NOTICES = _ids(_due(_bookings.notice_at), _bookings.notice_at)
_TO_JUDGE = _ids(
    status_in("booked") & (_bookings.starts_at <= bindparam("started_by")),
    _bookings.starts_at,
)


_TAKE_REMINDER = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"), _due(_bookings.remind_at))
    .values(remind_at=None)
)
_TAKE_NOTICE = change(
    update(table(BookingTable))
    .where(_bookings.id == bindparam("booking"), _due(_bookings.notice_at))
    .values(notice_at=None)
)


class Bookings:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def by_id(self, booking_id: int) -> Booking | None:
        return self._tx.row(_BY_ID, id=booking_id)

    def current(self, job_seeker_id: int, now: datetime) -> list[Booking]:
        """A parent's active bookings that are not over at `now`, the next one first."""
        since = now - LONGEST
        active = self._tx.rows(_CURRENT, job_seeker_id=job_seeker_id, since=since)
        return [booking for booking in active if booking.ends_at > now]

    def started_between(
        self, job_seeker_id: int, after: datetime, until: datetime
    ) -> list[Booking]:
        """A parent's bookings of any status that start in (after, until]."""
        return self._tx.rows(_AROUND, job_seeker_id=job_seeker_id, after=after, until=until)

    def latest(self, job_seeker_id: int) -> Booking | None:
        """A parent's last booking by date, whatever became of it."""
        return self._tx.row(_LATEST, job_seeker_id=job_seeker_id)

    def counselor_of_last_time(self, job_seeker_id: int, now: datetime) -> int | None:
        """Whom a parent met last."""
        return self._tx.row(_COUNSELOR_OF_LAST_TIME, job_seeker_id=job_seeker_id, now=now)

    def how_many(self, job_seeker_id: int) -> int:
        """How many bookings a parent has ever made."""
        return self._tx.row(_HOW_MANY, job_seeker_id=job_seeker_id) or 0

    def how_often_changed(self, booking_id: int) -> int:
        """How many changes a booking has seen, its making among them."""
        return self._tx.row(_HOW_OFTEN_CHANGED, booking_id=booking_id) or 0

    def by_reference(self, reference: str) -> Booking | None:
        """The booking that somebody reads out on the phone."""
        return self._tx.row(_BY_REFERENCE, reference=reference)

    def between(self, start: datetime, end: datetime, counselor_id: int | None) -> list[Booking]:
        """Bookings that start in [start, end), in order of time, of one counselor or of all;
        those that were cancelled before are left out."""
        found = self._tx.rows(_BETWEEN, start=start, end=end)
        return [each for each in found if counselor_id in (None, each.counselor_id)]

    def every_between(self, start: datetime, end: datetime) -> list[Booking]:
        """All bookings that start in [start, end), whatever became of them."""
        return self._tx.rows(_EVERY_BETWEEN, start=start, end=end)

    def outside(self, counselor_id: int, shifts: Sequence[Shift], now: datetime) -> list[Booking]:
        """A counselor's bookings to come that would not fit these shifts."""
        zone, grid = self._office.zone, self._office.grid
        upcoming = self._tx.rows(_UPCOMING_OF_COUNSELOR, counselor_id=counselor_id, now=now)
        return [
            booking
            for booking in upcoming
            if not any(
                slot.starts_at == booking.starts_at
                for slot in offered(local_day(booking.starts_at, zone), grid, shifts, ())
            )
        ]

    def not_posted(self, now: datetime, counselor_id: int | None) -> list[Booking]:
        """Bookings to come that are not noted as posted in My Page, the next one first."""
        found = self._tx.rows(_NOT_POSTED, now=now)
        return [each for each in found if counselor_id in (None, each.counselor_id)]

    def history_of(self, job_seeker_id: int, start: datetime) -> History:
        """What there was before a start."""
        found = self._tx.row(_HISTORY, job_seeker_id=job_seeker_id, start=start)
        assert found is not None
        return found

    def of_seeker(self, job_seeker_id: int) -> list[Booking]:
        """All of a parent's bookings, the latest first."""
        return self._tx.rows(_OF_SEEKER, job_seeker_id=job_seeker_id)

    def reminder_state(self, booking: Booking) -> str:
        """How the reminder for a booking as it stands has ended; "none" when there was none."""
        return self._tx.row(_REMINDER, booking_id=booking.id, version=booking.version) or "none"

    def set_meeting_url(self, booking: Booking, url: str, now: datetime, *, by: str) -> Booking:
        """The URL of this one booking, before its counselor's."""
        self._tx.run(_SET_URL, booking=booking.id, url=url)
        self._note(booking.id, now, "url", by)
        return booking._replace(meeting_url=url, my_page_posted_at=None)

    def set_posted(self, booking_id: int, now: datetime) -> None:
        """It is in My Page now."""
        self._tx.run(_SET_POSTED, booking=booking_id, at=now)

    def book(
        self,
        job_seeker_id: int,
        slot: Slot,
        service: str,
        companion: str,
        now: datetime,
        *,
        by: str = "parent",
    ) -> Booking:
        """Take a free slot. Raises SlotTaken when the database says that somebody has it."""
        while True:
            try:
                with self._tx.attempt():
                    booking_id = self._tx.row(
                        _ADD,
                        reference=_new_reference(),
                        job_seeker_id=job_seeker_id,
                        counselor_id=slot.counselor_id,
                        service=service,
                        starts_at=slot.starts_at,
                        minutes=self._office.slot_minutes,
                        status="booked",
                        companion=companion,
                        version=1,
                        created_at=now,
                        **self._work_times(slot.starts_at, now),
                    )
            except Conflict:
                if self._tx.row(_IS_TAKEN, **slot._asdict()) is not None:
                    raise SlotTaken from None
                continue  # the reference was there already: draw another
            break
        assert booking_id is not None
        self._note(booking_id, now, "booked", by)
        booking = self.by_id(booking_id)
        assert booking is not None
        return booking

    def move(self, booking: Booking, slot: Slot, now: datetime, *, by: str = "parent") -> Booking:
        """Change to a free slot in one step. Raises SlotTaken, and then the old slot is kept."""
        try:
            with self._tx.attempt():
                touched = self._tx.run(
                    _MOVE,
                    booking=booking.id,
                    from_version=booking.version,
                    was=booking.status,
                    counselor_id=slot.counselor_id,
                    starts_at=slot.starts_at,
                    minutes=self._office.slot_minutes,
                    **self._work_times(slot.starts_at, now),
                )
        except Conflict:
            raise SlotTaken from None
        if touched != 1:
            raise SlotTaken
        self._tx.run(_DROP_NOTICES, booking=booking.id, now=now)
        self._note(booking.id, now, "moved", by, why=f"from {booking.starts_at:%F %H:%M}Z")
        moved = self.by_id(booking.id)
        assert moved is not None
        return moved

    def set_status(
        self, booking: Booking, status: str, now: datetime, *, by: str, why: str = ""
    ) -> Booking:
        """Bring a booking into another status; nothing is due for it any more. Raises Conflict
        when it would be active again and somebody has the slot."""
        with self._tx.attempt():
            touched = self._tx.run(
                _SET_STATUS, booking=booking.id, was=booking.status, new_status=status
            )
        if touched != 1:
            raise Conflict("the booking is not what it was any more")
        self._tx.run(_DROP_NOTICES, booking=booking.id, now=now)
        self._note(booking.id, now, status, by, why)
        return booking._replace(status=status)

    def set_companion(self, booking: Booking, companion: str, now: datetime) -> Booking:
        """Record who comes along (art. 12(3))."""
        self._tx.run(_SET_COMPANION, booking=booking.id, companion=companion)
        self._note(booking.id, now, "companion", "parent", why=companion)
        return booking._replace(companion=companion)

    def due_reminders(self, now: datetime, count: int) -> list[int]:
        """Bookings whose reminder is due, at most `count`, the most urgent first."""
        return self._tx.rows(_DUE_REMINDERS, now=now, count=count)

    def due_notices(self, now: datetime, count: int) -> list[int]:
        """Bookings that staff must have prepared by now: a URL, and the notice in My Page."""
        return self._tx.rows(_DUE_NOTICES, now=now, count=count)

    def to_judge(self, started_by: datetime, count: int) -> list[int]:
        """Bookings that started by then and that nobody has come to."""
        return self._tx.rows(_TO_JUDGE, started_by=started_by, count=count)

    def take_reminder(self, booking_id: int, now: datetime) -> bool:
        """Take the reminder off the list of work; False when it is not due any more."""
        return self._tx.run(_TAKE_REMINDER, booking=booking_id, now=now) == 1

    def take_notice(self, booking_id: int, now: datetime) -> bool:
        """Take the notice off the list of work; False when it is not due any more."""
        return self._tx.run(_TAKE_NOTICE, booking=booking_id, now=now) == 1

    def _work_times(self, start: datetime, now: datetime) -> dict[str, datetime | None]:
        """When a booking made or moved at `now` is due for what. After the reminder hour the
        confirmation says what the reminder would, and there is none."""
        office = self._office
        remind_at = day_before(start, office.reminder_at, office.zone)
        return {
            "remind_at": remind_at if now < remind_at else None,
            "notice_at": day_before(start, office.notice_due, office.zone),
        }

    def _note(self, booking_id: int, now: datetime, what: str, by: str, why: str = "") -> None:
        self._tx.row(_NOTE_CHANGE, booking_id=booking_id, at=now, what=what, by=by, why=why)


def _new_reference() -> str:
    return "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(_REFERENCE_LENGTH))
