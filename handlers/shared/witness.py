"""What the video service saw of a consultation, and what follows from it (art. 6(6))."""

from datetime import datetime, timedelta

from handlers.shared import parts
from models.booking import Booking
from models.choice import Choice
from models.errand import ErrandKind, ErrandState
from models.rules import witness
from models.rules.attendance import deadline
from models.rules.hearing import PROOF_AWAITED
from models.sighting import Seen, Sighting
from models.store import Store
from models.turn import Turn

# A service that has told of nobody for so long may not be set to tell of people at all.
_TOLD_OF_PEOPLE = timedelta(days=60)


class Account(Choice):
    """What the video service says of a booking that nobody has come to."""

    AWAITED = "awaited"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"
    WAS_OPEN = "was open"


def sightings(store: Store, booking: Booking) -> list[Sighting]:
    """Return what was seen in the room that a booking has now; nothing where it has none."""
    room = store.rooms.of(booking.id) if booking.room_host is not None else None
    if room is None:
        return []
    return [each for each in store.rooms.seen(booking.id) if each.room == room.number]


def is_awaiting_host(turn: Turn, store: Store, booking: Booking) -> bool:
    """Return whether nothing shows that the host has the room open now."""
    return booking.is_in_room and not witness.is_live(
        sightings(store, booking), booking.starts_at, turn.now
    )


def here_since(store: Store, booking: Booking) -> Sighting | None:
    """Return since when the parent has been waiting or in the meeting, in any room of theirs."""
    if booking.host is None and booking.room_host is None:
        return None
    return witness.here_since(store.rooms.seen(booking.id), booking.starts_at)


def is_here(turn: Turn, store: Store, booking: Booking) -> bool:
    """Return whether the parent was in a room of theirs when one may come, or came earlier and
    stayed."""
    seen, start = store.rooms.seen(booking.id), booking.starts_at
    end = deadline(start, turn.office.grace)
    return witness.was_there(seen, start - parts.EARLY, end) or witness.stays(seen, start, end)


def may_be_here(turn: Turn, store: Store, booking: Booking) -> bool:
    """Return whether the parent may be in a room, though that is not certain."""
    end = deadline(booking.starts_at, turn.office.grace)
    return witness.may_stay(store.rooms.seen(booking.id), booking.starts_at, end)


def account(turn: Turn, store: Store, booking: Booking) -> Account:
    """Return what the service says, which is asked once the grace is over. The door was open if two
    of its words agree: the webhook that the host had started, and the answer to our question.
    Where they do not, or where it has never told of people, nothing is known."""
    end = deadline(booking.starts_at, turn.office.grace)
    seen = sightings(store, booking)
    answer = next(
        (each for each in seen if each.seen in (Seen.LIVE, Seen.NOT_LIVE) and each.at >= end), None
    )
    if answer is None:
        return _asked(turn, store, booking, end)
    was_live = witness.is_live(seen, booking.starts_at, end)
    is_live = answer.seen is Seen.LIVE
    if was_live and is_live:
        tells_of_people = store.rooms.told_of_people_since(turn.now - _TOLD_OF_PEOPLE)
        return Account.WAS_OPEN if tells_of_people else Account.UNKNOWN
    if not was_live and not is_live:
        return Account.NOT_STARTED
    if not was_live and witness.is_live(seen, booking.starts_at, turn.now):
        return Account.NOT_STARTED  # it was started after the grace
    return Account.UNKNOWN


def _asked(turn: Turn, store: Store, booking: Booking, end: datetime) -> Account:
    key = f"who came {booking.id} {booking.version}"
    store.errands.ask(
        ErrandKind.ASK_WHO_CAME, booking.id, turn.now, key=key, useless_after=end + PROOF_AWAITED
    )
    standing = store.errands.standing(key)
    is_waiting = standing is not None and standing.state is ErrandState.WAITING
    return Account.AWAITED if is_waiting and turn.now < end + PROOF_AWAITED else Account.UNKNOWN
