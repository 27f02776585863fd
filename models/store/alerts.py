"""Alerts: what staff must know or decide."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from models.database import Transaction
from models.sql import addition_once, query
from models.store.bookings import Booking as BookingView
from models.tables import Alert as AlertTable
from models.tables import Booking, Counselor, table


class Alert(NamedTuple):
    """An alert, with what staff need to find the booking; no personal details."""

    id: int
    at: datetime
    kind: str
    subject: str
    reference: str | None
    starts_at: datetime | None
    counselor: str | None
    contact_id: int | None


_alerts, _bookings, _counselors = table(AlertTable).c, table(Booking).c, table(Counselor).c

_ADD = addition_once(table(AlertTable), "kind", "subject", "booking_id", "contact_id", "at")
_SINCE = query(
    select(
        *(_alerts.id, _alerts.at, _alerts.kind, _alerts.subject),
        *(_bookings.reference, _bookings.starts_at, _counselors.name),
        _alerts.contact_id,
    )
    .select_from(
        table(AlertTable)
        .outerjoin(table(Booking), _bookings.id == _alerts.booking_id)
        .outerjoin(table(Counselor), _counselors.id == _bookings.counselor_id)
    )
    .where(_alerts.at >= bindparam("since"))
    .order_by(_alerts.at, _alerts.id),
    Alert,
)


class Alerts:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def tell(
        self,
        kind: str,
        now: datetime,
        *,
        subject: str,
        booking_id: int | None = None,
        contact_id: int | None = None,
    ) -> None:
        """Raise something to staff; the same thing about the same subject is told once."""
        self._tx.run(
            _ADD, kind=kind, subject=subject, booking_id=booking_id, contact_id=contact_id, at=now
        )

    def about(self, booking: BookingView, kind: str, now: datetime) -> None:
        """Raise something about a booking as it stands; after a move it may be told again."""
        subject = f"booking {booking.id}.{booking.version}"
        self.tell(kind, now, subject=subject, booking_id=booking.id)

    def since(self, since: datetime) -> list[Alert]:
        """Alerts from a time on, the oldest first."""
        return self._tx.rows(_SINCE, since=since)
