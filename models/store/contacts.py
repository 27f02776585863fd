"""Contacts: people on a channel."""

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, select, update

from models import tables
from models.contact import NOBODY, Contact
from models.database import Transaction, change, insert_once, query
from models.tables import Awaited, InboxEvent, Staff, table

_contacts, _staff = table(tables.Contact).c, table(Staff).c
_columns = select(
    *(_contacts.id, _contacts.channel, _contacts.person, _contacts.language),
    *(_contacts.job_seeker_id, _contacts.unreachable_at),
    *(_staff.id, _staff.role, _staff.counselor_id),
    exists().where(table(Awaited).c.contact_id == _contacts.id),
    _staff.secret,
).outerjoin_from(
    table(tables.Contact),
    table(Staff),
    and_(_staff.contact_id == _contacts.id, _staff.removed_at.is_(None)),
)

# The row stays locked for the turn on PostgreSQL, so that one person's turns come one by one.
_FIND = query(
    _columns.where(
        _contacts.channel == bindparam("channel"), _contacts.person == bindparam("person")
    ).with_for_update(key_share=True, of=table(tables.Contact)),
    Contact,
)
_BY_ID = query(
    _columns.where(_contacts.id == bindparam("id")).with_for_update(
        key_share=True, of=table(tables.Contact)
    ),
    Contact,
)
_LOCK_SEEKER = query(
    select(table(tables.JobSeeker).c.id)
    .where(table(tables.JobSeeker).c.id == bindparam("id"))
    .with_for_update(key_share=True),
    int,
)
_inbox = table(InboxEvent).c
_last_act = (
    select(func.max(_inbox.received_at)).where(_inbox.contact_id == _contacts.id).scalar_subquery()
)
_OF_SEEKER = query(
    _columns.where(_contacts.job_seeker_id == bindparam("job_seeker_id")).order_by(
        _contacts.unreachable_at.is_not(None), _last_act.desc().nulls_last(), _contacts.id
    ),
    Contact,
)
_ADD = insert_once(table(tables.Contact), table(tables.Contact).c.id)
_SET_LANGUAGE = change(
    update(table(tables.Contact))
    .where(_contacts.id == bindparam("of"))
    .values(language=bindparam("language"))
)
_SET_REACHABLE = change(
    update(table(tables.Contact))
    .where(_contacts.id == bindparam("of"))
    .values(unreachable_at=bindparam("unreachable_at"))
)


class Contacts:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def find(self, channel: str, person: str) -> Contact | None:
        """Return the contact of a platform's user."""
        return self._tx.row(_FIND, channel=channel, person=person)

    def add(self, channel: str, person: str, language: str, now: datetime) -> Contact:
        """Return a platform's user who was met for the first time, unless somebody was faster."""
        number = self._tx.row(
            _ADD, channel=channel, person=person, language=language, created_at=now
        )
        if number is not None:
            return Contact(number, channel, person, language)
        found = self.find(channel, person)
        assert found is not None
        return found

    def by_id(self, contact_id: int) -> Contact:
        """Return a contact that is known to exist."""
        found = self._tx.row(_BY_ID, id=contact_id)
        assert found is not None
        return found

    def parent_of(self, job_seeker_id: int) -> Contact:
        """Return the chat in which a parent is told things, locked for the turn; NOBODY if there is
        none. A chat that has become a staff member's is a parent's no more."""
        known = [each for each in self.of_seeker(job_seeker_id) if each.role is None]
        if known:
            return self.by_id(known[0].id)
        self._tx.row(_LOCK_SEEKER, id=job_seeker_id)  # two turns about one person wait anyway
        return NOBODY

    def of_seeker(self, job_seeker_id: int) -> list[Contact]:
        """Return the chats of a parent: those that can be reached first, and of them the one in
        which they were last."""
        return self._tx.rows(_OF_SEEKER, job_seeker_id=job_seeker_id)

    def set_language(self, contact_id: int, language: str) -> None:
        self._tx.run(_SET_LANGUAGE, of=contact_id, language=language)

    def set_reachable(self, contact_id: int) -> None:
        self._tx.run(_SET_REACHABLE, of=contact_id, unreachable_at=None)

    def set_unreachable(self, contact_id: int, now: datetime) -> None:
        self._tx.run(_SET_REACHABLE, of=contact_id, unreachable_at=now)
