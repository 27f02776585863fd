"""Devices: what a parent's last try for a booking found."""

from sqlalchemy import bindparam, insert, select

from models.database import Transaction, change, query
from models.device import DeviceCheck, DevicePart
from models.tables import DeviceCheckRow, table

_checks = table(DeviceCheckRow).c

_ADD = change(insert(table(DeviceCheckRow)))
_LAST = query(
    select(_checks.at, *(_checks[str(part)] for part in DevicePart))
    .where(_checks.booking_id == bindparam("booking_id"))
    .order_by(_checks.id.desc())
    .limit(1),
    lambda at, *works: DeviceCheck(at, dict(zip(DevicePart, works, strict=True))),
)


class Devices:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def note(self, booking_id: int, check: DeviceCheck) -> None:
        """Note what was found."""
        works = {str(part): works for part, works in check.works.items()}
        self._tx.run(_ADD, booking_id=booking_id, at=check.at, **works)

    def last(self, booking_id: int) -> DeviceCheck | None:
        """Return what the last try found."""
        return self._tx.row(_LAST, booking_id=booking_id)
