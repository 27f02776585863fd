"""Presence: signs that a parent came or made contact, and when the program was watching."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from models.rules.attendance import Watch
from models.sql import addition_once, change, numbered_addition, query
from models.tables import AttendanceSign, table
from models.tables import Watch as WatchTable
from models.transaction import Transaction


class Signs(NamedTuple):
    """What shows that a parent came or made contact."""

    came: bool
    contact: bool


_signs, _watches = table(AttendanceSign).c, table(WatchTable).c

_ADD_SIGN = addition_once(
    table(AttendanceSign), "booking_id", "version", "came", "how", "acted_at", "recorded_at"
)
_SIGNS = query(
    select(_signs.came).where(
        _signs.booking_id == bindparam("booking_id"), _signs.version == bindparam("version")
    ),
    lambda came: bool(came),
)
_ADD_WATCH = numbered_addition(table(WatchTable), "starts_at", "ends_at")
_EXTEND = change(
    update(table(WatchTable))
    .where(_watches.id == bindparam("watch"))
    .values(ends_at=bindparam("now"))
)
_WATCHES = query(
    select(_watches.starts_at, _watches.ends_at).where(
        _watches.ends_at >= bindparam("start"), _watches.starts_at <= bindparam("end")
    ),
    Watch,
)


class Presence:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def record(
        self,
        booking_id: int,
        version: int,
        *,
        came: bool,
        how: str,
        acted_at: datetime,
        now: datetime,
    ) -> bool:
        """Note a sign; False when one of this kind was there already."""
        added = self._tx.run(
            _ADD_SIGN,
            booking_id=booking_id,
            version=version,
            came=came,
            how=how,
            acted_at=acted_at,
            recorded_at=now,
        )
        return added == 1

    def signs(self, booking_id: int, version: int) -> Signs:
        """The signs for a booking as it stands; those for its earlier times do not count."""
        found = self._tx.rows(_SIGNS, booking_id=booking_id, version=version)
        return Signs(came=any(found), contact=not all(found))

    def begin_watch(self, now: datetime) -> int:
        """A new stretch of watching; returns its number."""
        number = self._tx.row(_ADD_WATCH, starts_at=now, ends_at=now)
        assert number is not None
        return number

    def extend_watch(self, watch: int, now: datetime) -> None:
        self._tx.run(_EXTEND, watch=watch, now=now)

    def watches(self, start: datetime, end: datetime) -> list[Watch]:
        """The stretches of watching that touch [start, end]."""
        return self._tx.rows(_WATCHES, start=start, end=end)
