"""Declarations: answers to the conditions of arts. 2 and 5."""

from datetime import datetime

from models.rules.eligibility import Card
from models.sql import addition
from models.tables import Declaration as DeclarationTable
from models.tables import table
from models.transaction import Transaction

_ADD = addition(table(DeclarationTable), "contact_id", "card", "item", "holds", "at")


class Declarations:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def record(
        self, contact_id: int, card: Card, items: list[str], *, holds: bool, at: datetime
    ) -> None:
        """Add the same answer to several conditions, each with its time."""
        answer = {"contact_id": contact_id, "card": card.value, "holds": holds, "at": at}
        self._tx.run_each(_ADD, [{**answer, "item": item} for item in items])
