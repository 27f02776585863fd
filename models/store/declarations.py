"""Declarations: answers to the conditions of arts. 2 and 5."""

from datetime import datetime

from sqlalchemy import bindparam, select

from models.rules.eligibility import Card, Declaration
from models.sql import addition, query
from models.tables import Declaration as DeclarationTable
from models.tables import table
from models.transaction import Transaction

_declarations = table(DeclarationTable).c

_ALL = query(
    select(_declarations.card, _declarations.item, _declarations.holds, _declarations.at)
    .where(_declarations.contact_id == bindparam("contact_id"))
    .order_by(_declarations.id),
    Declaration,
    kept=True,
)
_ADD = addition(table(DeclarationTable), "contact_id", "card", "item", "holds", "at")


class Declarations:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def of(self, contact_id: int) -> list[Declaration]:
        """The latest answer to each condition, however often somebody answered."""
        answers = self._tx.rows(_ALL, contact_id=contact_id)
        return list({(each.card, each.item): each for each in answers}.values())

    def record(
        self, contact_id: int, card: Card, items: list[str], *, holds: bool, at: datetime
    ) -> None:
        """Add the same answer to several conditions, each with its time."""
        for item in items:
            self._tx.run(
                _ADD, contact_id=contact_id, card=card.value, item=item, holds=holds, at=at
            )
