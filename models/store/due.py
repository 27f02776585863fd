"""What is due for bookings: read by indexes that hold nothing but what is still to be done."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, func, select, update

from models import tables
from models.database import Statement, Transaction, change, query
from models.rules.hearing import HEARD_FROM, LONGEST_SILENCE, PROOF_AWAITED
from models.tables import Contact, Status, status_in, table

_bookings, _contacts = table(tables.Booking).c, table(Contact).c


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
    status_in(Status.BOOKED) & (_bookings.starts_at <= bindparam("started_by")),
    _bookings.starts_at,
)


_TAKE_REMINDER = change(
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"), _due(_bookings.remind_at))
    .values(remind_at=None)
)
_TAKE_NOTICE = change(
    update(table(tables.Booking))
    .where(_bookings.id == bindparam("booking"), _due(_bookings.notice_at))
    .values(notice_at=None)
)


_AROUND = query(
    select(_bookings.id)
    .where(
        status_in(Status.BOOKED),
        _bookings.starts_at > bindparam("after"),
        _bookings.starts_at <= bindparam("until"),
    )
    .limit(1),
    int,
)
_STILL_TO_REMIND = query(
    select(func.count())
    .select_from(
        table(tables.Booking).join(
            table(Contact), _contacts.job_seeker_id == _bookings.job_seeker_id
        )
    )
    .where(
        _contacts.channel == bindparam("channel"),
        _bookings.remind_at.is_not(None),
        _bookings.remind_at >= bindparam("now"),
        _bookings.remind_at < bindparam("until"),
    ),
    int,
)
_DEEMED_AROUND = query(
    select(_bookings.id).where(
        _bookings.status == Status.DEEMED_CANCELLED,
        _bookings.starts_at >= bindparam("start"),
        _bookings.starts_at <= bindparam("end"),
    ),
    int,
)


class Due:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def reminders(self, now: datetime, count: int) -> list[int]:
        """Return bookings whose reminder is due, at most `count`, the most urgent first."""
        return self._tx.rows(_DUE_REMINDERS, now=now, count=count)

    def notices(self, now: datetime, count: int) -> list[int]:
        """Return bookings that staff must have prepared by now: a URL, and the notice in My
        Page."""
        return self._tx.rows(_DUE_NOTICES, now=now, count=count)

    def to_judge(self, started_by: datetime, count: int) -> list[int]:
        """Return bookings that started by then and that nobody has come to."""
        return self._tx.rows(_TO_JUDGE, started_by=started_by, count=count)

    def is_around(self, now: datetime, grace: timedelta) -> bool:
        """Return whether a consultation is so near that every way in must be shown to work."""
        found = self._tx.row(
            _AROUND,
            after=now - grace - PROOF_AWAITED,
            until=now + HEARD_FROM + LONGEST_SILENCE,
        )
        return found is not None

    def still_to_remind(self, channel: str, now: datetime, until: datetime) -> int:
        """Return how many reminders are to be sent on a channel in [now, until)."""
        return self._tx.row(_STILL_TO_REMIND, channel=channel, now=now, until=until) or 0

    def deemed_around(self, start: datetime, end: datetime) -> list[int]:
        """Return the deemed cancellations whose ways in had to be open at some time of
        [start + grace, end]."""
        return self._tx.rows(_DEEMED_AROUND, start=start, end=end + HEARD_FROM)

    def take_reminder(self, booking_id: int, now: datetime) -> bool:
        """Take the reminder off the list of work; False when it is not due any more."""
        return self._tx.run(_TAKE_REMINDER, booking=booking_id, now=now) == 1

    def take_notice(self, booking_id: int, now: datetime) -> bool:
        """Take the notice off the list of work; False when it is not due any more."""
        return self._tx.run(_TAKE_NOTICE, booking=booking_id, now=now) == 1
