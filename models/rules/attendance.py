"""Attendance, the 10-minute rule (art. 6(6)): did they come, make contact, or is the booking
deemed cancelled at `now`?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from models.rules.hearing import PROOF_AWAITED, Closed


class Verdict(Enum):
    """What a booking that nobody has decided comes to."""

    WAIT = "wait"
    CAME = "came"
    CONTACT = "contact"
    SHUT = "shut"
    UNHEARD = "unheard"
    DEEMED_CANCELLED = "deemed cancelled"


def deadline(start: datetime, grace: timedelta) -> datetime:
    """Return the instant of the deemed cancellation; what is done at this instant is too late."""
    return start + grace


def counts_as_contact(
    start: datetime, acted_from: datetime, acted_at: datetime, window: timedelta, grace: timedelta
) -> bool:
    """Return whether an act of the parent holds the booking: from `window` before the start until
    the deadline, judged by the time of the act and not of its arrival."""
    return start - window <= acted_at and acted_from < deadline(start, grace)


def counts_as_coming(
    start: datetime, acted_from: datetime, acted_at: datetime, early: timedelta, grace: timedelta
) -> bool:
    """Return whether pressing "join" or "I'm in" shows that the parent came. An act without a time
    of its own happened between `acted_from` and `acted_at`, and may have been in time."""
    return start - early <= acted_at and acted_from < deadline(start, grace)


def verdict(
    start: datetime,
    now: datetime,
    grace: timedelta,
    *,
    came: bool,
    contact: bool,
    is_shut: bool,
    closed: Sequence[Closed],
) -> Verdict:
    """Return what the booking comes to at `now` (art. 6(6)).

    `is_shut` says that the parent could not have come in. `closed` are the ways in that were not
    shown to be open. A missing proof is waited for a little; a fault is not.
    """
    end = deadline(start, grace)
    if came:
        return Verdict.CAME
    if now < end:
        return Verdict.WAIT
    if contact:
        return Verdict.CONTACT
    if is_shut:
        return Verdict.SHUT
    if not closed:
        return Verdict.DEEMED_CANCELLED
    if now < end + PROOF_AWAITED and not any(each.is_final for each in closed):
        return Verdict.WAIT
    return Verdict.UNHEARD
