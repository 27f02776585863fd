"""A booking as everything above the tables sees it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.rules.slots import Slot
from models.tables import Companion, Status

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
    has_own_url: bool
    # The video service's users who are to host its room, and who host the one that it has.
    host: str | None
    room_host: str | None

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.counselor_id)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_in_room(self) -> bool:
        """Return whether it takes place in a room that the video service made for it. A URL that
        staff gave comes first, and a room of another host is that of a counselor before."""
        return not self.has_own_url and self.host is not None and self.host == self.room_host
