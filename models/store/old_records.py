"""Old records: bookings and what belongs to them, people who have not been here for years, what
was declared, noted and done. Consents stay: they prove that somebody agreed (art. 2(3))."""

from datetime import date, datetime

from sqlalchemy import BindParameter, bindparam, delete, exists, not_, or_, select, update

from models.database import Transaction, change
from models.tables import (
    AccessRecord,
    Alert,
    AttendanceSign,
    AuditEntry,
    Booking,
    BookingChange,
    ChatCode,
    Claim,
    Contact,
    Declaration,
    DeviceCheckRow,
    ErrandRow,
    FormLink,
    JobSeeker,
    Merge,
    Note,
    OutboxRow,
    Refusal,
    Room,
    SightingRow,
    table,
)

_before: BindParameter[datetime] = bindparam("before")
_bookings, _seekers, _refusals = table(Booking).c, table(JobSeeker).c, table(Refusal).c
_old = select(_bookings.id).where(_bookings.starts_at < _before)
# Who has no booking left, is not refused and has given no details since.
_gone = select(_seekers.id).where(
    _seekers.updated_at < _before,
    not_(exists().where(_bookings.job_seeker_id == _seekers.id)),
    not_(exists().where(_refusals.job_seeker_id == _seekers.id)),
    not_(exists().where(table(Note).c.job_seeker_id == _seekers.id)),
)
_old_rooms = select(table(Room).c.id).where(table(Room).c.booking_id.in_(_old))
_BY_INSTANT = (
    change(delete(table(SightingRow)).where(table(SightingRow).c.room_id.in_(_old_rooms))),
    *(
        change(delete(table(model)).where(table(model).c.booking_id.in_(_old)))
        for model in (
            BookingChange,
            AttendanceSign,
            Alert,
            OutboxRow,
            DeviceCheckRow,
            ErrandRow,
            Room,
        )
    ),
    change(
        update(table(AccessRecord))
        .where(table(AccessRecord).c.booking_id.in_(_old))
        .values(booking_id=None)
    ),
    change(delete(table(Booking)).where(_bookings.starts_at < _before)),
    *(
        change(delete(table(model)).where(table(model).c.at < _before))
        for model in (Declaration, Note, AuditEntry)
    ),
)
_REFUSALS = change(
    delete(table(Refusal)).where(
        or_(_refusals.lifted_at < _before, _refusals.until_day < bindparam("day"))
    )
)
_PEOPLE = (
    change(delete(table(ChatCode)).where(table(ChatCode).c.job_seeker_id.in_(_gone))),
    change(
        delete(table(Claim)).where(
            or_(table(Claim).c.job_seeker_id.in_(_gone), table(Claim).c.other_id.in_(_gone))
        )
    ),
    change(
        delete(table(Merge)).where(
            or_(table(Merge).c.from_id.in_(_gone), table(Merge).c.into_id.in_(_gone))
        )
    ),
    change(
        update(table(Contact))
        .where(table(Contact).c.job_seeker_id.in_(_gone))
        .values(job_seeker_id=None)
    ),
    change(delete(table(FormLink)).where(table(FormLink).c.subject.in_(_gone))),
    change(delete(table(JobSeeker)).where(_seekers.id.in_(_gone))),
)


class OldRecords:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def forget(self, before: datetime, day: date) -> None:
        """Delete what is older than an instant, which is the beginning of a local day."""
        for statement in _BY_INSTANT:
            self._tx.run(statement, before=before)
        self._tx.run(_REFUSALS, before=before, day=day)
        for statement in _PEOPLE:
            self._tx.run(statement, before=before)
