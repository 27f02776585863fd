"""Presence: signs that a parent came or made contact."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from models.database import Transaction, change, insert_once, query
from models.tables import AttendanceSign, table


class Signs(NamedTuple):
    """What shows that a parent came or made contact."""

    came: bool
    contact: bool


_signs = table(AttendanceSign).c

_ADD_SIGN = insert_once(table(AttendanceSign))
_SIGNS = query(
    select(_signs.came).where(
        _signs.booking_id == bindparam("booking_id"),
        _signs.version == bindparam("version"),
        _signs.cleared_at.is_(None),
    ),
    lambda came: bool(came),
)

_DOUBT = "doubt"
_IN_DOUBT = query(
    select(_signs.id).where(
        _signs.booking_id == bindparam("booking_id"),
        _signs.version == bindparam("version"),
        _signs.how == _DOUBT,
        _signs.cleared_at.is_(None),
    ),
    int,
)
_DOUBT_AGAIN = change(
    update(table(AttendanceSign))
    .where(
        _signs.booking_id == bindparam("of"),
        _signs.version == bindparam("as_of"),
        _signs.how == _DOUBT,
    )
    .values(acted_at=bindparam("acted"), cleared_at=None)
)
_CLEAR_DOUBT = change(
    update(table(AttendanceSign))
    .where(
        _signs.booking_id == bindparam("of"),
        _signs.version == bindparam("as_of"),
        _signs.how == _DOUBT,
        _signs.cleared_at.is_(None),
        _signs.acted_at <= bindparam("acted"),
    )
    .values(cleared_at=bindparam("now"))
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

    def doubt(self, booking_id: int, version: int, *, acted_at: datetime, now: datetime) -> None:
        """Note that the parent may not come; it holds the booking until they clear it up."""
        if not self.record(booking_id, version, came=False, how=_DOUBT, acted_at=acted_at, now=now):
            self._tx.run(_DOUBT_AGAIN, of=booking_id, as_of=version, acted=acted_at)

    def clear_doubt(
        self, booking_id: int, version: int, *, acted_at: datetime, now: datetime
    ) -> bool:
        """Note that the parent will come after all; False when there was no doubt, or only one
        that is later than this act."""
        cleared = self._tx.run(_CLEAR_DOUBT, of=booking_id, as_of=version, acted=acted_at, now=now)
        return cleared > 0

    def is_in_doubt(self, booking_id: int, version: int) -> bool:
        """Return whether the parent has said that they may not come, and has not cleared it up."""
        return self._tx.row(_IN_DOUBT, booking_id=booking_id, version=version) is not None

    def signs(self, booking_id: int, version: int) -> Signs:
        """Return the signs for a booking as it stands; those for its earlier times do not count."""
        found = self._tx.rows(_SIGNS, booking_id=booking_id, version=version)
        return Signs(came=any(found), contact=not all(found))
