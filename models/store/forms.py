"""One-time links to the form."""

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import bindparam, select, update

from models.database import Transaction
from models.sql import addition_once, change, query
from models.tables import FormLink, table
from models.vault import new_token, token_hash

FORM_LIFE = timedelta(minutes=30)

_links = table(FormLink).c

_ADD = addition_once(table(FormLink), "token_hash", "contact_id", "expires_at")
_FIND = query(
    select(_links.contact_id, _links.expires_at, _links.used_at).where(
        _links.token_hash == bindparam("token_hash")
    ),
    lambda contact_id, expires_at, used_at: (contact_id, expires_at, used_at),
)
_USE = change(
    update(table(FormLink))
    .where(_links.token_hash == bindparam("hash"), _links.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


_CLOSE_ALL = change(
    update(table(FormLink))
    .where(_links.contact_id == bindparam("contact"), _links.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


class NoForm(Enum):
    """Why a link opens no form."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class Forms:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def open_link(self, contact_id: int, now: datetime) -> str:
        """A new secret for a link that lives for FORM_LIFE."""
        token = new_token()
        self._tx.run(
            _ADD,
            token_hash=token_hash(token),
            contact_id=contact_id,
            expires_at=now + FORM_LIFE,
        )
        return token

    def whose(self, token: str, now: datetime) -> int | NoForm:
        """The contact that a link was made for, or why it opens nothing."""
        found = self._tx.row(_FIND, token_hash=token_hash(token))
        if found is None:
            return NoForm.UNKNOWN
        contact_id, expires_at, used_at = found
        if used_at is not None:
            return NoForm.USED
        return NoForm.EXPIRED if now >= expires_at else int(contact_id)

    def close_all(self, contact_id: int, now: datetime) -> None:
        """No link of this contact's opens a form any more."""
        self._tx.run(_CLOSE_ALL, contact=contact_id, now=now)

    def use(self, token: str, now: datetime) -> bool:
        """Use a link up; False when somebody was faster."""
        return self._tx.run(_USE, hash=token_hash(token), now=now) == 1
