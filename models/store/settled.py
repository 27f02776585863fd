"""What a contact has settled of the points of the gate (arts. 2 to 6), asked for in one go: nearly
every step of a parent's looks at it."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, exists, select

from models import tables
from models.contact import Contact
from models.database import Transaction, query
from models.rules.eligibility import Card, Declaration
from models.store.seekers import REFUSALS
from models.store.terms import VERSION_IN_FORCE
from models.tables import Claim, Consent, table


class Settled(NamedTuple):
    """How things stand with a contact: the version of the last word on the terms, whether it was
    a consent, and the version in force; whether the office refuses; whether staff have yet to say
    whose registration number was given; every answer to a condition, in the order in which they
    came."""

    terms_version: int | None
    has_agreed: bool | None
    in_force: int | None
    is_refused: bool
    is_claimed: bool
    answers: tuple[Declaration, ...] = ()


def _with_answer(
    version: int | None,
    agreed: bool | None,
    in_force: int | None,
    refused: bool,
    claimed: bool,
    card: str | None,
    item: str,
    holds: bool,
    at: datetime,
) -> tuple[Settled, Declaration | None]:
    settled = Settled(version, agreed, in_force, bool(refused), bool(claimed))
    return settled, Declaration(Card(card), item, holds, at) if card is not None else None


_contacts, _consents = table(tables.Contact).c, table(Consent).c
_declarations = table(tables.Declaration).c


def _last_word(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    theirs = select(column).where(_consents.contact_id == bindparam("contact_id"))
    return theirs.order_by(_consents.id.desc()).limit(1).scalar_subquery()


_CLAIMED = exists().where(
    table(Claim).c.job_seeker_id == bindparam("job_seeker_id"),
    table(Claim).c.decided_at.is_(None),
)
# A row for each answer to a condition, and one without where there is none.
_OF = query(
    select(
        *(_last_word(_consents.terms_version), _last_word(_consents.given)),
        *(VERSION_IN_FORCE.scalar_subquery(), REFUSALS.exists(), _CLAIMED),
        *(_declarations.card, _declarations.item, _declarations.holds, _declarations.at),
    )
    .select_from(table(tables.Contact))
    .outerjoin(table(tables.Declaration), _declarations.contact_id == _contacts.id)
    .where(_contacts.id == bindparam("contact_id"))
    .order_by(_declarations.id),
    _with_answer,
)


class SettledPoints:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def of(self, contact: Contact, today: date) -> Settled:
        """Return what a contact that is known to exist has settled by a local day."""
        found = self._tx.rows(
            _OF, contact_id=contact.id, job_seeker_id=contact.job_seeker_id, today=today
        )
        answers = tuple(answer for _, answer in found if answer is not None)
        return found[0][0]._replace(answers=answers)
