"""The tables, one file a subject. Rules that a database can hold are constraints here."""

from models.tables.agreeing import Consent, Declaration, Terms, TermsNotice
from models.tables.alerts import DECISIONS, Alert, AlertKind
from models.tables.asking import Awaited, Draft, Question
from models.tables.bookings import (
    ACTIVE,
    ACTIVE_BOOKING,
    INTERPRETED,
    AttendanceSign,
    Booking,
    BookingChange,
    Companion,
    Status,
    Watch,
    status_in,
)
from models.tables.calendar import Closure, Counselor, Shift
from models.tables.columns import Id, Utc, table
from models.tables.devices import DeviceCheckRow
from models.tables.errands import ErrandRow
from models.tables.messaging import InboxEvent, OutboxRow, SendState, SentMessage
from models.tables.people import ChatCode, Claim, Contact, JobSeeker, Merge, Note, Refusal
from models.tables.records import AccessRecord, AuditEntry, FormLink
from models.tables.rooms import Room, RoomChanges, SightingRow
from models.tables.staff import DoneOnce, Role, Staff, StaffInvite
from models.tables.waiting import Hold, Wait

# SQLite would give the number of a deleted row to the next one.
for _each in table(Booking).metadata.tables.values():
    if "id" in _each.primary_key.columns:
        _each.dialect_options["sqlite"]["autoincrement"] = True

__all__ = [
    "ACTIVE",
    "ACTIVE_BOOKING",
    "DECISIONS",
    "INTERPRETED",
    "AccessRecord",
    "Alert",
    "AlertKind",
    "AttendanceSign",
    "AuditEntry",
    "Awaited",
    "Booking",
    "BookingChange",
    "ChatCode",
    "Claim",
    "Closure",
    "Companion",
    "Consent",
    "Contact",
    "Counselor",
    "Declaration",
    "DeviceCheckRow",
    "DoneOnce",
    "Draft",
    "ErrandRow",
    "FormLink",
    "Hold",
    "Id",
    "InboxEvent",
    "JobSeeker",
    "Merge",
    "Note",
    "OutboxRow",
    "Question",
    "Refusal",
    "Role",
    "Room",
    "RoomChanges",
    "SendState",
    "SentMessage",
    "Shift",
    "SightingRow",
    "Staff",
    "StaffInvite",
    "Status",
    "Terms",
    "TermsNotice",
    "Utc",
    "Wait",
    "Watch",
    "status_in",
    "table",
]
