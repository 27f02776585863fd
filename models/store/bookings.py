"""Bookings: made, moved, ended; which are due for what."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from models import tables
from models.booking import LONGEST, Booking
from models.database import Conflict, Statement, Transaction, change, insert_once, query
from models.office import Office
from models.rules.deadlines import day_before, working_day_before
from models.rules.meeting_url import room_of
from models.rules.slots import Slot
from models.store.alerts import Alerts
from models.store.booking_view import VIEW
from models.store.persons import MAYBE_SAME
from models.store.rooms import Rooms
from models.store.waiting import Waiting
from models.tables import (
    ACTIVE,
    ACTIVE_BOOKING,
    AlertKind,
    AttendanceSign,
    BookingChange,
    Companion,
    Counselor,
    OutboxRow,
    SendState,
    Status,
    status_in,
    table,
)
from models.vault import new_token

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people read references out on the phone.
_REFERENCE_SIGNS = "34679ACDEFGHJKMNPQRTWXY"
_REFERENCE_LENGTH = 6


class Told(NamedTuple):
    """When (UTC) the office last changed what a parent knew of a booking, and when it last gave
    what there was not before."""

    changed_at: datetime | None
    given_at: datetime | None


class SlotTaken(Exception):
    """Somebody has this slot."""


_bookings, _counselors = table(tables.Booking).c, table(Counselor).c

_BY_ID = query(VIEW.where(_bookings.id == bindparam("id")), Booking)
_SINCE = query(
    VIEW.where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.starts_at > bindparam("since"),
    ).order_by(_bookings.starts_at),
    Booking,
)
_OF_MAYBE_SAME = query(
    VIEW.where(
        _bookings.job_seeker_id.in_(MAYBE_SAME), _bookings.starts_at > bindparam("since")
    ).order_by(_bookings.starts_at),
    Booking,
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
        status_in(Status.JOINED, Status.COMPLETED),
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
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"))
    .values(meeting_url=bindparam("url"))
)
_SET_POSTED = change(
    update(table(tables.Booking))
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
_ADD = insert_once(table(tables.Booking), _bookings.id)
_MOVE = change(
    update(table(tables.Booking))
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
        status=Status.BOOKED,
        remind_at=bindparam("remind_at"),
        notice_at=bindparam("notice_at"),
    )
)
_SET_STATUS = change(
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"), _bookings.status == bindparam("was"))
    .values(status=bindparam("new_status"), remind_at=None, notice_at=None)
)
_TAKE_BACK = change(
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"), status_in(Status.CANCELLED))
    .values(
        status=Status.BOOKED, remind_at=bindparam("remind_at"), notice_at=bindparam("notice_at")
    )
)
_SET_COMPANION = change(
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"))
    .values(companion=bindparam("companion"))
)
# What waits to be said about a booking is not true any more once it changes.
_outbox = table(OutboxRow).c
_expired = literal(SendState.EXPIRED, _outbox.state.type)
_DROP_NOTICES = change(
    update(table(OutboxRow))
    .where(_outbox.booking_id == bindparam("booking"), _outbox.state == SendState.WAITING)
    .values(
        # What is under way is left to its sender, which notes how it ended and tries no more.
        state=case((_outbox.in_flight.is_(True), _outbox.state), else_=_expired),
        ended_at=case((_outbox.in_flight.is_(True), None), else_=bindparam("now")),
        payload=case((_outbox.in_flight.is_(True), _outbox.payload), else_=""),
        useless_after=bindparam("now"),
        why="the booking has changed",
    )
)
# Why a change of a URL was made: what was known has changed, or there was none before.
_CHANGED, _GIVEN = "changed", "given"
_changes = table(BookingChange).c
_url = func.coalesce(_bookings.meeting_url, _counselors.meeting_url)


def _last_change(*which: ColumnElement[bool]) -> Statement[datetime]:
    return query(
        select(_changes.at)
        .where(
            _changes.booking_id == bindparam("booking_id"), _changes.by.like("staff %"), or_(*which)
        )
        .order_by(_changes.id.desc())
        .limit(1),
        lambda instant: instant,
    )


_LAST_CHANGE = _last_change(
    _changes.what == "moved", and_(_changes.what == "url", _changes.why != _GIVEN)
)
_LAST_GIVEN = _last_change(
    _changes.what == "booked", and_(_changes.what == "url", _changes.why == _GIVEN)
)
_RESTORED = "restored"
_LAST_RESTORED = query(
    select(_changes.at)
    .where(_changes.booking_id == bindparam("booking_id"), _changes.what == _RESTORED)
    .order_by(_changes.id.desc())
    .limit(1),
    lambda instant: instant,
)


def _last_brought_by(status: Status) -> Statement[str]:
    return query(
        select(_changes.by)
        .where(_changes.booking_id == bindparam("booking_id"), _changes.what == str(status))
        .order_by(_changes.id.desc())
        .limit(1),
        str,
    )


_LAST_DEEMED_BY = _last_brought_by(Status.DEEMED_CANCELLED)
_LAST_COMPLETED_BY = _last_brought_by(Status.COMPLETED)
_LAST_UNDECIDED = query(
    select(_changes.why)
    .where(_changes.booking_id == bindparam("booking_id"), _changes.what == "undecided")
    .order_by(_changes.id.desc())
    .limit(1),
    str,
)
_ACCEPTED_SINCE = query(
    select(_outbox.ended_at)
    .where(
        _outbox.booking_id == bindparam("booking_id"),
        _outbox.booking_version == bindparam("version"),
        _outbox.state == SendState.ACCEPTED,
        _outbox.ended_at >= bindparam("instant"),
    )
    .order_by(_outbox.ended_at)
    .limit(1),
    lambda instant: instant,
)
_signs = table(AttendanceSign).c
_URLS_KNOWN = query(
    select(_url)
    .select_from(
        table(AttendanceSign)
        .join(table(tables.Booking), _bookings.id == _signs.booking_id)
        .join(table(Counselor), _counselors.id == _bookings.counselor_id)
    )
    .where(
        _bookings.job_seeker_id == bindparam("job_seeker_id"),
        _bookings.id != bindparam("booking_id"),
        _signs.how == "join_link",
        _url.is_not(None),
    )
    .distinct(),
    str,
)
_ACTIVE_BETWEEN = query(
    VIEW.where(
        ACTIVE_BOOKING,
        _bookings.starts_at > bindparam("after"),
        _bookings.starts_at <= bindparam("until"),
    ).order_by(_bookings.starts_at, _bookings.id),
    Booking,
)
_NOTE_CHANGE = change(insert(table(BookingChange)))


class Bookings:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office
        self._rooms = Rooms(transaction)
        self._waiting = Waiting(transaction)

    def by_id(self, booking_id: int) -> Booking | None:
        return self._tx.row(_BY_ID, id=booking_id)

    def current(self, job_seeker_id: int, now: datetime) -> list[Booking]:
        """Return a parent's active bookings that are not over at `now`, the next one first."""
        found = self._tx.rows(_SINCE, job_seeker_id=job_seeker_id, since=now - LONGEST)
        return [each for each in found if each.status in ACTIVE and each.ends_at > now]

    def of_maybe_same(self, job_seeker_id: int, since: datetime) -> list[Booking]:
        """Return the bookings of any status that start after an instant, of a parent and of all
        who may be the same person."""
        return self._tx.rows(_OF_MAYBE_SAME, of=job_seeker_id, since=since)

    def latest(self, job_seeker_id: int) -> Booking | None:
        """Return a parent's last booking by date, whatever became of it."""
        return self._tx.row(_LATEST, job_seeker_id=job_seeker_id)

    def counselor_of_last_time(self, job_seeker_id: int, now: datetime) -> int | None:
        """Return whom a parent met last."""
        return self._tx.row(_COUNSELOR_OF_LAST_TIME, job_seeker_id=job_seeker_id, now=now)

    def how_many(self, job_seeker_id: int) -> int:
        """Return how many bookings a parent has ever made."""
        return self._tx.row(_HOW_MANY, job_seeker_id=job_seeker_id) or 0

    def how_often_changed(self, booking_id: int) -> int:
        """Return how many changes a booking has seen, its making among them."""
        return self._tx.row(_HOW_OFTEN_CHANGED, booking_id=booking_id) or 0

    def by_reference(self, reference: str) -> Booking | None:
        """Return the booking that somebody reads out on the phone."""
        return self._tx.row(_BY_REFERENCE, reference=reference)

    def of_seeker(self, job_seeker_id: int) -> list[Booking]:
        """Return all of a parent's bookings, the latest first."""
        return self._tx.rows(_OF_SEEKER, job_seeker_id=job_seeker_id)

    def set_meeting_url(self, booking: Booking, url: str, now: datetime, *, by: str) -> Booking:
        """Set the URL of this one booking, before its counselor's."""
        self._tx.run(_SET_URL, booking=booking.id, url=url)
        why = _CHANGED if booking.meeting_url else _GIVEN
        self._note(booking.id, now, "url", by, why)
        given = booking._replace(meeting_url=url, has_own_url=True)
        self._rooms.keep(given, now)
        return given

    def take_counselors_url(
        self, booking: Booking, now: datetime, *, by: str, changed: bool
    ) -> None:
        """Take over the URL of its counselor, who has another one, or a first one."""
        self._note(booking.id, now, "url", by, _CHANGED if changed else _GIVEN)

    def set_posted(self, booking_id: int, at: datetime | None) -> None:
        """Note since when it is in My Page; None when it is to be posted anew."""
        self._tx.run(_SET_POSTED, booking=booking_id, at=at)

    def last_told(self, booking: Booking) -> Told:
        """Return when the office last changed time or URL of a booking, and when it last gave what
        there was not before."""
        moved = self._tx.row(_LAST_CHANGE, booking_id=booking.id)
        given = self._tx.row(_LAST_GIVEN, booking_id=booking.id)
        return Told(moved, given)

    def told_since(self, booking: Booking, instant: datetime) -> datetime | None:
        """Return when (UTC) the platform first took a word about a booking as it stands, from an
        instant on."""
        return self._tx.row(
            _ACCEPTED_SINCE, booking_id=booking.id, version=booking.version, instant=instant
        )

    def note_restored(self, booking: Booking, now: datetime) -> None:
        """Note that the time before `now` is not known, since the database came from a backup."""
        self._note(booking.id, now, _RESTORED, "clock")

    def restored_at(self, booking: Booking) -> datetime | None:
        """Return when (UTC) the database last came from a backup that holds this booking."""
        return self._tx.row(_LAST_RESTORED, booking_id=booking.id)

    def knows_room(self, booking: Booking) -> bool:
        """Return whether this parent was let into the same room before, and so has its raw URL."""
        if booking.meeting_url is None:
            return False
        known = self._tx.rows(
            _URLS_KNOWN, job_seeker_id=booking.job_seeker_id, booking_id=booking.id
        )
        return room_of(booking.meeting_url) in map(room_of, known)

    def before_in_room(self, booking: Booking, now: datetime) -> Booking | None:
        """Return the consultation that takes place in the same room until `now` or later, and
        began before this one."""
        found = self._in_room(booking, now - LONGEST, booking.starts_at)
        earlier = [each for each in found if each.starts_at < booking.starts_at]
        return next((each for each in earlier if now < each.ends_at), None)

    def at_once_in_room(self, booking: Booking) -> Booking | None:
        """Return another consultation that takes place in the same room at the same time."""
        found = self._in_room(booking, booking.starts_at - LONGEST, booking.ends_at)
        return next(
            (
                each
                for each in found
                if each.starts_at < booking.ends_at and booking.starts_at < each.ends_at
            ),
            None,
        )

    def _in_room(self, booking: Booking, after: datetime, until: datetime) -> list[Booking]:
        """Return the other active bookings in a booking's room that start in (after, until]."""
        if booking.meeting_url is None:
            return []
        room = room_of(booking.meeting_url)
        return [
            each
            for each in self._tx.rows(_ACTIVE_BETWEEN, after=after, until=until)
            if each.id != booking.id and each.meeting_url and room_of(each.meeting_url) == room
        ]

    def why_undecided(self, booking_id: int) -> str:
        """Return the kind of alert for which a booking was last left to staff; "" for none."""
        return self._tx.row(_LAST_UNDECIDED, booking_id=booking_id) or ""

    def completed_by_service(self, booking_id: int) -> bool:
        """Return whether it was the video service that completed a booking, and not staff."""
        return self._tx.row(_LAST_COMPLETED_BY, booking_id=booking_id) == "video"

    def deemed_by_clock(self, booking_id: int) -> bool:
        """Return whether it was the program that deemed a booking cancelled, and not staff."""
        return self._tx.row(_LAST_DEEMED_BY, booking_id=booking_id) == "clock"

    def book(
        self,
        job_seeker_id: int,
        slot: Slot,
        service: str,
        companion: Companion,
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
                status=Status.BOOKED,
                companion=companion,
                version=1,
                created_at=now,
                secret=new_token(),
                **self._work_times(slot.starts_at, now),
            )
            # Else the reference was there already, and another is drawn.
            if booking_id is None and self._tx.row(_IS_TAKEN, **slot._asdict()) is not None:
                raise SlotTaken
        self._note(booking_id, now, "booked", by)
        booking = self.by_id(booking_id)
        assert booking is not None
        self._rooms.keep(booking, now)
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
        self._rooms.keep(moved, now)
        self._waiting.offer_anew(booking.slot, now)
        self._tell(moved, AlertKind.MOVED, now, by, was=booking)
        if moved.counselor_id != booking.counselor_id:
            self._tell(moved, AlertKind.MOVED_AWAY, now, by, was=booking)
        return moved

    def set_status(
        self, booking: Booking, status: Status, now: datetime, *, by: str, why: str = ""
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
        self._note(booking.id, now, str(status), by, why)
        if status not in ACTIVE:
            self._waiting.offer_anew(booking.slot, now)
        if status in _ENDED:
            self._tell(booking, _ENDED[status], now, by, was=booking)
        changed = booking._replace(status=status)
        if Rooms.is_with_room(status) != Rooms.is_with_room(booking.status):
            self._rooms.keep(changed, now)
        return changed

    def take_back(self, booking: Booking, now: datetime) -> Booking:
        """Undo a parent's own cancellation, with what is due for the booking again. Raises Conflict
        when somebody has the slot."""
        with self._tx.attempt():
            touched = self._tx.run(
                _TAKE_BACK, booking=booking.id, **self._work_times(booking.starts_at, now)
            )
        if touched != 1:
            raise Conflict("the booking is not what it was any more")
        self._note(booking.id, now, "booked", "parent", "cancellation taken back")
        self._tell(booking, AlertKind.BACK, now, "parent", was=booking)
        back = booking._replace(status=Status.BOOKED)
        self._rooms.keep(back, now)
        return back

    def set_companion(self, booking: Booking, companion: Companion, now: datetime) -> Booking:
        """Record who comes along (art. 12(3))."""
        self._tx.run(_SET_COMPANION, booking=booking.id, companion=companion)
        self._note(booking.id, now, "companion", "parent", why=str(companion))
        return booking._replace(companion=companion)

    def _work_times(self, start: datetime, now: datetime) -> dict[str, datetime | None]:
        """Return when a booking made or moved at `now` is due for what. After the reminder hour the
        confirmation says what the reminder would, and there is none."""
        office = self._office
        remind_at = day_before(start, office.reminder_at, office.zone)
        return {
            "remind_at": remind_at if now < remind_at else None,
            "notice_at": working_day_before(start, office.notice_due, office.zone),
        }

    def _tell(
        self, booking: Booking, kind: AlertKind, now: datetime, by: str, *, was: Booking
    ) -> None:
        """Let the counselor know whose day changes, whoever changed it and by whichever way."""
        staff = by.removeprefix("staff ")
        Alerts(self._tx).about(
            booking,
            kind,
            now,
            counselor_id=was.counselor_id if kind == AlertKind.MOVED_AWAY else None,
            detail=f"{was.starts_at:%Y-%m-%d %H:%MZ}"
            if kind in (AlertKind.MOVED, AlertKind.MOVED_AWAY)
            else "",
            by_staff_id=int(staff) if staff.isdecimal() else None,
        )

    def _note(self, booking_id: int, now: datetime, what: str, by: str, why: str = "") -> None:
        self._tx.run(_NOTE_CHANGE, booking_id=booking_id, at=now, what=what, by=by, why=why)


# What a counselor hears of at once.
_ENDED = {Status.CANCELLED: AlertKind.CANCELLED, Status.WITHDRAWN: AlertKind.WITHDRAWN}


def _new_reference() -> str:
    return "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(_REFERENCE_LENGTH))
