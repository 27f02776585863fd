"""What a video service saw: turns whose speaker is the service."""

from dataclasses import replace

from handlers.parents import arriving
from handlers.shared import witness
from models.booking import Booking
from models.rules.attendance import deadline
from models.rules.witness import minutes_together
from models.sighting import Seen, Sighting
from models.store import Store
from models.tables import AlertKind, Status
from models.turn import Turn


def take(turn: Turn, store: Store, booking: Booking, sighting: Sighting) -> None:
    """Take what was seen in a booking's room, once, in whatever order it comes: the time of the act
    counts (art. 6(6))."""
    if not store.rooms.see(sighting):
        return
    if not sighting.by_host and sighting.seen in (Seen.JOINED, Seen.WAITING):
        acted = replace(turn, acted_at=min(sighting.at, turn.now))
        arriving.came(acted, store, booking, "video")
    elif sighting.seen is Seen.STARTED:
        store.alerts.close(booking.id, AlertKind.HOST_IS_AWAITED, turn.now)
    now_standing = store.bookings.by_id(booking.id)
    assert now_standing is not None, "bookings are kept for years"
    _complete(turn, store, now_standing)


def _complete(turn: Turn, store: Store, booking: Booking) -> None:
    """Once both have met and the host has ended it, the consultation has taken place."""
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
