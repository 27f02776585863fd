"""What the video service saw of a consultation, and what follows from it (art. 6(6))."""

from datetime import datetime

from models.booking import Booking
from models.choice import Choice
from models.errand import ErrandKind, ErrandState
from models.rules import witness
from models.rules.attendance import deadline
from models.rules.hearing import PROOF_AWAITED
from models.sighting import Seen, Sighting
from models.store import Store
from models.turn import Turn


class Account(Choice):
    """What the video service says of a booking that nobody has come to."""

    AWAITED = "awaited"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"
    WAS_OPEN = "was open"


def sightings(store: Store, booking: Booking) -> list[Sighting]:
    """Return what was seen in a booking's own room; nothing where it has none."""
    return store.rooms.seen(booking.id) if booking.room_host is not None else []


def is_started(store: Store, booking: Booking, at: datetime) -> bool:
    """Return whether the host had the meeting going at a time."""
    return witness.is_live(sightings(store, booking), booking.starts_at, at)


def here_since(store: Store, booking: Booking) -> Sighting | None:
    """Return since when the parent has been waiting or in the meeting."""
    return witness.here_since(sightings(store, booking), booking.starts_at)


def account(turn: Turn, store: Store, booking: Booking) -> Account:
    """Return what the service says, which is asked once the grace is over. What it was not heard to
    say, it did not say: two ways of its must agree that the door was open."""
    end = deadline(booking.starts_at, turn.office.grace)
    seen = [each for each in sightings(store, booking) if each.at >= booking.starts_at]
    was_live = is_started(store, booking, end)
    answers = [each for each in seen if each.seen in (Seen.LIVE, Seen.NOT_LIVE) and each.at >= end]
    if answers:
        if answers[0].seen is Seen.LIVE and not was_live:
            # It was started too late, or we were not told.
            has_started = any(each.seen is Seen.STARTED and each.at >= end for each in seen)
            return Account.NOT_STARTED if has_started else Account.UNKNOWN
        return Account.WAS_OPEN if was_live else Account.NOT_STARTED
    key = f"who came {booking.id} {booking.version}"
    store.errands.ask(
        ErrandKind.ASK_WHO_CAME, booking.id, turn.now, key=key, useless_after=end + PROOF_AWAITED
    )
    standing = store.errands.standing(key)
    is_waiting = standing is not None and standing.state is ErrandState.WAITING
    return Account.AWAITED if is_waiting and turn.now < end + PROOF_AWAITED else Account.UNKNOWN
