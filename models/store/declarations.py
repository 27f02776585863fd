"""Declarations: answers to the conditions of arts. 2 and 5."""

from datetime import datetime

from sqlalchemy import insert

from models import tables
from models.database import Transaction, change
from models.rules.eligibility import Card
from models.tables import table

_ADD = change(insert(table(tables.Declaration)))


class Declarations:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def record(
        self, contact_id: int, card: Card, items: list[str], *, holds: bool, at: datetime
    ) -> None:
        """Add the same answer to several conditions, each with its time."""
        answer = {"contact_id": contact_id, "card": card.value, "holds": holds, "at": at}
        for item in items:
            self._tx.run(_ADD, **answer, item=item)
