"""Cancelling one's own booking with one question, and taking that back (art. 6(6))."""

from collections.abc import Sequence

from handlers.parents import gate, my_bookings
from handlers.shared import booking_card, interpreting, own_bookings, parts
from models.booking import Booking
from models.chat import Message, NotAButton, button, column
from models.database import Conflict
from models.rules.days import local_day
from models.rules.deadlines import may_cancel
from models.store import Store
from models.tables import ACTIVE, AlertKind, Status
from models.turn import Turn

# Each cancellation and each undoing is news to a counselor. Nobody needs so many.
_MOST_CHANGES = 8


def choose_cancel(turn: Turn, store: Store, found: Sequence[Booking]) -> list[Message]:
    """Answer the typed word "cancel" with the question for the one booking that is meant, or a
    choice."""
    if len(found) != 1:
        return my_bookings.show_mine(turn, store)
    return ask_cancel(turn, store, found[0].id)


def choose(turn: Turn, store: Store) -> list[Message]:
    """Cancel what is booked, from the menu beside the chat."""
    return choose_cancel(turn, store, own_bookings.current(turn, store))


def ask_cancel(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask once before cancelling."""
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found not in own_bookings.current(turn, store):
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return _too_late(turn, store, found)
    return [
        Message(
            title=turn.say("cancel.title"),
            headline=parts.headline_of(turn, found),
            text=turn.say("cancel.text"),
            facts=booking_card.booking_facts(turn, found),
            groups=(
                column(
                    button(turn.say("cancel.yes"), "cancelyes/1", found.id, found.version),
                    button(turn.say("cancel.no"), "willcome/1", found.id, primary=True),
                    button(turn.say("cancel.move"), "move/1", found.id, 0),
                ),
            ),
        )
    ]


def cancel(turn: Turn, store: Store, booking_id: int, version: int) -> list[Message]:
    """Cancel, if the booking still is what the question spoke of. What counts is when the parent
    pressed; after the start it is contact, and staff decide."""
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found.status not in ACTIVE:
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return _too_late(turn, store, found)
    if found.version != version:
        return ask_cancel(turn, store, booking_id)
    store.bookings.set_status(found, Status.CANCELLED, turn.now, by="parent")
    store.alerts.close_of(found.id, turn.now)
    return [
        Message(
            title=turn.say("cancel.done_title"),
            headline=parts.headline_of(turn, found),
            text=turn.say("cancel.done_text"),
            groups=(
                column(
                    button(turn.say("menu.book_again"), "book/1", primary=True),
                    button(turn.say("cancel.undo"), "uncancel/1", found.id, found.version),
                    booking_card.out_of_calendar(turn, found),
                ),
            ),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def undo_cancel(turn: Turn, store: Store, booking_id: int, version: int) -> list[Message]:
    """Take one's own cancellation back, before the start and while nobody else has the slot: the
    deadline for new bookings is not meant for it."""
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found in own_bookings.current(turn, store):
        return [booking_card.card(turn, found)]
    may_have = found.status == Status.CANCELLED and found.version == version
    if not may_have or not may_cancel(found.starts_at, turn.now):
        return [booking_card.over(turn, found)]
    if blocked := gate.closed(turn, store):
        return blocked
    if store.bookings.how_often_changed(found.id) > _MOST_CHANGES:
        return _book_again(turn)
    mine = own_bookings.current(turn, store)
    if len(mine) >= turn.office.max_upcoming:
        limit = turn.say.count("booking.enough", turn.office.max_upcoming)
        return [Message(text=limit), *booking_card.cards_of(turn, mine)]
    store.calendar.lock()
    day = local_day(found.starts_at, turn.office.zone)
    free = store.calendar.free_on(day, turn.now, holder=turn.contact.id)
    if found.slot not in free:
        return _book_again(turn)
    try:
        back = store.bookings.take_back(found, turn.now)
    except Conflict:
        return [booking_card.over(turn, found)]
    interpreting.tell_if_wanted(turn, store, back)
    return [booking_card.confirmation(turn, back, turn.say("cancel.undone"))]


def _too_late(turn: Turn, store: Store, booking: Booking) -> list[Message]:
    """Take a cancellation after the start for contact: staff see it and decide."""
    if turn.acted_at < booking.ends_at and booking.status in ACTIVE:
        store.alerts.about(booking, AlertKind.CANCEL_AFTER_START, turn.now)
        return [Message(text=turn.say("arriving.cancel_after_start", phone=parts.phone(turn)))]
    return [booking_card.past(turn, booking)]


def _book_again(turn: Turn) -> list[Message]:
    again = column(button(turn.say("menu.book_again"), "book/1", primary=True))
    return [Message(text=turn.say("cancel.undo_too_late"), groups=(again,))]
