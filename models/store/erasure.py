"""Erasure on request: what speaks of a person goes; what must be kept is named to them."""

from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, update

from models import tables
from models.contact import Contact
from models.database import Transaction, change
from models.letter_kind import LetterKind
from models.store.persons import Persons
from models.store.terms import TermsStore
from models.store.waiting import Waiting
from models.tables import (
    Awaited,
    Declaration,
    Draft,
    FormLink,
    InboxEvent,
    JobSeeker,
    Note,
    OutboxRow,
    Question,
    SendState,
    table,
)

_outbox, _seekers = table(OutboxRow).c, table(JobSeeker).c

_DETAILS = change(
    update(table(JobSeeker))
    .where(_seekers.id == bindparam("seeker"))
    .values(
        name=None,
        reading=None,
        phone=None,
        registration=None,
        phone_fingerprint=None,
        reading_fingerprint=None,
        verified_at=None,
        updated_at=bindparam("now"),
    )
)
_FINGERPRINT = change(
    update(table(JobSeeker))
    .where(_seekers.id == bindparam("seeker"))
    .values(registration_fingerprint=None)
)
_NOTES = change(delete(table(Note)).where(table(Note).c.job_seeker_id == bindparam("seeker")))
_UNLINK = change(
    update(table(tables.Contact))
    .where(table(tables.Contact).c.id == bindparam("of"))
    .values(job_seeker_id=None)
)
_QUESTIONS = change(delete(table(Question)).where(table(Question).c.contact_id == bindparam("of")))
_DECLARATIONS = change(
    delete(table(Declaration)).where(table(Declaration).c.contact_id == bindparam("of"))
)
_INBOX = change(
    update(table(InboxEvent))
    .where(table(InboxEvent).c.contact_id == bindparam("of"))
    .values(body=None)
)
_UNSENT = change(
    update(table(OutboxRow))
    .where(
        and_(
            _outbox.contact_id == bindparam("of"),
            _outbox.state == SendState.WAITING,
            _outbox.in_flight.is_(False),
            _outbox.kind != LetterKind.ANSWER,
        )
    )
    .values(state=SendState.EXPIRED, ended_at=bindparam("now"), payload="", reply_token=None)
)
_DRAFTS = change(delete(table(Draft)).where(table(Draft).c.contact_id == bindparam("of")))
_AWAITED = change(delete(table(Awaited)).where(table(Awaited).c.contact_id == bindparam("of")))
_FORMS = change(delete(table(FormLink)).where(table(FormLink).c.contact_id == bindparam("of")))


class Erasure:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def erase_person(self, job_seeker_id: int, now: datetime, *, is_refused: bool) -> None:
        """Forget a job seeker's details and notes. Bookings stay without a name; while the office
        refuses somebody, so does the fingerprint of the registration number. Records that became
        part of this one are forgotten with it."""
        for merged in Persons(self._tx).merges_into(job_seeker_id):
            self.erase_person(merged.from_id, now, is_refused=is_refused)
        self._tx.run(_DETAILS, seeker=job_seeker_id, now=now)
        self._tx.run(_NOTES, seeker=job_seeker_id)
        if not is_refused:
            self._tx.run(_FINGERPRINT, seeker=job_seeker_id)

    def erase_chat(self, contact: Contact, now: datetime, today: date) -> None:
        """Forget what was declared, asked and written in a chat, and take its consent back.
        Consents and access records stay as they must."""
        contact_id, terms = contact.id, TermsStore(self._tx)
        given, version = terms.consent_of(contact_id), terms.in_force(today)
        if given is not None and given.given and version is not None:
            terms.record_consent(
                contact_id, version, given=False, at=now, channel=contact.channel, event_id="erase"
            )
        for statement in (_QUESTIONS, _DRAFTS, _DECLARATIONS, _INBOX, _AWAITED, _FORMS, _UNLINK):
            self._tx.run(statement, of=contact_id)
        self._tx.run(_UNSENT, of=contact_id, now=now)
        Waiting(self._tx).end(contact_id, now)
