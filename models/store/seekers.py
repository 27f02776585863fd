"""Job seekers: the parent's sealed details."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from models.database import Transaction
from models.sql import query
from models.tables import Contact, JobSeeker, table
from models.tables import Refusal as RefusalTable
from models.vault import Vault


class Details(NamedTuple):
    """What the form asks for, in the one spelling that is kept (models/rules/details.py)."""

    name: str
    reading: str
    phone: str
    registration: str


class Refusal(NamedTuple):
    """利用お断り, as it holds."""

    id: int
    until_day: date | None


_refusals = table(RefusalTable).c

_REFUSAL = query(
    select_columns(_refusals.id, _refusals.until_day)
    .where(
        _refusals.job_seeker_id == bindparam("job_seeker_id"),
        _refusals.lifted_at.is_(None),
        or_(_refusals.until_day.is_(None), _refusals.until_day >= bindparam("today")),
    )
    .limit(1),
    Refusal,
)


class Seekers:
    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._tx = transaction
        self._vault = vault

    def keep_details(self, contact_id: int, details: Details, now: datetime) -> int:
        """Store what the form brought, sealed; returns the job seeker's number."""
        session = self._tx.session
        contact = session.get_one(Contact, contact_id)
        seeker = (
            session.get_one(JobSeeker, contact.job_seeker_id)
            if contact.job_seeker_id
            else JobSeeker(created_at=now, updated_at=now)
        )
        session.add(seeker)
        session.flush()  # gives a new row its number, to which the values are bound
        assert seeker.id is not None
        for field, value in details._asdict().items():
            setattr(seeker, field, self._vault.seal(value, _about(seeker.id, field)))
        seeker.registration_fingerprint = self._vault.fingerprints(details.registration)[0]
        seeker.phone_fingerprint = self._vault.fingerprints(details.phone)[0]
        seeker.updated_at = now
        contact.job_seeker_id = seeker.id
        session.flush()
        return seeker.id

    def exists(self, job_seeker_id: int) -> bool:
        return self._tx.session.get(JobSeeker, job_seeker_id) is not None

    def masked_name(self, job_seeker_id: int) -> str:
        """The name as a chat may carry it: the first sign of each part."""
        parts = self.details(job_seeker_id).name.split()
        return " ".join(f"{part[0]}○" for part in parts) or "—"

    def standing(self, job_seeker_id: int, today: date) -> str:
        """Whether staff have refused or verified this person, or only their word stands."""
        if self.refusal(job_seeker_id, today) is not None:
            return "refused"
        seeker = self._tx.session.get_one(JobSeeker, job_seeker_id)
        return "verified" if seeker.verified_at else "declared"

    def refusal(self, job_seeker_id: int, today: date) -> Refusal | None:
        """The refusal that holds on a local day."""
        return self._tx.row(_REFUSAL, job_seeker_id=job_seeker_id, today=today)

    def with_registration(self, registration: str) -> list[int]:
        """The job seekers who gave this registration number."""
        fingerprints = self._vault.fingerprints(registration)
        same = col(JobSeeker.registration_fingerprint).in_(fingerprints)
        return [each.id for each in self._tx.session.exec(select(JobSeeker).where(same)) if each.id]

    def details(self, job_seeker_id: int) -> Details:
        """The opened details of a job seeker who has filled in the form."""
        seeker = self._tx.session.exec(select(JobSeeker).where(JobSeeker.id == job_seeker_id)).one()
        opened = {}
        for field in Details._fields:
            sealed = getattr(seeker, field)
            opened[field] = self._vault.open(sealed, _about(job_seeker_id, field)) if sealed else ""
        return Details(**opened)


def _about(job_seeker_id: int, field: str) -> str:
    return f"job_seekers:{job_seeker_id}:{field}"
