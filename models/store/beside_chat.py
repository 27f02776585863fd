"""Beside the chat: whose menu may have to change, and how things stand with them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select, union

from models import tables
from models.booking import LONGEST
from models.database import Transaction, query
from models.tables import ACTIVE_BOOKING, Consent, InboxEvent, Staff, table

# Whoever did something since then may have another menu now.
_LATELY = timedelta(hours=1)

_contacts, _bookings = table(tables.Contact).c, table(tables.Booking).c
_inbox, _consents, _staff = table(InboxEvent).c, table(Consent).c, table(Staff).c


class Standing(NamedTuple):
    """A parent's chat: its language, when the next consultation begins (UTC), and whether the
    terms are agreed to and the details known."""

    person: str
    language: str
    next_start: datetime | None
    may_book: bool


_has_booking = and_(ACTIVE_BOOKING, _bookings.starts_at > bindparam("since"))
_next_start = (
    select(func.min(_bookings.starts_at))
    .where(_has_booking, _bookings.job_seeker_id == _contacts.job_seeker_id)
    .scalar_subquery()
)
_has_agreed = (
    select(_consents.given)
    .where(_consents.contact_id == _contacts.id)
    .order_by(_consents.id.desc())
    .limit(1)
    .scalar_subquery()
)
_concerned = union(
    select(_inbox.contact_id).where(_inbox.received_at >= bindparam("lately")),
    select(_contacts.id)
    .join_from(
        table(tables.Contact),
        table(tables.Booking),
        _bookings.job_seeker_id == _contacts.job_seeker_id,
    )
    .where(_has_booking),
    select(_contacts.id).where(
        _contacts.channel == bindparam("channel"),
        _contacts.person.in_(bindparam("known", expanding=True)),
    ),
)
_STANDING = query(
    select(
        _contacts.person,
        _contacts.language,
        _next_start,
        and_(_has_agreed, _contacts.job_seeker_id.is_not(None)),
    ).where(
        _contacts.id.in_(_concerned),
        _contacts.channel == bindparam("channel"),
        _contacts.unreachable_at.is_(None),
        ~exists().where(_staff.contact_id == _contacts.id, _staff.removed_at.is_(None)),
    ),
    lambda person, language, start, may_book: Standing(person, language, start, bool(may_book)),
)


class BesideChat:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def standing(self, channel: str, now: datetime, known: Collection[str]) -> list[Standing]:
        """Return how things stand with those on a channel who did something lately, who have
        booked, or who are `known` to have a menu of their own."""
        return self._tx.rows(
            _STANDING, channel=channel, lately=now - _LATELY, since=now - LONGEST, known=list(known)
        )
