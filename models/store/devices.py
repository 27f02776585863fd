"""Devices: what a parent's last try for a booking found."""

from sqlalchemy import bindparam, select

from models.database import Transaction, query
from models.device import DeviceCheck, DevicePart
from models.tables import DeviceCheckRow, table

_checks = table(DeviceCheckRow).c

_LAST = query(
    select(_checks.at, *(_checks[str(part)] for part in DevicePart))
    .where(_checks.booking_id == bindparam("booking_id"))
    .order_by(_checks.id.desc())
    .limit(1),
    lambda at, *worked: DeviceCheck(
        at, frozenset(part for part, works in zip(DevicePart, worked, strict=True) if works)
    ),
)


class Devices:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def note(self, booking_id: int, check: DeviceCheck) -> None:
        """Note what was found."""
        session = self._tx.session
        session.add(
            DeviceCheckRow(
                booking_id=booking_id,
                at=check.at,
                **{str(part): part in check.worked for part in DevicePart},
            )
        )
        session.flush()

    def last(self, booking_id: int) -> DeviceCheck | None:
        """Return what the last try found."""
        return self._tx.row(_LAST, booking_id=booking_id)
