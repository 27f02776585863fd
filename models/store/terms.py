"""Terms and consents: which text is in force, and who agreed to it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, insert, literal_column, not_, or_, select
from sqlmodel import col

from models import tables
from models.database import Transaction, change, insert_once, query
from models.letter_kind import LetterKind
from models.tables import Consent, Contact, OutboxRow, SendState, Staff, TermsNotice, table


class Version(NamedTuple):
    """A published text, without the text."""

    version: int
    sha256: str
    effective_on: date


class Told(NamedTuple):
    """How many people were told of a version, and how many could not be reached."""

    told: int
    not_reached: int


_terms = table(tables.Terms).c
_consents = table(Consent).c

# The latest effective one.
VERSION_IN_FORCE = (
    select(_terms.version)
    .where(_terms.effective_on <= bindparam("today"))
    .order_by(_terms.effective_on.desc(), _terms.version.desc())
    .limit(1)
)
_IN_FORCE = query(VERSION_IN_FORCE.add_columns(_terms.sha256, _terms.effective_on), Version)
_ADD_CONSENT = change(insert(table(Consent)))


_contacts, _notices = table(Contact).c, table(TermsNotice).c
_outbox = table(OutboxRow).c
_theirs = table(Consent).alias("theirs")
_latest = (
    select(func.max(_theirs.c.id))
    .where(_theirs.c.contact_id == _contacts.id)
    .correlate(table(Contact))
    .scalar_subquery()
)
# Whose last word is a consent to another version, and who has not been told of this one.
_has_consent = exists().where(
    _consents.id == _latest,
    _consents.given,
    _consents.terms_version != bindparam("version"),
)
_was_told = exists().where(
    _notices.contact_id == _contacts.id, _notices.version == bindparam("version")
)
_works_here = exists().where(
    table(Staff).c.contact_id == _contacts.id, table(Staff).c.removed_at.is_(None)
)
_BEING_TOLD = query(
    select(_terms.version).where(
        _terms.telling_since.is_not(None), _terms.effective_on > bindparam("today")
    ),
    int,
)
_NEXT_TO_TELL = query(
    select(_contacts.id)
    .where(_has_consent, not_(_was_told), not_(_works_here))
    .order_by(_contacts.id)
    .limit(bindparam("count")),
    int,
)
_TO_TELL = query(
    select(_contacts.channel, func.count())
    .where(_has_consent, not_(_was_told), not_(_works_here))
    .group_by(_contacts.channel),
    lambda channel, count: (str(channel), int(count)),
)
_NOTE_TOLD = insert_once(table(TermsNotice))
_WAITING = query(
    select(func.count()).where(
        literal_column("outbox.state") == literal_column("'waiting'"),
        literal_column("outbox.kind") != literal_column("'answer'"),
        _outbox.kind == LetterKind.TERMS,
        _outbox.subject == bindparam("version"),
    ),
    int,
)
_ENDS = query(
    select(_outbox.state, func.count())
    .where(_outbox.kind == LetterKind.TERMS, _outbox.subject == bindparam("version"))
    .group_by(_outbox.state),
    lambda state, count: (SendState(state), int(count)),
)


class TermsStore:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def in_force(self, today: date) -> Version | None:
        """Return the version that holds on a local day: the latest effective one (art. 13)."""
        return self._tx.row(_IN_FORCE, today=today)

    def consent_of(self, contact_id: int) -> Consent | None:
        """Return the last word of a contact on the terms."""
        newest_first = select(Consent).order_by(col(Consent.id).desc())
        return self._tx.session.scalars(
            newest_first.where(col(Consent.contact_id) == contact_id).limit(1)
        ).first()

    def consents_of(self, contact_id: int) -> list[Consent]:
        """Return every consent and withdrawal of a contact's, the oldest first."""
        every = select(Consent).where(col(Consent.contact_id) == contact_id)
        return list(self._tx.session.scalars(every.order_by(col(Consent.id))))

    def record_consent(
        self,
        contact_id: int,
        version: Version,
        *,
        given: bool,
        at: datetime,
        channel: str,
        event_id: str,
    ) -> None:
        """Add a consent or its withdrawal (art. 2(3)): what, of which text, when and by which
        event. Nothing is ever changed or removed here."""
        self._tx.run(
            _ADD_CONSENT,
            contact_id=contact_id,
            terms_version=version.version,
            sha256=version.sha256,
            given=given,
            at=at,
            channel=channel,
            event_id=event_id,
        )

    def publish(
        self,
        body: str,
        effective_on: date,
        now: datetime,
        summary: Mapping[str, str] | None = None,
    ) -> Version:
        """Store a text as a new version, with the office's summary of it in some languages; the
        same text with the same day is stored once, and gets a summary that it does not have."""
        terms = self._same(body, effective_on)
        if terms is None:
            terms = tables.Terms(
                body=body,
                sha256=_digest(body),
                summary="",
                effective_on=effective_on,
                published_at=now,
            )
        if summary and not terms.summary:
            terms.summary = json.dumps(summary, ensure_ascii=False)
        self._tx.session.add(terms)
        self._tx.session.flush()
        assert terms.version is not None
        return Version(terms.version, terms.sha256, effective_on)

    def is_published(self, body: str, effective_on: date) -> bool:
        """Return whether this text is published with this day already."""
        return self._same(body, effective_on) is not None

    def _same(self, body: str, effective_on: date) -> tables.Terms | None:
        same = select(tables.Terms).where(
            col(tables.Terms.sha256) == _digest(body),
            col(tables.Terms.effective_on) == effective_on,
        )
        return self._tx.session.scalars(same).first()

    def before(self, terms: tables.Terms) -> tables.Terms | None:
        """Return the version that a version takes the place of."""
        older = (
            select(tables.Terms)
            .where(
                or_(
                    col(tables.Terms.effective_on) < terms.effective_on,
                    and_(
                        col(tables.Terms.effective_on) == terms.effective_on,
                        col(tables.Terms.version) < terms.version,
                    ),
                )
            )
            .order_by(col(tables.Terms.effective_on).desc(), col(tables.Terms.version).desc())
        )
        return self._tx.session.scalars(older).first()

    def start_telling(self, version: int, now: datetime) -> None:
        """Note that staff want everybody to be told of a version."""
        self._tx.session.get_one(tables.Terms, version).telling_since = now
        self._tx.session.flush()

    def being_told(self, today: date) -> list[int]:
        """Return the versions that are being told and are not in force yet."""
        return self._tx.rows(_BEING_TOLD, today=today)

    def not_told(self, today: date) -> list[tables.Terms]:
        """Return the versions to come of which nobody is being told, though somebody ought to
        be."""
        coming = select(tables.Terms).where(
            col(tables.Terms.effective_on) > today, col(tables.Terms.telling_since).is_(None)
        )
        found = self._tx.session.scalars(coming.order_by(col(tables.Terms.effective_on))).all()
        return [each for each in found if each.version and self.to_tell(each.version)]

    def next_to_tell(self, version: int, count: int) -> list[int]:
        """Return people with a valid consent who have not been told of a version, at most
        `count`."""
        if count <= 0:
            return []
        return self._tx.rows(_NEXT_TO_TELL, version=version, count=count)

    def note_told(self, version: int, contact_id: int, now: datetime) -> bool:
        """Note that somebody is being told; False when they were before."""
        return self._tx.run(_NOTE_TOLD, version=version, contact_id=contact_id, at=now) == 1

    def to_tell(self, version: int) -> dict[str, int]:
        """Return how many people of each channel have yet to be told."""
        return dict(self._tx.rows(_TO_TELL, version=version))

    def waiting(self, version: int) -> int:
        """Return how many words about a version wait to be sent."""
        return self._tx.row(_WAITING, version=str(version)) or 0

    def told(self, version: int) -> Told:
        """Return how far the telling of a version has come."""
        ends = dict(self._tx.rows(_ENDS, version=str(version)))
        reached = ends.get(SendState.ACCEPTED, 0)
        return Told(reached, sum(ends.values()) - reached - ends.get(SendState.WAITING, 0))

    def summary(self, version: int, language: str, own_language: str) -> str | None:
        """Return the office's summary of a version in a language, else in the office's own; None
        where there is none."""
        terms = self.text(version)
        texts: dict[str, str] = json.loads(terms.summary) if terms and terms.summary else {}
        return texts.get(language) or texts.get(own_language)

    def text(self, version: int) -> tables.Terms | None:
        """Return a published version with its text."""
        return self._tx.session.get(tables.Terms, version) if version < 2**31 else None

    def published(self) -> list[tables.Terms]:
        """Return all versions, the newest first."""
        newest_first = select(tables.Terms).order_by(col(tables.Terms.version).desc())
        return list(self._tx.session.scalars(newest_first))


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
