"""Restoring: what a backup cannot know of the time between its making and now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal_column, or_, select, update

from models.database import Conflict, Transaction, change, query
from models.letter_kind import LetterKind
from models.office import Office
from models.rules.hearing import SWEEP
from models.store.alerts import Alerts
from models.store.bookings import Bookings
from models.store.outbox import RETRY_FOR
from models.store.rooms import Rooms
from models.tables import (
    AlertKind,
    Booking,
    ChatCode,
    Contact,
    OutboxRow,
    SendState,
    Status,
    Watch,
    status_in,
    table,
)

# A program that beat so recently is running.
_JUST_NOW = timedelta(seconds=60)

_watches, _bookings, _outbox = table(Watch).c, table(Booking).c, table(OutboxRow).c
_contacts = table(Contact).c

_WATCHING = query(
    select(func.count()).where(
        _watches.way == SWEEP,
        _watches.why == "",
        _watches.ends_at > bindparam("since"),
        _watches.ends_at <= bindparam("until"),
    ),
    int,
)
_END_WATCHES = change(
    update(table(Watch)).where(_watches.way == SWEEP, _watches.why == "").values(why="restored")
)
# What was used since is not known to be used.
_END_CODES = change(
    update(table(ChatCode))
    .where(table(ChatCode).c.expires_at > bindparam("now"))
    .values(expires_at=bindparam("now"))
)
_TO_COME = query(
    select(_bookings.id).where(status_in(Status.BOOKED), _bookings.starts_at > bindparam("now")),
    int,
)
_STARTED_SINCE = query(
    select(_bookings.id).where(
        status_in(Status.BOOKED),
        _bookings.starts_at > bindparam("since"),
        _bookings.starts_at <= bindparam("now"),
    ),
    int,
)
_REMINDED_SINCE = query(
    select(_bookings.id, _contacts.channel)
    .outerjoin(table(Contact), _contacts.job_seeker_id == _bookings.job_seeker_id)
    .where(_bookings.remind_at > bindparam("since"), _bookings.remind_at <= bindparam("now")),
    lambda number, channel: (int(number), channel),
)
_TAKE_REMINDER = change(
    update(table(Booking)).where(_bookings.id == bindparam("of")).values(remind_at=None)
)
# What the platform knows again by its key may be sent once more; all else may have been sent.
_END_WAITING = change(
    update(table(OutboxRow))
    .where(
        literal_column("outbox.state") == literal_column("'waiting'"),
        or_(
            _outbox.kind == LetterKind.ANSWER,
            _outbox.channel.not_in(bindparam("known_again", expanding=True)),
            _outbox.created_at <= bindparam("key_since"),
        ),
    )
    .values(
        state=SendState.UNCERTAIN,
        ended_at=bindparam("now"),
        payload="",
        reply_token=None,
        why="restored",
    )
)


class Restoring:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def is_watched(self, now: datetime) -> bool:
        """Return whether a program serves this database at this moment."""
        count = self._tx.row(_WATCHING, since=now - _JUST_NOW, until=now + _JUST_NOW)
        return (count or 0) > 0

    def settle(self, made_at: datetime, now: datetime, *, known_again: Sequence[str]) -> None:
        """Settle what happened between the backup's making and now (UTC): whoever had a
        consultation is for staff to decide, nothing is sent that may have been sent, codes are
        worth nothing, and who does not write again is not judged by what we have forgotten.
        `known_again` are the channels that know a request again by its key."""
        self._tx.run(_END_WATCHES)
        self._tx.run(_END_CODES, now=now)
        key_since = now - RETRY_FOR
        self._tx.run(_END_WAITING, known_again=known_again, key_since=key_since, now=now)
        bookings, alerts = Bookings(self._tx, self._office), Alerts(self._tx)
        for number in self._tx.rows(_STARTED_SINCE, since=made_at - self._office.grace, now=now):
            booking = bookings.by_id(number)
            assert booking is not None
            try:
                bookings.set_status(booking, Status.UNDECIDED, now, by="clock", why="restored")
            except Conflict:
                continue
            alerts.about(booking, AlertKind.DECIDE_RESTORED, now)
        for number in self._tx.rows(_TO_COME, now=now):
            booking = bookings.by_id(number)
            assert booking is not None
            bookings.note_restored(booking, now)
            Rooms(self._tx).keep(booking, now)
        for number, channel in self._tx.rows(_REMINDED_SINCE, since=made_at, now=now):
            booking = bookings.by_id(number)
            if booking is None or (channel in known_again and made_at > key_since):
                continue
            self._tx.run(_TAKE_REMINDER, of=number)
            alerts.about(booking, AlertKind.REMINDER_UNCERTAIN, now)
