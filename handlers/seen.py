"""What a video service saw: turns whose speaker is the service."""

from dataclasses import replace

from handlers.parents import arriving
from handlers.shared import witness
from models.booking import Booking
from models.rules.attendance import deadline
from models.rules.witness import is_live, minutes_together
from models.sighting import Seen, Sighting
from models.store import Store
from models.store.rooms import Rooms
from models.tables import AlertKind, Status
from models.turn import Turn


def take(turn: Turn, store: Store, booking: Booking, sighting: Sighting) -> None:
    """Take what was seen in a booking's room, once, in whatever order it comes: the time of the act
    counts (art. 6(6))."""
    if not store.rooms.see(sighting):
        return
    acted = replace(turn, acted_at=min(sighting.at, turn.now))
    is_parent = not sighting.by_host and sighting.seen in (Seen.JOINED, Seen.WAITING)
    if is_parent and not arriving.came(acted, store, booking, "video"):
        # Who is not in time is at the door all the same: staff hear of it.
        arriving.at_the_door(acted, store, booking, wants_in=True)
        if acted.acted_at < booking.ends_at and Rooms.is_with_room(booking.status):
            arriving.call_host(acted, store, booking)
    is_open = is_live(witness.sightings(store, booking), booking.starts_at, turn.now)
    if is_open or witness.here_since(store, booking) is None:
        store.alerts.close(booking.id, AlertKind.HOST_IS_AWAITED, turn.now)
    now_standing = store.bookings.by_id(booking.id)
    assert now_standing is not None, "bookings are kept for years"
    if sighting.seen in (Seen.STARTED, Seen.JOINED):
        _go_on(acted, store, now_standing)
    else:
        _complete(turn, store, now_standing)


def _go_on(turn: Turn, store: Store, booking: Booking) -> None:
    """Let a meeting go on that was ended and opened again, as for better sound."""
    seen = witness.sightings(store, booking)
    if (
        booking.status == Status.COMPLETED
        and turn.acted_at < booking.ends_at
        and store.bookings.completed_by_service(booking.id)
        and is_live(seen, booking.starts_at, turn.now)
    ):
        store.bookings.set_status(booking, Status.JOINED, turn.now, by="video", why="opened again")
    else:
        _complete(turn, store, booking)


def _complete(turn: Turn, store: Store, booking: Booking) -> None:
    """Complete the booking: once both have met and the host has ended it, the consultation has
    taken place."""
    seen = witness.sightings(store, booking)
    is_over = minutes_together(seen, booking.starts_at) is not None
    last = max((each.at for each in seen if each.seen is Seen.ENDED), default=None)
    if (
        is_over
        and last is not None
        and last >= deadline(booking.starts_at, turn.office.grace)
        and booking.status == Status.JOINED
    ):
        store.bookings.set_status(booking, Status.COMPLETED, turn.now, by="video")
