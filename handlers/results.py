"""What comes of errands: turns whose speaker is another server."""

from handlers import seen
from handlers.shared import booking_card
from handlers.staff import meeting
from models.booking import Booking
from models.errand import Errand, ErrandKind, ErrandState, Result, RoomKept, Witnessed
from models.letter_kind import LetterKind
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
                _announce(turn, store, booking)
        case Witnessed(sightings):
            for each in sightings:
                now_standing = store.bookings.by_id(booking.id)
                assert now_standing is not None, "bookings are kept for years"
                seen.take(turn, store, now_standing, each)
        case None:
            if errand.kind is ErrandKind.KEEP_ROOM and state is not ErrandState.DONE:
                delayed(turn, store, booking, errand, is_refused=state is ErrandState.REFUSED)


# The parent was told that there is no URL, and that it would follow.
_TOLD_OF_NONE = (AlertKind.REMINDED_WITHOUT_URL, AlertKind.CAME_WITHOUT_URL)


def _announce(turn: Turn, store: Store, booking: Booking) -> None:
    """Tell it to whoever was told that there is no room yet; anybody else knows their
    link."""
    meeting.settle(turn, store, booking)
    if any(store.alerts.was_raised(booking.id, kind) for kind in _TOLD_OF_NONE):
        now_standing = store.bookings.by_id(booking.id)
        assert now_standing is not None, "bookings are kept for years"
        message = booking_card.confirmation(turn, now_standing, turn.say("told.url_title"))
        turn.write(LetterKind.NEWS, message, subject="room", booking=booking)


def delayed(
    turn: Turn, store: Store, booking: Booking, errand: Errand, *, is_refused: bool = False
) -> None:
    """Let staff hear that a room is not as it should be, while they can still give another URL; of
    a refusal, whose user at the service it was."""
    if errand.kind is ErrandKind.KEEP_ROOM and turn.now < booking.ends_at:
        wanted = store.rooms.wanted(booking)
        kind = AlertKind.ROOM_NOT_MADE if wanted is not None else AlertKind.ROOM_NOT_DELETED
        user = (wanted.host if wanted else "") if is_refused else ""
        store.alerts.about(booking, kind, turn.now, detail=user)
