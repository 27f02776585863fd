"""Errands: what another server is to do. A step writes one; its result is a turn of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.choice import Choice
from models.sighting import Sighting


class ErrandKind(Choice):
    """What is to be done for a booking. KEEP_ROOM: its room at the video service becomes what the
    booking wants by then. ASK_WHO_CAME: the service says what it saw (art. 6(6))."""

    KEEP_ROOM = "keep_room"
    ASK_WHO_CAME = "ask_who_came"


class ErrandState(Choice):
    """How it stands with an errand. EXPIRED: it was not done while it was of use. REFUSED: the
    other server says no, and will not say anything else. UNCERTAIN: it may have been done."""

    WAITING = "waiting"
    DONE = "done"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class Errand(NamedTuple):
    """An errand that is claimed. `unheard`: an earlier try ended without an answer, and may have
    done it."""

    id: int
    kind: ErrandKind
    booking_id: int
    useless_after: datetime
    attempts: int
    fence: int
    unheard: bool = False


@dataclass(frozen=True)
class MadeRoom:
    """A room that a booking has at the video service. `join_url` is a secret."""

    host: str
    number: str
    starts_at: datetime
    join_url: str


@dataclass(frozen=True)
class RoomKept:
    """The room that a booking has now; None when it has none, and is to have none."""

    room: MadeRoom | None


@dataclass(frozen=True)
class Witnessed:
    """What the video service says that it saw."""

    sightings: tuple[Sighting, ...]


Result = RoomKept | Witnessed
