"""Bookings: made, moved, ended; which are due for what."""

import secrets
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, case, func, select, update

from models.office import Office
from models.rules.days import at, local_day
from models.rules.deadlines import day_before
from models.rules.slots import Slot
from models.sql import addition, change, numbered_addition_once, query
from models.store.booking import LONGEST, VIEW, Booking
from models.tables import (
    ACTIVE,
    ACTIVE_BOOKING,
    BookingChange,
    Counselor,
    OutboxRow,
    status_in,
    table,
)
from models.tables import Booking as BookingTable
from models.transaction import Conflict, Transaction

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people read references out on the phone.
_REFERENCE_SIGNS = "34679ACDEFGHJKMNPQRTWXY"
_REFERENCE_LENGTH = 6


class SlotTaken(Exception):
    """Somebody has this slot."""


_bookings, _counselors = table(BookingTable).c, table(Counselor).c

_BY_ID = query(VIEW.where(_bookings.id == bindparam("id")), Booking)
_SINCE = query(
    VIEW.where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at > bindparam("since"),
    ).order_by(_bookings.starts_at),
    Booking,
    kept=True,
)
_LATEST = query(
    VIEW.where(_bookings.job_seeker_id == bindparam("job_seeker_id"))
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
_BY_REFERENCE = query(VIEW.where(_bookings.reference == bindparam("reference")), Booking)
_OF_SEEKER = query(
    VIEW.where(_bookings.job_seeker_id == bindparam("job_seeker_id")).order_by(
        _bookings.starts_at.desc(), _bookings.id.desc()
    ),
    Booking,
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
_ADD = numbered_addition_once(
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
_NOTE_CHANGE = addition(table(BookingChange), "booking_id", "at", "what", "by", "why")


class Bookings:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def by_id(self, booking_id: int) -> Booking | None:
        return self._tx.row(_BY_ID, id=booking_id)

    def current(self, job_seeker_id: int, now: datetime) -> list[Booking]:
        """A parent's active bookings that are not over at `now`, the next one first."""
        found = self._since(job_seeker_id, now - LONGEST)
        return [each for each in found if each.status in ACTIVE and each.ends_at > now]

    def started_between(
        self, job_seeker_id: int, after: datetime, until: datetime
    ) -> list[Booking]:
        """A parent's bookings of any status that start in (after, until]."""
        found = self._since(job_seeker_id, after)
        return [each for each in found if after < each.starts_at <= until]

    def _since(self, job_seeker_id: int, instant: datetime) -> list[Booking]:
        """A parent's bookings from a little before an instant on: from a midnight of the office's,
        so that all who ask in one turn ask the same."""
        zone = self._office.zone
        since = at(local_day(instant, zone) - timedelta(days=1), time(0), zone)
        return self._tx.rows(_SINCE, job_seeker_id=job_seeker_id, since=since)

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

    def of_seeker(self, job_seeker_id: int) -> list[Booking]:
        """All of a parent's bookings, the latest first."""
        return self._tx.rows(_OF_SEEKER, job_seeker_id=job_seeker_id)

    def set_meeting_url(self, booking: Booking, url: str, now: datetime, *, by: str) -> Booking:
        """The URL of this one booking, before its counselor's."""
        self._tx.run(_SET_URL, booking=booking.id, url=url)
        self._note(booking.id, now, "url", by)
        return booking._replace(meeting_url=url, my_page_posted_at=None)

    def take_counselors_url(self, booking: Booking, now: datetime, *, by: str) -> None:
        """The counselor whose URL it shares has another one: My Page says the old one."""
        self.set_posted(booking.id, None)
        self._note(booking.id, now, "url", by)

    def set_posted(self, booking_id: int, at: datetime | None) -> None:
        """Since when it is in My Page; None when it is to be posted anew."""
        self._tx.run(_SET_POSTED, booking=booking_id, at=at)

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
        booking_id = None
        while booking_id is None:
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
            # Else the reference was there already, and another is drawn.
            if booking_id is None and self._tx.row(_IS_TAKEN, **slot._asdict()) is not None:
                raise SlotTaken
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
        self._tx.run(_NOTE_CHANGE, booking_id=booking_id, at=now, what=what, by=by, why=why)


def _new_reference() -> str:
    return "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(_REFERENCE_LENGTH))
