"""Hearing: when each way in was shown to work, and when it was not."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from models.database import Transaction, change, query
from models.rules.hearing import SWEEP, Stretch
from models.tables import Watch, table

_watches = table(Watch).c

_ADD = query(insert(table(Watch)).returning(table(Watch).c.id), int)
_EXTEND = change(
    update(table(Watch)).where(_watches.id == bindparam("of")).values(ends_at=bindparam("now"))
)
_FINISH = change(
    update(table(Watch)).where(_watches.id == bindparam("of")).values(why=bindparam("reason"))
)
_TOUCHING = query(
    select(_watches.way, _watches.works, _watches.starts_at, _watches.ends_at, _watches.why).where(
        _watches.ends_at >= bindparam("start"), _watches.starts_at <= bindparam("end")
    ),
    lambda way, works, *rest: Stretch(way, bool(works), *rest),
)
_LAST_FAULT = query(
    select(_watches.ends_at)
    .where(_watches.way == bindparam("way"), _watches.works.is_(False))
    .order_by(_watches.ends_at.desc())
    .limit(1),
    lambda instant: instant,
)
_LAST_BEAT = query(
    select(_watches.ends_at)
    .where(_watches.way == SWEEP, _watches.ends_at < bindparam("before"))
    .order_by(_watches.ends_at.desc())
    .limit(1),
    lambda instant: instant,
)
_FORGET_FUTURE = change(delete(table(Watch)).where(_watches.starts_at > bindparam("now")))
_CUT_FUTURE = change(
    update(table(Watch)).where(_watches.ends_at > bindparam("now")).values(ends_at=bindparam("cut"))
)


class HearingRecord:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def begin(self, stretch: Stretch) -> int:
        """Add a stretch; returns its number."""
        number = self._tx.row(
            _ADD,
            way=stretch.way[:64],
            works=stretch.works,
            starts_at=stretch.start,
            ends_at=stretch.end,
            why=stretch.why[:80],
        )
        assert number is not None
        return number

    def extend(self, number: int, now: datetime) -> None:
        """Let a stretch last until `now`."""
        self._tx.run(_EXTEND, of=number, now=now)

    def finish(self, number: int, why: str) -> None:
        """Say why a stretch goes on no more."""
        self._tx.run(_FINISH, of=number, reason=why)

    def between(self, start: datetime, end: datetime) -> list[Stretch]:
        """Return the stretches that touch [start, end]."""
        return self._tx.rows(_TOUCHING, start=start, end=end)

    def last_fault(self, way: str) -> datetime | None:
        """Return when (UTC) a way in was last seen not to work."""
        return self._tx.row(_LAST_FAULT, way=way[:64])

    def last_beat(self, before: datetime) -> datetime | None:
        """Return the last time before an instant at which a sweep was on record."""
        return self._tx.row(_LAST_BEAT, before=before)

    def forget_future(self, now: datetime) -> None:
        """Cut off what a clock that was ahead has recorded: that time is yet to be watched."""
        self._tx.run(_FORGET_FUTURE, now=now)
        self._tx.run(_CUT_FUTURE, now=now, cut=now)
