"""What a video service tells of a room; nothing here names anybody."""

from dataclasses import dataclass
from datetime import datetime

from models.choice import Choice


class Seen(Choice):
    """What was seen in a room. LIVE and NOT_LIVE are answers to a question of ours: whether the
    meeting is going on at that moment."""

    STARTED = "started"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"
    LEFT_WAITING = "left_waiting"  # gone, or let in
    WAITING = "waiting"
    LIVE = "live"
    NOT_LIVE = "not_live"


@dataclass(frozen=True)
class Sighting:
    """Something that was seen in a room at a time (UTC). `by_host`: it was the host who did it; any
    other person in a booking's own room is the parent or who comes with them. `room` is the
    service's number."""

    room: str
    seen: Seen
    by_host: bool
    at: datetime
