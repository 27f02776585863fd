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


class Once:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def take(self, what: str, day: date) -> bool:
        """Take a day's work; False when it was taken before."""
        return self._tx.run(_ADD, what=what, day=day) == 1

    def was_taken(self, what: str, day: date) -> bool:
        """Return whether a day's work was taken."""
        return self._tx.row(_FIND, what=what, day=day) is not None
