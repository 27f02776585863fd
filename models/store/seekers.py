"""Job seekers: the parent's sealed details."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, exists, insert, not_, or_, select, update
from sqlmodel import col

from models import tables
from models.database import Statement, Transaction, change, query
from models.rules.details import folded
from models.tables import Contact, JobSeeker, Merge, Refusal, table
from models.vault import Vault


class Details(NamedTuple):
    """What the form asks for, in the one spelling that is kept (models/rules/details.py)."""

    name: str
    reading: str
    phone: str
    registration: str


_refusals = table(Refusal).c

# By record: nobody has somebody else refused by typing their number. Who gives the number of
# another record books nothing before staff have said whose it is (models/store/persons.py).
REFUSALS = select(Refusal).where(
    _refusals.job_seeker_id == bindparam("job_seeker_id"),
    _refusals.lifted_at.is_(None),
    or_(_refusals.until_day.is_(None), _refusals.until_day >= bindparam("today")),
)

_seekers = table(JobSeeker).c
_REGISTRATION, _PHONE, _READING = (
    change(
        update(table(JobSeeker))
        .where(column == bindparam("old"))
        .values({column: bindparam("new")})
    )
    for column in (
        _seekers.registration_fingerprint,
        _seekers.phone_fingerprint,
        _seekers.reading_fingerprint,
    )
)


_ADD = query(insert(table(JobSeeker)).returning(table(JobSeeker).c.id), int)
_KEEP = change(
    update(table(JobSeeker))
    .where(_seekers.id == bindparam("seeker"))
    .values(
        registration_fingerprint=bindparam("registration_mark"),
        phone_fingerprint=bindparam("phone_mark"),
        reading_fingerprint=bindparam("reading_mark"),
        updated_at=bindparam("now"),
        **{field: bindparam(f"sealed_{field}") for field in Details._fields},
    )
)
_contacts = table(Contact).c
_WHO = query(
    select(_contacts.job_seeker_id).where(_contacts.id == bindparam("contact_id")),
    lambda seeker: None if seeker is None else int(seeker),
)
_TIE = change(
    update(table(Contact))
    .where(_contacts.id == bindparam("contact"))
    .values(job_seeker_id=bindparam("seeker"))
)


# A record that became part of another one is nobody's any more.
_IS_MERGED = exists().where(
    table(Merge).c.from_id == _seekers.id, table(Merge).c.undone_at.is_(None)
)


class Seekers:
    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._tx = transaction
        self._vault = vault

    def keep_details(self, contact_id: int, details: Details, now: datetime) -> int:
        """Store what the form brought, sealed; returns the job seeker's number."""
        known = self._tx.row(_WHO, contact_id=contact_id)
        seeker = known if known is not None else self._new(now)
        self._seal(seeker, details, now)
        self._tx.run(_TIE, contact=contact_id, seeker=seeker)
        return seeker

    def add(self, details: Details, now: datetime) -> int:
        """Add somebody who phoned and has no chat with us; return the job seeker's number."""
        return self._seal(self._new(now), details, now)

    def _new(self, now: datetime) -> int:
        """Return a job seeker's number, to which the values are bound."""
        seeker = self._tx.row(_ADD, created_at=now, updated_at=now)
        assert seeker is not None
        return seeker

    def _seal(self, seeker: int, details: Details, now: datetime) -> int:
        sealed = {
            field: self._vault.seal(value, _about(seeker, field))
            for field, value in details._asdict().items()
        }
        self._tx.run(
            _KEEP,
            seeker=seeker,
            now=now,
            registration_mark=self._known_again(_REGISTRATION, details.registration),
            phone_mark=self._known_again(_PHONE, details.phone),
            reading_mark=self._known_again(_READING, folded(details.reading)),
            **{f"sealed_{field}": value for field, value in sealed.items()},
        )
        return seeker

    def _known_again(self, made: Statement[Any], value: str) -> str:
        """Return the fingerprint of a value; what older keys have left of the same value is made
        anew, so that one person is one person also after a rotation of DATA_KEY."""
        newest, *older = self._vault.fingerprints(value)
        for fingerprint in older:
            self._tx.run(made, old=fingerprint, new=newest)
        return newest

    def is_known(self, *, phone: str | None, registration: str | None) -> bool:
        """Return whether somebody gave one of these numbers."""
        return bool(
            (phone and self.with_phone(phone))
            or (registration and self.with_registration(registration))
        )

    def tie(self, contact_id: int, job_seeker_id: int) -> None:
        """Make a chat this person's from now on."""
        self._tx.run(_TIE, contact=contact_id, seeker=job_seeker_id)

    def differences(self, job_seeker_id: int, other_id: int) -> list[str]:
        """Return the names of the details in which two records differ."""
        one, other = self.details(job_seeker_id), self.details(other_id)
        return [
            field
            for field in Details._fields
            if folded(getattr(one, field)) != folded(getattr(other, field))
        ]

    def exists(self, job_seeker_id: int) -> bool:
        return self._tx.session.get(JobSeeker, job_seeker_id) is not None

    def masked_name(self, job_seeker_id: int) -> str:
        """Return the name as a chat may carry it: the first sign of each part."""
        parts = self.details(job_seeker_id).name.split()
        return " ".join("○" if len(part) == 1 else f"{part[0]}○" for part in parts) or "—"

    def standing(self, job_seeker_id: int, today: date) -> str:
        """Return whether staff have refused or verified this person, or only their word stands."""
        if self.refusal(job_seeker_id, today) is not None:
            return "refused"
        seeker = self._tx.session.get_one(JobSeeker, job_seeker_id)
        return "verified" if seeker.verified_at else "declared"

    def refusal(self, job_seeker_id: int, today: date) -> Refusal | None:
        """Return the refusal that holds on a local day; of several the one that lasts longest."""
        longest_first = REFUSALS.order_by(
            _refusals.until_day.is_not(None), _refusals.until_day.desc()
        )
        values = {"job_seeker_id": job_seeker_id, "today": today}
        return self._tx.session.scalars(longest_first.limit(1), values).first()

    def with_registration(self, registration: str) -> list[int]:
        """Return the job seekers who gave this registration number."""
        fingerprints = self._vault.fingerprints(registration)
        return self._where(col(JobSeeker.registration_fingerprint).in_(fingerprints))

    def with_phone(self, phone: str) -> list[int]:
        """Return the job seekers who gave this phone number."""
        fingerprints = self._vault.fingerprints(phone)
        return self._where(col(JobSeeker.phone_fingerprint).in_(fingerprints))

    def with_reading(self, reading: str) -> list[int]:
        """Return the job seekers whose name reads like this."""
        fingerprints = self._vault.fingerprints(folded(reading))
        return self._where(col(JobSeeker.reading_fingerprint).in_(fingerprints))

    def _where(self, condition: ColumnElement[bool]) -> list[int]:
        same = select(JobSeeker).where(condition, not_(_IS_MERGED)).order_by(col(JobSeeker.id))
        return [each.id for each in self._tx.session.scalars(same) if each.id is not None]

    def set_verified(self, job_seeker_id: int, at: datetime | None) -> None:
        """Note that staff have seen the registration in their own system, or take that back."""
        self._tx.session.get_one(JobSeeker, job_seeker_id).verified_at = at
        self._tx.session.flush()

    def refuse(self, job_seeker_id: int, until: date | None, by: int | None, now: datetime) -> None:
        """Refuse further use (arts. 6(6), 12(1)), up to and including a local day, or without
        an end."""
        self._tx.session.add(
            Refusal(job_seeker_id=job_seeker_id, since=now, until_day=until, by_staff_id=by)
        )
        self._tx.session.flush()

    def lift_refusals(self, job_seeker_id: int, now: datetime) -> None:
        """Make the person welcome again."""
        standing = select(Refusal).where(
            col(Refusal.job_seeker_id) == job_seeker_id,
            col(Refusal.lifted_at).is_(None),
        )
        for refusal in self._tx.session.scalars(standing):
            refusal.lifted_at = now
        self._tx.session.flush()

    def refusals(self, job_seeker_id: int) -> list[Refusal]:
        """Return all refusals there ever were, the latest first."""
        every = select(Refusal).where(col(Refusal.job_seeker_id) == job_seeker_id)
        return list(self._tx.session.scalars(every.order_by(col(Refusal.id).desc())))

    def add_note(self, job_seeker_id: int, text: str, by: int | None, now: datetime) -> None:
        """Remember something of a person, sealed."""
        note = tables.Note(job_seeker_id=job_seeker_id, by_staff_id=by, at=now)
        self._tx.session.add(note)
        self._tx.session.flush()
        note.body = self._vault.seal(text, f"notes:{note.id}")
        self._tx.session.flush()

    def notes(self, job_seeker_id: int) -> list[tuple[datetime, str]]:
        """Return what staff remember of a person, the oldest first."""
        every = select(tables.Note).where(col(tables.Note.job_seeker_id) == job_seeker_id)
        return [
            (note.at, self._vault.open(note.body, f"notes:{note.id}"))
            for note in self._tx.session.scalars(every.order_by(col(tables.Note.id)))
            if note.body is not None
        ]

    def details(self, job_seeker_id: int) -> Details:
        """Return the opened details of a job seeker who has filled in the form."""
        seeker = self._tx.session.scalars(
            select(JobSeeker).where(col(JobSeeker.id) == job_seeker_id)
        ).one()
        opened = {}
        for field in Details._fields:
            sealed = getattr(seeker, field)
            opened[field] = self._vault.open(sealed, _about(job_seeker_id, field)) if sealed else ""
        return Details(**opened)


def _about(job_seeker_id: int, field: str) -> str:
    return f"job_seekers:{job_seeker_id}:{field}"
