"""One-time links to pages where personal details are entered or read."""

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from models.choice import Choice
from models.database import Transaction, change, insert_once, query
from models.tables import FormLink, table
from models.vault import new_token, token_hash

FORM_LIFE = timedelta(minutes=30)
DESK_LIFE = timedelta(minutes=10)
# For how long after that a form can be sent that was opened in time: what was typed is not thrown
# away.
SENT_WITHIN = timedelta(hours=2)
# For how long whom the page has found can be worked with: a phone call takes its time.
FOUND_LASTS = timedelta(hours=2)

_links = table(FormLink).c

_ADD = insert_once(table(FormLink))


class Purpose(Choice):
    """Which page a link opens."""

    FORM = "form"  # a parent's details
    FIND = "find"  # staff look for a person
    PERSON = "person"  # staff read a person's details
    EXPORT = "export"  # staff fetch a month's bookings
    MY_DATA = "my_data"  # a parent reads what is stored
    ERASE = "erase"  # … and may erase it then
    CODE = "code"  # staff print a code that joins a chat
    TERMS = "terms"  # staff publish a text
    START = "start"  # staff start a consultation
    NOTE = "note"  # staff add a note to them


_OF_PARENTS = (Purpose.FORM, Purpose.MY_DATA, Purpose.ERASE)


class Link(NamedTuple):
    """What a good link opens: for which contact, and about whom."""

    contact_id: int
    subject: int | None


class NoForm(Enum):
    """Why a link opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


_FIND = query(
    select(_links.contact_id, _links.subject, _links.expires_at, _links.used_at).where(
        _links.token_hash == bindparam("token_hash"), _links.purpose == bindparam("purpose")
    ),
    lambda contact_id, subject, expires_at, used_at: (
        Link(contact_id, subject),
        expires_at,
        used_at,
    ),
)
_USE = change(
    update(table(FormLink))
    .where(_links.token_hash == bindparam("hash"), _links.used_at.is_(None))
    .values(used_at=bindparam("now"), subject=bindparam("found"))
)
_CLOSE_ALL = change(
    update(table(FormLink))
    .where(_links.contact_id == bindparam("contact"), _links.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_LAST_FOUND = query(
    select(_links.subject)
    .where(
        _links.contact_id == bindparam("contact_id"),
        _links.purpose == Purpose.FIND.value,
        _links.subject.is_not(None),
        _links.used_at > bindparam("since"),
    )
    .order_by(_links.used_at.desc())
    .limit(1),
    lambda subject: int(subject),
)


class Forms:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def open_link(
        self,
        contact_id: int,
        now: datetime,
        purpose: Purpose = Purpose.FORM,
        subject: int | None = None,
    ) -> str:
        """Return a new secret for a link that lives for FORM_LIFE, or DESK_LIFE for staff."""
        token = new_token()
        life = FORM_LIFE if purpose in _OF_PARENTS else DESK_LIFE
        self._tx.run(
            _ADD,
            token_hash=token_hash(token),
            contact_id=contact_id,
            purpose=purpose.value,
            subject=subject,
            expires_at=now + life,
        )
        return token

    def whose(
        self,
        token: str,
        now: datetime,
        purpose: Purpose = Purpose.FORM,
        *,
        sending: bool = False,
    ) -> Link | NoForm:
        """Return for whom a link to this page was made, or why it opens nothing. What was opened in
        time can be sent for a while longer."""
        found = self._tx.row(_FIND, token_hash=token_hash(token), purpose=purpose.value)
        if found is None:
            return NoForm.UNKNOWN
        link, expires_at, used_at = found
        if used_at is not None:
            return NoForm.USED
        until = expires_at + SENT_WITHIN if sending else expires_at
        return NoForm.EXPIRED if now >= until else link

    def close_all(self, contact_id: int, now: datetime) -> None:
        """Let no link of this contact's open a form any more."""
        self._tx.run(_CLOSE_ALL, contact=contact_id, now=now)

    def use(self, token: str, now: datetime, found: int | None = None) -> bool:
        """Use a link up, with whom it has found; False when somebody was faster."""
        return self._tx.run(_USE, hash=token_hash(token), now=now, found=found) == 1

    def last_found(self, contact_id: int, since: datetime) -> int | None:
        """Return the person whom a staff member has last found on the page."""
        return self._tx.row(_LAST_FOUND, contact_id=contact_id, since=since)
