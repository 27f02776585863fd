"""Retention: what is kept how long, and forgotten after that (art. 7(1))."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from models import tables
from models.database import Statement, Transaction, change, query
from models.letter_kind import LetterKind
from models.office import Office
from models.rules.days import at, local_day
from models.rules.hearing import SWEEP
from models.store.old_records import OldRecords
from models.tables import (
    AccessRecord,
    Alert,
    Awaited,
    Booking,
    ChatCode,
    DoneOnce,
    ErrandRow,
    FormLink,
    Hold,
    InboxEvent,
    JobSeeker,
    OutboxRow,
    Question,
    Refusal,
    RoomChanges,
    SentMessage,
    StaffInvite,
    Watch,
    table,
)

# What the program needs of the past for its own work, and longer nobody does.
_INBOX = timedelta(days=35)  # an event can come again a day later; a failed one wants a person
_SENT = timedelta(days=90)
_ANSWERABLE = timedelta(days=60)
_WATCHED = timedelta(days=30)
_LINKS = timedelta(days=30)
_SEEN_TO = timedelta(days=365)
_WAITED = timedelta(days=90)
_ASKED = timedelta(days=1)
_MIDNIGHT = time(0)


_before: BindParameter[datetime] = bindparam("before")
_outbox = table(OutboxRow).c
_ACCESS = change(delete(table(AccessRecord)).where(table(AccessRecord).c.at < _before))
_EVENTS = change(delete(table(InboxEvent)).where(table(InboxEvent).c.received_at < _before))
# Who was told of new terms stays on record (art. 13).
_earlier = table(OutboxRow).alias("earlier")
_UNCHAIN = change(
    update(table(OutboxRow))
    .where(_outbox.follows_id.in_(select(_earlier.c.id).where(_earlier.c.ended_at < _before)))
    .values(follows_id=None)
)
_REQUESTS = change(
    delete(table(OutboxRow)).where(_outbox.ended_at < _before, _outbox.kind != LetterKind.TERMS)
)
_ERRANDS = change(delete(table(ErrandRow)).where(table(ErrandRow).c.ended_at < _before))
_ROOM_CHANGES = change(
    delete(table(RoomChanges)).where(table(RoomChanges).c.day < bindparam("day"))
)
_MESSAGES = change(delete(table(SentMessage)).where(table(SentMessage).c.at < _before))
_WATCHES = change(delete(table(Watch)).where(table(Watch).c.ends_at < _before))
_FORMS = change(delete(table(FormLink)).where(table(FormLink).c.expires_at < _before))
_CODES = change(delete(table(ChatCode)).where(table(ChatCode).c.expires_at < _before))
_INVITES = change(delete(table(StaffInvite)).where(table(StaffInvite).c.expires_at < _before))
_ALERTS = change(delete(table(Alert)).where(table(Alert).c.closed_at < _before))
_QUESTIONS = change(delete(table(Question)).where(table(Question).c.closed_at < _before))
_HOLDS = change(delete(table(Hold)).where(table(Hold).c.until < _before))
_WAITS = change(
    delete(table(tables.Wait)).where(
        table(tables.Wait).c.ended_at < _before,
        not_(exists().where(table(Hold).c.wait_id == table(tables.Wait).c.id)),
    )
)
_PAST_WAITS = change(
    update(table(tables.Wait))
    .where(table(tables.Wait).c.ended_at.is_(None), table(tables.Wait).c.day < bindparam("first"))
    .values(ended_at=bindparam("now"))
)
# Of who has been erased the fingerprint stays while the office refuses them, and no longer.
_seekers, _refusals = table(JobSeeker).c, table(Refusal).c
_FINGERPRINTS = change(
    update(table(JobSeeker))
    .where(
        _seekers.registration.is_(None),
        _seekers.registration_fingerprint.is_not(None),
        not_(
            exists().where(
                _refusals.job_seeker_id == _seekers.id,
                _refusals.lifted_at.is_(None),
                or_(_refusals.until_day.is_(None), _refusals.until_day >= bindparam("day")),
            )
        ),
    )
    .values(registration_fingerprint=None)
)
_AWAITED = change(delete(table(Awaited)).where(table(Awaited).c.until < _before))
_DONE = change(delete(table(DoneOnce)).where(table(DoneOnce).c.day < bindparam("day")))


# What staff have allowed for a day (DoneOnce).
ALLOWED = "retention allowed"
_A_DAY = timedelta(days=1)
# So many rows, and so large a part of all, never go at once by themselves.
_MANY, _SHARE = 20, 0.25

_watches, _events, _bookings = table(Watch).c, table(InboxEvent).c, table(Booking).c
_WATCHED_TIMES = query(
    select(_watches.starts_at, _watches.ends_at)
    .where(_watches.way == SWEEP)
    .order_by(_watches.starts_at),
    lambda start, end: (start, end),
)
# By the platform's clock: what has no time of its own was given ours, at which it came.
_ACT_SINCE = query(
    select(_events.event_id)
    .where(
        _events.received_at > bindparam("since"),
        _events.acted_at > bindparam("since"),
        _events.acted_at < _events.received_at,
    )
    .limit(1),
    str,
)


def _share(instant: ColumnElement[datetime]) -> Statement[tuple[int, int]]:
    is_old = case((instant < bindparam("before"), 1), else_=0)
    return query(
        select(func.coalesce(func.sum(is_old), 0), func.count()),
        lambda gone, every: (int(gone), int(every)),
    )


_OLD_BOOKINGS, _OLD_USES = _share(_bookings.starts_at), _share(table(AccessRecord).c.at)


class Retention:
    def __init__(self, transaction: Transaction, office: Office) -> None:
        self._tx = transaction
        self._office = office

    def why_not(self, now: datetime) -> str | None:
        """Return why nothing is to be deleted at `now` before somebody has said so, or None: a
        clock that is far ahead would delete everything."""
        if not self._is_clock_trusted(now):
            return "the date"
        zone = self._office.zone
        old = {
            "access": at(
                _months_before(local_day(now, zone), self._office.access_log_months),
                _MIDNIGHT,
                zone,
            ),
            "records": at(
                _months_before(local_day(now, zone), 12 * self._office.record_years),
                _MIDNIGHT,
                zone,
            ),
        }
        for count, before in ((_OLD_BOOKINGS, "records"), (_OLD_USES, "access")):
            found = self._tx.row(count, before=old[before])
            assert found is not None
            gone, every = found
            if gone > _MANY and gone > every * _SHARE:
                return f"{100 * gone // every} %"
        return None

    def _is_clock_trusted(self, now: datetime) -> bool:
        """Return whether the program has watched without a day's gap until now, or a platform has
        told of an act since the last gap: a clock that was moved ahead is never trusted by
        itself."""
        times = self._tx.rows(_WATCHED_TIMES)
        watched_until, since = times[0][0] if times else now, None
        for start, end in [*times, (now, now)]:
            if start - watched_until > _A_DAY:
                since = start
            watched_until = max(watched_until, end)
        return since is None or self._tx.row(_ACT_SINCE, since=since) is not None

    def forget(self, now: datetime) -> None:
        """Delete what has been kept long enough."""
        zone = self._office.zone
        today = local_day(now, zone)
        first = _months_before(today, self._office.access_log_months)
        self._tx.run(_ACCESS, before=at(first, _MIDNIGHT, zone))
        for statement, kept in (
            (_EVENTS, _INBOX),
            (_UNCHAIN, _SENT),
            (_REQUESTS, _SENT),
            (_ERRANDS, _SENT),
            (_MESSAGES, _ANSWERABLE),
            (_WATCHES, _WATCHED),
            (_FORMS, _LINKS),
            (_INVITES, _LINKS),
            (_CODES, _LINKS),
            (_ALERTS, _SEEN_TO),
            (_QUESTIONS, _SEEN_TO),
            (_HOLDS, _WAITED),
            (_WAITS, _WAITED),
            (_AWAITED, _ASKED),
        ):
            self._tx.run(statement, before=now - kept)
        self._tx.run(_DONE, day=today - _LINKS)
        self._tx.run(_ROOM_CHANGES, day=today - _LINKS)
        self._tx.run(_PAST_WAITS, first=today, now=now)
        self._tx.run(_FINGERPRINTS, day=today)
        last = _months_before(today, 12 * self._office.record_years)
        OldRecords(self._tx).forget(at(last, _MIDNIGHT, zone), last)


def _months_before(day: date, months: int) -> date:
    """Return the same day that many months earlier, or the last one of that month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
