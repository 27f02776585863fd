"""The meeting URL of a booking: given by staff, told to the parent (art. 6(2), (4))."""

from datetime import timedelta

from handlers.shared import booking_card
from handlers.staff import cards
from handlers.staff.permission import booking_of
from handlers.staff.telling import by, note, tell_parent
from models.booking import Booking
from models.chat import Message, button, column
from models.rules.meeting_url import NoRoom, read_room, room_of
from models.store import Store
from models.tables import AlertKind
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)


def ask_url(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Take the next text as the URL."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    store.awaited.ask(turn.contact.id, "url", str(booking.id), turn.now + _ANSWER_WITHIN)
    back = button(turn.say("desk.back"), "booking/1", booking.id)
    hosts = ", ".join(turn.office.video.hosts)
    return [
        Message(
            title=turn.say("act.url"),
            text=turn.say("url.ask", reference=booking.reference, hosts=hosts),
            groups=(column(back),),
        )
    ]


def url_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Take "/url REFERENCE https://…"."""
    reference, *rest = words.split(maxsplit=1) or [""]
    url = "".join(rest)
    booking = store.bookings.by_reference(reference.upper())
    if booking is None:
        return [Message(text=turn.say("url.no_such_reference"))]
    return give(turn, store, booking.id, url)


def give_awaited(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    return give(turn, store, int(subject), text)


def give(turn: Turn, store: Store, booking_id: int, text: str) -> list[Message]:
    """Give or change the URL, which may stand anywhere in a text; the parent is told."""
    booking = booking_of(turn, store, booking_id)
    try:
        url = read_room(text, turn.office.video.hosts)
    except NoRoom as error:
        store.awaited.ask(turn.contact.id, "url", str(booking.id), turn.now + _ANSWER_WITHIN)
        return [Message(text=no_room(turn, error))]
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    if booking.meeting_url == url or _is_own_room(store, booking, url):
        return [cards.card(turn, store, booking)]
    changed = booking.meeting_url is not None
    before = "given" if changed else "none"
    booking = store.bookings.set_meeting_url(booking, url, turn.now, by=by(turn))
    note(turn, store, booking, "url", before=before, after="given")
    announce(turn, store, booking, changed=changed)
    return [cards.card(turn, store, booking, turn.say("act.done"))]


def _is_own_room(store: Store, booking: Booking, url: str) -> bool:
    """Return whether an address is that of the room which the video service made for a booking."""
    room = store.rooms.of(booking.id)
    return booking.is_in_room and room is not None and room_of(url) == room_of(room.join_url)


def no_room(turn: Turn, error: NoRoom) -> str:
    """Return why a text holds no address of a room."""
    return turn.say(f"url.{error.why}", hosts=", ".join(turn.office.video.hosts))


# What is settled once there is a URL.
_WITHOUT_URL = (AlertKind.NO_URL, AlertKind.REMINDED_WITHOUT_URL, AlertKind.CAME_WITHOUT_URL)


def announce(turn: Turn, store: Store, booking: Booking, *, changed: bool) -> None:
    """Tell the parent of a URL, given or changed; nobody needs to be reminded of it any more."""
    settle(turn, store, booking)
    title = "told.url_changed_title" if changed else "told.url_title"
    tell_parent(
        turn, store, booking, lambda to: booking_card.confirmation(to, booking, to.say(title))
    )


def settle(turn: Turn, store: Store, booking: Booking) -> None:
    """Close what staff were told for want of a URL."""
    for kind in _WITHOUT_URL:
        store.alerts.close(booking.id, kind, turn.now)
