"""Terms and consents: which text is in force, and who agreed to it."""

import hashlib
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col
from sqlmodel import select as select_model

from models.database import Transaction
from models.sql import addition, query
from models.tables import Consent as ConsentTable
from models.tables import Terms as TermsTable
from models.tables import table


class Version(NamedTuple):
    """A published text, without the text."""

    version: int
    sha256: str
    effective_on: date


class Consent(NamedTuple):
    """The last word of a contact on the terms."""

    terms_version: int
    given: bool


_terms = table(TermsTable).c
_consents = table(ConsentTable).c

_IN_FORCE = query(
    select(_terms.version, _terms.sha256, _terms.effective_on)
    .where(_terms.effective_on <= bindparam("today"))
    .order_by(_terms.effective_on.desc(), _terms.version.desc())
    .limit(1),
    Version,
)
_LATEST_CONSENT = query(
    select(_consents.terms_version, _consents.given)
    .where(_consents.contact_id == bindparam("contact_id"))
    .order_by(_consents.id.desc())
    .limit(1),
    Consent,
)
_ADD_CONSENT = addition(
    table(ConsentTable),
    *("contact_id", "terms_version", "sha256", "given", "at", "channel", "event_id"),
)


class TermsStore:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def in_force(self, today: date) -> Version | None:
        """The version that holds on a local day: the latest effective one (art. 13)."""
        return self._tx.row(_IN_FORCE, today=today)

    def consent_of(self, contact_id: int) -> Consent | None:
        return self._tx.row(_LATEST_CONSENT, contact_id=contact_id)

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
        self._tx.row(
            _ADD_CONSENT,
            contact_id=contact_id,
            terms_version=version.version,
            sha256=version.sha256,
            given=given,
            at=at,
            channel=channel,
            event_id=event_id,
        )

    def publish(self, body: str, effective_on: date, now: datetime) -> Version:
        """Store a text as a new version; the same text with the same day is stored once."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        session = self._tx.session
        terms = session.exec(
            select_model(TermsTable).where(
                TermsTable.sha256 == digest, TermsTable.effective_on == effective_on
            )
        ).first()
        if terms is None:
            terms = TermsTable(
                body=body, sha256=digest, effective_on=effective_on, published_at=now
            )
            session.add(terms)
            session.flush()
        assert terms.version is not None
        return Version(terms.version, digest, effective_on)

    def text(self, version: int) -> TermsTable | None:
        """A published version with its text."""
        return self._tx.session.get(TermsTable, version) if version < 2**31 else None

    def published(self) -> list[TermsTable]:
        """All versions, the newest first."""
        newest_first = select_model(TermsTable).order_by(col(TermsTable.version).desc())
        return list(self._tx.session.exec(newest_first))
