"""Work that is done once a day."""

from datetime import date

from models.sql import addition_once
from models.tables import DoneOnce, table
from models.transaction import Transaction

_ADD = addition_once(table(DoneOnce), "what", "day")


class Once:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def take(self, what: str, day: date) -> bool:
        """Take a day's work; False when it was taken before."""
        return self._tx.run(_ADD, what=what, day=day) == 1
