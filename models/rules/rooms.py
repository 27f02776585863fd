"""Rooms: what is to be done so that a booking has the room that it wants, and no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Place:
    """Where and when: the service's user who is the host, the start (UTC), and how long."""

    host: str
    starts_at: datetime
    length: timedelta


@dataclass(frozen=True)
class Standing:
    """A room that stands at the service under a booking's reference, by its number."""

    number: str
    place: Place


@dataclass(frozen=True)
class Plan:
    """`keep` is the number of the room that stays; without one, a room is made if one is wanted.
    `is_changed` says that it gets another time. What is in `delete` goes when the other stands."""

    keep: str | None
    is_changed: bool
    delete: tuple[str, ...]


def plan(wanted: Place | None, known: str | None, standing: Sequence[Standing]) -> Plan:
    """Return how the rooms that stand become the one that is wanted, if any is: a room of the right
    host is kept, the known one before others, since a room cannot change its host."""
    fit = [each for each in standing if wanted and each.place.host == wanted.host]
    kept = next((each for each in fit if each.number == known), fit[0] if fit else None)
    gone = {each.number for each in standing if each != kept}
    if known is not None and (kept is None or known != kept.number):
        gone.add(known)
    return Plan(
        keep=kept.number if kept else None,
        is_changed=kept is not None and kept.place != wanted,
        delete=tuple(sorted(gone)),
    )
