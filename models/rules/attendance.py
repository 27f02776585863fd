"""Attendance, the 10-minute rule (art. 6(6)): did they come, make contact, or is the booking
deemed cancelled at `now`?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """What a booking that nobody has decided comes to."""

    WAIT = "wait"
    CAME = "came"
    CONTACT = "contact"
    UNWATCHED = "unwatched"
    DEEMED_CANCELLED = "deemed cancelled"


class Watch(NamedTuple):
    """A stretch of time (UTC) in which the program was running and looking."""

    start: datetime
    end: datetime


def deadline(start: datetime, grace: timedelta) -> datetime:
    """The instant of the deemed cancellation; what is done at this instant is too late."""
    return start + grace


def counts_as_contact(
    start: datetime, acted_at: datetime, window: timedelta, grace: timedelta
) -> bool:
    """Whether an act of the parent holds the booking: from `window` before the start until the
    deadline, judged by the time of the act and not of its arrival."""
    return start - window <= acted_at < deadline(start, grace)


def counts_as_coming(
    start: datetime, acted_at: datetime, early: timedelta, grace: timedelta
) -> bool:
    """Whether pressing "join" or "I'm in" shows that the parent came."""
    return start - early <= acted_at < deadline(start, grace)


def verdict(
    start: datetime,
    now: datetime,
    grace: timedelta,
    *,
    came: bool,
    contact: bool,
    watches: Iterable[Watch],
) -> Verdict:
    """What the booking comes to at `now`.

    The program's own downtime punishes nobody: any part of [start, start + grace] in which it was
    not watching sends the booking to staff.
    """
    if came:
        return Verdict.CAME
    if now < deadline(start, grace):
        return Verdict.WAIT
    if contact:
        return Verdict.CONTACT
    if not watched(start, deadline(start, grace), watches):
        return Verdict.UNWATCHED
    return Verdict.DEEMED_CANCELLED


def watched(start: datetime, end: datetime, watches: Iterable[Watch]) -> bool:
    """Whether the watches together cover [start, end] without a gap."""
    covered = start
    for watch in sorted(watches):
        if watch.start > covered:
            return False
        covered = max(covered, watch.end)
        if covered >= end:
            return True
    return covered >= end
