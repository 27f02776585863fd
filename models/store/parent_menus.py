"""Parents' menus: whose menu may have to change, and by what."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select, union

from models import tables
from models.booking import LONGEST
from models.database import Transaction, query
from models.tables import ACTIVE_BOOKING, Consent, InboxEvent, Staff, table

# Whoever did something since then may have another menu now; after a start, also whose menu has
# changed while nobody looked.
_LATELY, _BEFORE_A_START = timedelta(hours=1), timedelta(days=7)

_contacts, _bookings = table(tables.Contact).c, table(tables.Booking).c
_inbox, _consents, _staff = table(InboxEvent).c, table(Consent).c, table(Staff).c


class ParentFacts(NamedTuple):
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
_FACTS = query(
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
    lambda person, language, start, may_book: ParentFacts(person, language, start, bool(may_book)),
)


class ParentMenus:
    """What decides on the menus of parents."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def facts(
        self, channel: str, now: datetime, passing: Collection[str] | None
    ) -> list[ParentFacts]:
        """Return what decides on the menu of those on a channel who did something lately, who have
        booked, or whose menu is `passing`: it ends by itself. None at a program's start."""
        lately = _BEFORE_A_START if passing is None else _LATELY
        return self._tx.rows(
            _FACTS,
            channel=channel,
            lately=now - lately,
            since=now - LONGEST,
            known=list(passing or ()),
        )
