"""The free text that somebody was asked for."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from models import tables
from models.contact import Contact
from models.database import Transaction, change, insert_once, query
from models.tables import table


class Awaited(NamedTuple):
    """What is asked, about which row, and until when the answer is taken."""

    what: str
    subject: str
    until: datetime


_awaited = table(tables.Awaited).c

_ADD = insert_once(table(tables.Awaited))
_FIND = query(
    select(_awaited.what, _awaited.subject, _awaited.until).where(
        _awaited.contact_id == bindparam("contact_id")
    ),
    Awaited,
)
_FORGET = change(
    delete(table(tables.Awaited)).where(_awaited.contact_id == bindparam("contact_id"))
)


class AwaitedTexts:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ask(self, contact_id: int, what: str, subject: str, until: datetime) -> None:
        """The next text of this person answers this, until a time; a newer question replaces
        it."""
        self._tx.run(_FORGET, contact_id=contact_id)
        self._tx.run(_ADD, contact_id=contact_id, what=what, subject=subject, until=until)

    def take(self, contact: Contact, now: datetime) -> Awaited | None:
        """What was asked, if it still is; it is asked no more after this."""
        found = self._tx.row(_FIND, contact_id=contact.id) if contact.is_asked else None
        if found is None:
            return None
        self._tx.run(_FORGET, contact_id=contact.id)
        return found if now < found.until else None
