"""Errands: written with the change that wants them, claimed by who performs them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select, update

from models.database import Transaction, change, insert_once, query
from models.errand import Errand, ErrandKind, ErrandState
from models.tables import ErrandRow, table


class _Due(NamedTuple):
    id: int
    was_in_flight: bool


class Standing(NamedTuple):
    """How it stands with an errand."""

    state: ErrandState
    created_at: datetime
    attempts: int


_errands = table(ErrandRow).c
_waiting = literal_column("errands.state") == literal_column("'waiting'")

_ADD = insert_once(table(ErrandRow))
# Errands of a kind for one booking are performed one after the other.
_before = table(ErrandRow).alias("before")
_DUE = query(
    select(_errands.id, _errands.in_flight)
    .where(
        _waiting,
        _errands.due_at <= bindparam("now"),
        ~exists().where(
            _before.c.booking_id == _errands.booking_id,
            _before.c.kind == _errands.kind,
            _before.c.state == ErrandState.WAITING,
            # PostgreSQL may show an earlier one only after a later one was claimed.
            or_(
                _before.c.id < _errands.id,
                and_(_before.c.in_flight.is_(True), _before.c.due_at > bindparam("now")),
            ),
            _before.c.id != _errands.id,
        ),
    )
    .order_by(_errands.useless_after, _errands.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True, of=table(ErrandRow)),
    lambda number, in_flight: _Due(number, bool(in_flight)),
)
_CLAIM = query(
    update(table(ErrandRow))
    .where(_errands.id == bindparam("row"), _waiting)
    .values(
        due_at=bindparam("lease_until"),
        in_flight=True,
        attempts=_errands.attempts + 1,
        fence=_errands.fence + 1,
    )
    .returning(
        *(_errands.id, _errands.kind, _errands.booking_id, _errands.useless_after),
        *(_errands.attempts, _errands.fence),
    ),
    Errand,
)
_is_ours = (_errands.id == bindparam("row"), _errands.fence == bindparam("mine"), _waiting)
_END = change(
    update(table(ErrandRow))
    .where(*_is_ours)
    .values(
        state=bindparam("end"), ended_at=bindparam("now"), in_flight=False, why=bindparam("reason")
    )
)
_LATER = change(
    update(table(ErrandRow))
    .where(*_is_ours)
    .values(due_at=bindparam("later"), in_flight=bindparam("unknown"), why=bindparam("reason"))
)
_HURRY = change(
    update(table(ErrandRow))
    .where(
        _errands.booking_id == bindparam("of"),
        _errands.kind == bindparam("of_kind"),
        _waiting,
        _errands.in_flight.is_(False),
    )
    .values(due_at=bindparam("now"))
)
_NEWER = query(
    select(_errands.id)
    .where(
        _errands.booking_id == bindparam("booking_id"),
        _errands.kind == bindparam("kind"),
        _waiting,
        _errands.id > bindparam("than"),
    )
    .limit(1),
    int,
)
_HOW_MANY = query(
    select(func.count(), func.min(_errands.due_at)).where(_waiting),
    lambda count, oldest: (int(count), oldest),
)

_OF_KEY = query(
    select(_errands.state, _errands.created_at, _errands.attempts).where(
        _errands.key == bindparam("key")
    ),
    Standing,
)
_HOSTS = query(
    select(_errands.host)
    .where(_errands.booking_id == bindparam("booking_id"), _errands.host.is_not(None))
    .distinct(),
    str,
)
_BEGUN = query(
    select(_errands.id)
    .where(
        _errands.booking_id == bindparam("booking_id"),
        _errands.kind == bindparam("kind"),
        _waiting,
        _errands.created_at > bindparam("since"),
    )
    .limit(1),
    int,
)


class Errands:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ask(
        self,
        kind: ErrandKind,
        booking_id: int,
        now: datetime,
        *,
        key: str,
        useless_after: datetime,
        due_at: datetime | None = None,
        host: str | None = None,
    ) -> bool:
        """Write an errand, due now unless said otherwise; returns False when one of this key was
        written before. `host` is whose room it is about."""
        added = self._tx.run(
            _ADD,
            kind=kind,
            booking_id=booking_id,
            host=host,
            key=key,
            created_at=now,
            due_at=due_at or now,
            useless_after=useless_after,
        )
        return added == 1

    def hurry(self, kind: ErrandKind, booking_id: int, now: datetime) -> None:
        """Let the errands for a booking that wait for a later time be due now."""
        self._tx.run(_HURRY, of=booking_id, of_kind=kind, now=now)

    def claim(self, now: datetime, lease: timedelta, count: int) -> list[Errand]:
        """Claim errands that are due until the lease ends, those first that are of use for the
        shortest time."""
        claimed = []
        for due in self._tx.rows(_DUE, now=now, count=count):
            errand = self._tx.row(_CLAIM, row=due.id, lease_until=now + lease)
            if errand is not None:
                claimed.append(errand._replace(unheard=due.was_in_flight))
        return claimed

    def end(self, errand: Errand, state: ErrandState, now: datetime, why: str = "") -> bool:
        """Note how an errand ended; returns False when it is no longer ours."""
        touched = self._tx.run(
            _END, row=errand.id, mine=errand.fence, end=state, now=now, reason=why[:200]
        )
        return touched == 1

    def try_later(self, errand: Errand, later: datetime, why: str, *, unknown: bool) -> bool:
        """Perform an errand again later. `unknown` says that this try may have done it. Returns
        False when it is no longer ours."""
        touched = self._tx.run(
            _LATER,
            row=errand.id,
            mine=errand.fence,
            later=later,
            unknown=unknown,
            reason=why[:200],
        )
        return touched == 1

    def has_newer(self, errand: Errand) -> bool:
        """Return whether another errand of this kind waits behind this one."""
        found = self._tx.row(_NEWER, booking_id=errand.booking_id, kind=errand.kind, than=errand.id)
        return found is not None

    def waiting(self) -> tuple[int, datetime | None]:
        """Return how many errands wait, and since when the most overdue one is due."""
        (found,) = self._tx.rows(_HOW_MANY)
        return found

    def standing(self, key: str) -> Standing | None:
        """Return how it stands with the errand of a key; None when there is none."""
        return self._tx.row(_OF_KEY, key=key)

    def hosts(self, booking_id: int) -> set[str]:
        """Return in whose name a room may have been made for a booking."""
        return set(self._tx.rows(_HOSTS, booking_id=booking_id))

    def is_under_way(self, kind: ErrandKind, booking_id: int, since: datetime) -> bool:
        """Return whether an errand for a booking that was written after an instant waits."""
        found = self._tx.row(_BEGUN, booking_id=booking_id, kind=kind, since=since)
        return found is not None
