"""The witness: what a video service's sightings say of a consultation (art. 6(6))."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from models.sighting import Seen, Sighting

# Of sightings in the same second, leaving the waiting room comes before being in the meeting.
_ORDER = (
    *(Seen.STARTED, Seen.LEFT, Seen.WAITING, Seen.JOINED),
    *(Seen.ENDED, Seen.LIVE, Seen.NOT_LIVE),
)
_OPENED = (Seen.STARTED, Seen.JOINED)
# A host may open the room so long before the start.
_OPENED_FROM = timedelta(hours=1)


def in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return sightings in the order in which they happened."""
    return sorted(sightings, key=lambda each: (each.at, _ORDER.index(each.seen)))


def is_live(sightings: Iterable[Sighting], start: datetime, at: datetime) -> bool:
    """Return whether the host had the meeting going at a time, for a consultation that starts at
    `start`. Nobody joins a meeting that the host has not started."""
    live = False
    for each in in_order(sightings):
        if start - _OPENED_FROM <= each.at <= at and each.seen in (*_OPENED, Seen.ENDED):
            live = each.seen in _OPENED
    return live


def was_opened(sightings: Iterable[Sighting], start: datetime) -> bool:
    """Return whether the host has ever opened the meeting for this consultation."""
    return any(each.seen in _OPENED and each.at >= start - _OPENED_FROM for each in sightings)


def here_since(sightings: Iterable[Sighting], start: datetime) -> Sighting | None:
    """Return the sighting since which somebody other than the host has been waiting or in the
    meeting; None when nobody is there."""
    since: Sighting | None = None
    for each in in_order(sightings):
        if each.by_host and each.seen is not Seen.ENDED:
            continue
        if each.at < start - _OPENED_FROM:
            continue
        match each.seen:
            case Seen.JOINED | Seen.WAITING:
                since = Sighting(each.room, each.seen, each.by_host, since.at if since else each.at)
            case Seen.LEFT | Seen.ENDED:
                since = None
            case _:
                pass
    return since


def minutes_together(sightings: Sequence[Sighting], start: datetime) -> int | None:
    """Return for how many whole minutes the meeting went on after the parent had joined, when it
    has ended; None when they never met, or it goes on."""
    joined = ended = None
    for each in in_order(sightings):
        if each.at < start - _OPENED_FROM:
            continue
        if each.seen is Seen.JOINED and not each.by_host and joined is None:
            joined = each.at
        if each.seen is Seen.ENDED:
            ended = each.at
        if each.seen is Seen.STARTED:
            ended = None
    if joined is None or ended is None or ended < joined:
        return None
    return (ended - joined) // timedelta(minutes=1)
