"""The meeting URL of a booking: given by staff, told to the parent (art. 6(2), (4))."""

import re
from datetime import timedelta

from handlers.parents import booking_card
from handlers.staff import cards
from handlers.staff.permission import booking_of
from handlers.staff.telling import by, note, tell_parent
from models.chat import Message, button, column
from models.rules.meeting_url import is_allowed
from models.store import Store
from models.store.booking import Booking
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)


def ask_url(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """The next text brings the URL."""
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
    """ "/url REFERENCE https://…"."""
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
    found = re.search(r"https?://[^\s<>()\[\]、。」』）]+(?<![.,;:!])", text)
    if found is None or not is_allowed(found[0], turn.office.video.hosts):
        store.awaited.ask(turn.contact.id, "url", str(booking.id), turn.now + _ANSWER_WITHIN)
        hosts = ", ".join(turn.office.video.hosts)
        return [Message(text=turn.say("url.not_allowed", hosts=hosts))]
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    if booking.meeting_url == found[0]:
        return [cards.card(turn, store, booking)]
    changed = booking.meeting_url is not None
    before = "given" if changed else "none"
    booking = store.bookings.set_meeting_url(booking, found[0], turn.now, by=by(turn))
    note(turn, store, booking, "url", before=before, after="given")
    announce(turn, store, booking, changed=changed)
    return [cards.card(turn, store, booking, turn.say("act.done"))]


def announce(turn: Turn, store: Store, booking: Booking, *, changed: bool) -> None:
    """The parent hears of a URL, given or changed; nobody needs to be reminded of it any more."""
    store.alerts.close(booking.id, "no_url", turn.now)
    title = "told.url_changed_title" if changed else "told.url_title"
    tell_parent(
        turn, store, booking, lambda to: booking_card.confirmation(to, booking, to.say(title))
    )
