"""A booking as it is read, with the query that reads it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models import tables
from models.rules.slots import Slot
from models.tables import Companion, Counselor, Status, table

# No consultation is longer (art. 6(1)); the office file cannot say otherwise.
LONGEST = timedelta(minutes=30)


class Booking(NamedTuple):
    """予約, with its counselor's name and the meeting URL that holds for it."""

    id: int
    reference: str
    job_seeker_id: int
    counselor_id: int
    counselor: str
    service: str
    starts_at: datetime
    minutes: int
    status: Status
    companion: Companion
    meeting_url: str | None
    version: int
    my_page_posted_at: datetime | None
    secret: str
    raw_url_out: bool

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.counselor_id)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


_bookings, _counselors = table(tables.Booking).c, table(Counselor).c

VIEW = select(
    *(_bookings.id, _bookings.reference, _bookings.job_seeker_id, _bookings.counselor_id),
    *(_counselors.name, _bookings.service, _bookings.starts_at, _bookings.minutes),
    *(_bookings.status, _bookings.companion),
    func.coalesce(_bookings.meeting_url, _counselors.meeting_url),
    *(_bookings.version, _bookings.my_page_posted_at),
    *(_bookings.secret, _bookings.raw_url_out),
).join_from(table(tables.Booking), table(Counselor), _counselors.id == _bookings.counselor_id)
