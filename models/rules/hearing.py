"""Hearing: would the office have heard a parent? Evidence for each way in (art. 6(6))."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

# Ways that are the program's own; a channel's way is named like the channel.
SWEEP, DATABASE, PROGRAM, PAGES = "sweep", "database", "program", "pages"
# The video service, for those whose consultation takes place in a room that it made.
VIDEO = "video"
# These are open unless a fault was seen: the sweep's beats already prove that they work.
_OPEN_UNLESS_FAULTY = (DATABASE, PROGRAM)

# From how long before the start on every way in must be open.
HEARD_FROM = timedelta(minutes=15)
# How often a way in is tried around a consultation, and the longest gap between two proofs. The
# slack is for a proof that is a little late.
PROOF_EVERY = timedelta(seconds=60)
LONGEST_SILENCE = timedelta(seconds=125)
# How long after the deadline a proof is waited for before staff are asked.
PROOF_AWAITED = timedelta(seconds=60)


def chat_way(channel: str, person: str) -> str:
    """Return the name of the way in of one chat alone, which tells nobody whose it is."""
    return f"{channel}:{hashlib.sha256(person.encode()).hexdigest()[:24]}"


class Stretch(NamedTuple):
    """A time (UTC) in which a way in was shown to work, or not to. `why` says what was seen."""

    way: str
    works: bool
    start: datetime
    end: datetime
    why: str = ""


class Closed(NamedTuple):
    """A way in that was not open all the time. `is_final` says that no later proof can show that
    it was: a fault was seen, or a gap is too long to be closed."""

    way: str
    why: str
    is_final: bool


def closed_ways(
    ways: Collection[str], start: datetime, end: datetime, stretches: Iterable[Stretch]
) -> list[Closed]:
    """Return the ways in that were not shown to be open for the whole of [start, end]."""
    by_way: dict[str, list[Stretch]] = {}
    for each in stretches:
        if each.start <= end and each.end >= start:
            by_way.setdefault(each.way, []).append(each)
    found = []
    for way in ways:
        seen = by_way.get(way, [])
        faults = [each for each in seen if not each.works]
        if faults:
            found.append(Closed(way, faults[0].why, is_final=True))
        elif way not in _OPEN_UNLESS_FAULTY and (reached := _reached(start, seen)) < end:
            found.append(Closed(way, "", is_final=reached + LONGEST_SILENCE < end))
    return found


def _reached(start: datetime, stretches: Iterable[Stretch]) -> datetime:
    """Return until when the stretches together cover the time from `start` on without a gap."""
    reached = start
    for each in sorted(stretches, key=lambda each: (each.start, each.end)):
        if each.start > reached:
            break
        reached = max(reached, each.end)
    return reached
