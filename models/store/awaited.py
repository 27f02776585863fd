"""The free text that somebody was asked for, a wish that waits for something to be settled, or what
was chosen last."""

from datetime import datetime

from models.contact import Contact
from models.database import Transaction
from models.tables import Awaited


class AwaitedTexts:
    def __init__(self, transaction: Transaction) -> None:
        self._session = transaction.session

    def ask(self, contact_id: int, what: str, subject: str, until: datetime) -> None:
        """Take what this person does next as the answer to this, until a time; a newer one replaces
        an older one."""
        self._session.merge(Awaited(contact_id=contact_id, what=what, subject=subject, until=until))
        self._session.flush()

    def peek(self, contact: Contact) -> Awaited | None:
        """Return what was asked last, also in this turn."""
        return self._session.get(Awaited, contact.id)

    def pop(self, contact: Contact, now: datetime) -> Awaited | None:
        """Return what was asked, if it still is; it is asked no more after this."""
        found = self._session.get(Awaited, contact.id) if contact.is_asked else None
        if found is None:
            return None
        self._session.delete(found)
        self._session.flush()
        return found if now < found.until else None
