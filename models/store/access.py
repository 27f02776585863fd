"""Access records (art. 7(1))."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, or_
from sqlmodel import col, select

from models.database import Transaction, change
from models.tables import AccessRecord, table

_ADD = change(insert(table(AccessRecord)))


class Access:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def between(self, start: datetime, end: datetime) -> list[AccessRecord]:
        """Return the records of [start, end), the oldest first."""
        every = select(AccessRecord).where(
            col(AccessRecord.at) >= start, col(AccessRecord.at) < end
        )
        return list(self._tx.session.scalars(every.order_by(col(AccessRecord.id))))

    def of(self, contact_id: int, booking_ids: Sequence[int]) -> list[AccessRecord]:
        """Return the records of a person: of their chat's pages, and of their bookings' links."""
        theirs = select(AccessRecord).where(
            or_(
                col(AccessRecord.contact_id) == contact_id,
                col(AccessRecord.booking_id).in_(booking_ids),
            )
        )
        return list(self._tx.session.scalars(theirs.order_by(col(AccessRecord.id))))

    def record(
        self,
        at: datetime,
        page: str,
        user_agent: str,
        address: str,
        *,
        booking_id: int | None = None,
        contact_id: int | None = None,
    ) -> None:
        """Note a use of a join link, form or terms page."""
        self._tx.run(
            _ADD,
            at=at,
            page=page,
            booking_id=booking_id,
            contact_id=contact_id,
            user_agent=user_agent[:300],
            address=address[:64],
        )
