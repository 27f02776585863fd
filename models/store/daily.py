"""Work that is done once a day."""

from datetime import date

from sqlalchemy import bindparam, select

from models.database import Transaction, insert_once, query
from models.tables import DoneOnce, table

_ADD = insert_once(table(DoneOnce))

_done = table(DoneOnce).c
_FIND = query(
    select(_done.what).where(_done.what == bindparam("what"), _done.day == bindparam("day")), str
)


class DailyWork:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def claim(self, what: str, day: date) -> bool:
        """Claim a day's work; returns False when it was claimed before."""
        return self._tx.run(_ADD, what=what, day=day) == 1

    def is_claimed(self, what: str, day: date) -> bool:
        """Return whether a day's work was claimed."""
        return self._tx.row(_FIND, what=what, day=day) is not None
