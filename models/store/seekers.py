"""Job seekers: the parent's sealed details."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from models.database import Transaction
from models.tables import Contact, JobSeeker
from models.vault import Vault


class Details(NamedTuple):
    """What the form asks for, in the one spelling that is kept (models/rules/details.py)."""

    name: str
    reading: str
    phone: str
    registration: str


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
        seeker.updated_at = now
        contact.job_seeker_id = seeker.id
        session.flush()
        return seeker.id

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
