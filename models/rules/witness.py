"""The witness: what a video service's sightings say of a consultation (art. 6(6))."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from models.sighting import Seen, Sighting

# Of sightings in the same second, leaving the waiting room comes before being in the meeting.
_ORDER = (
    *(Seen.STARTED, Seen.LEFT, Seen.LEFT_WAITING, Seen.WAITING, Seen.JOINED),
    *(Seen.ENDED, Seen.LIVE, Seen.NOT_LIVE),
)
_OPENED = (Seen.STARTED, Seen.JOINED)
_OF_PEOPLE = (Seen.JOINED, Seen.WAITING, Seen.LEFT, Seen.LEFT_WAITING)
# What is seen in a room longer before the start was a try, and belongs to another day.
_EARLIEST = timedelta(hours=12)


def in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return sightings in the order in which they happened."""
    return sorted(sightings, key=lambda each: (each.at, _ORDER.index(each.seen)))


def is_live(sightings: Iterable[Sighting], start: datetime, at: datetime) -> bool:
    """Return whether the host had the meeting going at a time, for a consultation that starts at
    `start`. Nobody joins a meeting that the host has not started."""
    live = False
    for each in in_order(sightings):
        if start - _EARLIEST <= each.at <= at and each.seen in (*_OPENED, Seen.ENDED):
            live = each.seen in _OPENED
    return live


def was_there(sightings: Iterable[Sighting], begin: datetime, end: datetime) -> bool:
    """Return whether somebody other than the host was there in [begin, end): whoever goes then has
    been there until then."""
    return any(
        not each.by_host and each.seen in _OF_PEOPLE and begin <= each.at < end
        for each in sightings
    )


def stays(sightings: Iterable[Sighting], start: datetime, end: datetime) -> bool:
    """Return whether more people had come before `end` than are known to have gone."""
    counts = _counts(sightings, start, end)
    came = max(counts[Seen.WAITING], counts[Seen.JOINED])
    gone = counts[Seen.LEFT] + max(0, counts[Seen.LEFT_WAITING] - counts[Seen.JOINED])
    return came > gone


def may_stay(sightings: Iterable[Sighting], start: datetime, end: datetime) -> bool:
    """Return whether somebody may be there at `end`: whoever left the waiting room may have been
    let in, though nothing told of that."""
    counts = _counts(sightings, start, end)
    moved = min(counts[each] for each in (Seen.WAITING, Seen.LEFT_WAITING, Seen.JOINED))
    return counts[Seen.WAITING] + counts[Seen.JOINED] - moved > counts[Seen.LEFT]


def _counts(sightings: Iterable[Sighting], start: datetime, end: datetime) -> Counter[Seen]:
    return Counter(
        each.seen for each in sightings if not each.by_host and start - _EARLIEST <= each.at < end
    )


def here_since(sightings: Iterable[Sighting], start: datetime) -> Sighting | None:
    """Return the sighting since which somebody other than the host has been waiting or in the
    meeting; None when nobody is known to be there."""
    since: Sighting | None = None
    was_waiting: Sighting | None = None
    inside = 0
    for each in in_order(sightings):
        if each.at < start - _EARLIEST or (each.by_host and each.seen is not Seen.ENDED):
            continue
        match each.seen:
            case Seen.JOINED | Seen.WAITING:
                inside += each.seen is Seen.JOINED
                first = since or was_waiting or each
                since = Sighting(each.room, each.seen, each.by_host, first.at)
            case Seen.LEFT_WAITING:
                since, was_waiting = (since, None) if inside else (None, since)
            case Seen.LEFT if inside > 1:
                inside -= 1
            case Seen.LEFT | Seen.ENDED:
                since, was_waiting, inside = None, None, 0
            case _:
                pass
    return since


def minutes_together(sightings: Sequence[Sighting], start: datetime) -> int | None:
    """Return for how many whole minutes the parent was in the meeting, when it has ended; None
    when they never met, or it goes on."""
    joined = left = ended = None
    for each in in_order(sightings):
        if each.at < start - _EARLIEST:
            continue
        if not each.by_host and each.seen is Seen.JOINED:
            joined, left = joined or each.at, None
        if not each.by_host and each.seen is Seen.LEFT:
            left = each.at
        if each.seen is Seen.ENDED:
            ended = each.at
        if each.seen is Seen.STARTED:
            ended = None
    if joined is None or ended is None or ended < joined:
        return None
    return (min(ended, left or ended) - joined) // timedelta(minutes=1)
