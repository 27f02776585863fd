"""The audit: what staff did, and what somebody was refused. Rows are only ever added."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from models.contact import Contact
from models.database import Transaction, change, query
from models.tables import AuditEntry, Staff, table


class Entry(NamedTuple):
    """One line of the audit."""

    id: int
    at: datetime
    staff: str | None
    what: str
    subject: str
    before: str
    after: str
    allowed: bool


_audit, _staff = table(AuditEntry).c, table(Staff).c

_ADD = change(insert(table(AuditEntry)))
_LATEST = query(
    select(
        *(_audit.id, _audit.at, _staff.name, _audit.what, _audit.subject),
        *(_audit.before, _audit.after, _audit.allowed),
    )
    .outerjoin_from(table(AuditEntry), table(Staff), _staff.id == _audit.staff_id)
    .where(_audit.id < bindparam("before_id"))
    .order_by(_audit.id.desc())
    .limit(bindparam("count")),
    lambda *columns: Entry._make((*columns[:-1], bool(columns[-1]))),
)
_REFUSALS = query(
    select(func.count()).where(
        _audit.contact_id == bindparam("contact_id"),
        _audit.what == bindparam("what"),
        _audit.at > bindparam("since"),
        _audit.allowed.is_(False),
    ),
    int,
)


class Audit:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def note(
        self,
        contact: Contact | None,
        what: str,
        now: datetime,
        *,
        subject: str = "",
        before: str = "",
        after: str = "",
        allowed: bool = True,
    ) -> None:
        """Add what somebody did (nobody's contact: the command line), without personal
        details."""
        self._tx.run(
            _ADD,
            at=now,
            staff_id=contact.staff_id if contact else None,
            contact_id=contact.id if contact else None,
            what=what[:40],
            subject=subject[:80],
            before=before[:200],
            after=after[:200],
            allowed=allowed,
        )

    def latest(self, count: int, before_id: int = 2**53) -> list[Entry]:
        """Return the newest entries, the newest first, older than a number."""
        return self._tx.rows(_LATEST, count=count, before_id=before_id)

    def refusals(self, contact_id: int, what: str, since: datetime) -> int:
        """Return how often a person was refused something since a time."""
        return self._tx.row(_REFUSALS, contact_id=contact_id, what=what, since=since) or 0


def instant(moment: datetime) -> str:
    """Return how the audit writes a time (UTC)."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"
