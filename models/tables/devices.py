"""Devices, as parents have tried them for a booking."""

from datetime import datetime

from sqlmodel import SQLModel

from models.tables.columns import moment, refers_to, row_id


class DeviceCheckRow(SQLModel, table=True):
    """A try: which parts worked (NULL: not tried), and nothing of what was seen or heard."""

    __tablename__ = "device_checks"
    id: int = row_id()
    booking_id: int = refers_to("bookings.id", index=True)
    at: datetime = moment()
    camera: bool | None = None
    microphone: bool | None = None
    speaker: bool | None = None
    connection: bool | None = None
