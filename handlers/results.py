"""What comes of errands: turns whose speaker is another server."""

from handlers import seen
from models.booking import Booking
from models.errand import Errand, ErrandKind, ErrandState, Result, RoomKept, Witnessed
from models.store import Store
from models.tables import AlertKind
from models.turn import Turn


def take(
    turn: Turn,
    store: Store,
    booking: Booking,
    errand: Errand,
    state: ErrandState,
    result: Result | None,
) -> None:
    """Take what came of an errand; `result` is None for one that was not done."""
    match result:
        case RoomKept(room):
            store.rooms.set(booking.id, room, turn.now)
            for kind in (AlertKind.ROOM_NOT_MADE, AlertKind.ROOM_NOT_DELETED):
                store.alerts.close(booking.id, kind, turn.now)
            if room is not None:
                store.alerts.close(booking.id, AlertKind.NO_URL, turn.now)
        case Witnessed(sightings):
            for each in sightings:
                now_standing = store.bookings.by_id(booking.id)
                assert now_standing is not None, "bookings are kept for years"
                seen.take(turn, store, now_standing, each)
        case None:
            if errand.kind is ErrandKind.KEEP_ROOM and state is not ErrandState.DONE:
                delayed(turn, store, booking, errand)


def delayed(turn: Turn, store: Store, booking: Booking, errand: Errand) -> None:
    """Staff hear that a room is not as it should be, while they can still give another URL."""
    if errand.kind is ErrandKind.KEEP_ROOM and turn.now < booking.ends_at:
        wanted = store.rooms.wanted(booking)
        kind = AlertKind.ROOM_NOT_MADE if wanted is not None else AlertKind.ROOM_NOT_DELETED
        store.alerts.about(booking, kind, turn.now)
