"""Moving a booking: one step that never loses the old slot if the new one fails (art. 6(6))."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from handlers.parents import gate, my_bookings
from handlers.shared import booking_card, chosen, interpreting, offering, own_bookings, parts
from handlers.shared.wish import Wish
from models.booking import Booking
from models.chat import Message, NotAButton, button, column
from models.rules.days import local_day
from models.rules.deadlines import may_cancel
from models.rules.slots import Slot
from models.store import Store
from models.store.bookings import SlotTaken
from models.tables import Status
from models.turn import Turn
from models.understanding.frame import Days


class Movable(NamedTuple):
    """A booking that can be moved now, and the others that its parent has."""

    booking: Booking
    others: list[Booking]


def choose_move(turn: Turn, store: Store, found: Sequence[Booking]) -> list[Message]:
    """Answer the typed word "move" with the days for the one booking that is meant, or a choice."""
    if len(found) != 1:
        return my_bookings.show_mine(turn, store)
    return show_days(turn, store, found[0].id, 0)


def choose(turn: Turn, store: Store) -> list[Message]:
    """Move what is booked, from the menu beside the chat."""
    return choose_move(turn, store, own_bookings.current(turn, store))


def closed(turn: Turn, store: Store, booking_id: int) -> list[Message] | None:
    """Return the answer why a booking cannot be moved now; None when it can."""
    found = _movable(turn, store, booking_id)
    return found if isinstance(found, list) else None


def show_days(turn: Turn, store: Store, booking_id: int, page: int) -> list[Message]:
    """Return the days that have free slots."""
    found = _movable(turn, store, booking_id)
    if isinstance(found, list):
        return found
    service = found.booking.service
    free, full = offering.days(turn, store, found.others)
    if not free:
        return [offering.no_free_days(turn, service)]
    chosen.move(turn, store, booking_id)
    is_first = local_day(found.booking.starts_at, turn.office.zone) <= min(free)
    waiting = (
        [button(turn.say("waiting.other_days"), "waitdays/1", service)] if full or is_first else []
    )
    return [
        offering.days_card(
            turn,
            free,
            page,
            turn.say("move.days_title", when=parts.when_of(turn, found.booking)),
            day_verb=("moveday/1", booking_id),
            page_verb=("move/1", booking_id),
            more=[
                *waiting,
                button(turn.say("move.keep"), "willcome/1", booking_id),
            ],
        )
    ]


def show_times(turn: Turn, store: Store, booking_id: int, day: date) -> list[Message]:
    """Return the free times of a day."""
    found = _movable(turn, store, booking_id)
    if isinstance(found, list):
        return found
    free = offering.free_on(turn, store, day, found.others)
    if not free:
        sorry = Message(text=offering.nothing_on(turn, store, day))
        return [sorry, *show_days(turn, store, booking_id, 0)]
    chosen.move(turn, store, booking_id, Wish(Days(day, day)))
    back = button(turn.say("booking.other_day"), "move/1", booking_id, 0)
    return [
        offering.times_card(turn, store, day, free, time_verb=("movetime/1", booking_id), back=back)
    ]


def ask(
    turn: Turn, store: Store, booking_id: int, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Ask once, from which slot to which."""
    found = _movable(turn, store, booking_id)
    if isinstance(found, list):
        return found
    booking, slot = found.booking, Slot(starts_at, counselor_id)
    if slot == booking.slot:
        return [booking_card.card(turn, booking)]
    if slot not in offering.free_at(turn, store, starts_at, found.others):
        return _offer_nearest(turn, store, starts_at, found)
    names = {each.id: each.name for each in store.calendar.counselors()}
    day = local_day(starts_at, turn.office.zone)
    chosen.move(turn, store, booking_id, Wish(Days(day, day)))
    args = (booking.id, booking.version, starts_at, counselor_id)
    return [
        Message(
            title=turn.say("move.title"),
            headline=parts.headline(turn, starts_at),
            facts=(
                (turn.say("move.from"), parts.when_of(turn, booking)),
                (turn.say("booking.counselor"), names[counselor_id]),
            ),
            groups=(
                column(
                    button(turn.say("move.yes"), "moveyes/1", *args, primary=True),
                    button(turn.say("booking.other_time"), "moveday/1", booking.id, day),
                    button(turn.say("move.keep"), "willcome/1", booking.id),
                ),
            ),
            in_place=True,
        )
    ]


def move(
    turn: Turn, store: Store, booking_id: int, version: int, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Move, if the booking still is what the question spoke of."""
    found = _movable(turn, store, booking_id)
    if isinstance(found, list):
        return found
    booking, slot = found.booking, Slot(starts_at, counselor_id)
    if slot == booking.slot:
        return [booking_card.confirmation(turn, booking, turn.say("booking.already"))]
    if booking.version != version:
        return ask(turn, store, booking_id, starts_at, counselor_id)
    kept = Message(text=turn.say("move.kept", when=parts.when_of(turn, booking)))
    store.calendar.lock()
    if slot not in offering.free_at(turn, store, starts_at, found.others):
        return [kept, *_offer_nearest(turn, store, starts_at, found)]
    try:
        moved = store.bookings.move(booking, slot, turn.now)
    except SlotTaken:
        return [kept, *_offer_nearest(turn, store, starts_at, found)]
    store.alerts.close_of(moved.id, turn.now)  # what was said of the old date
    interpreting.tell_if_wanted(turn, store, moved)
    if slot.starts_at < booking.starts_at:
        store.waiting.end(turn.contact.id, turn.now)
    return [booking_card.confirmation(turn, moved, turn.say("move.done"))]


def may_move(turn: Turn, booking: Booking) -> bool:
    """Return whether a booking of the parent's can be moved now."""
    return booking.status == Status.BOOKED and may_cancel(booking.starts_at, turn.now)


def _offer_nearest(turn: Turn, store: Store, starts_at: datetime, moving: Movable) -> list[Message]:
    day = local_day(starts_at, turn.office.zone)
    chosen.move(turn, store, moving.booking.id, Wish(Days(day, day)))
    verb = ("movetime/1", moving.booking.id)
    return offering.offer_nearest(turn, store, starts_at, verb, moving.others)


def _movable(turn: Turn, store: Store, booking_id: int) -> Movable | list[Message]:
    """Return the booking if it can be moved now, or the answer why not."""
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if blocked := gate.closed(turn, store):
        return blocked
    mine = own_bookings.current(turn, store)
    if found not in mine:
        return [booking_card.over(turn, found)]
    if not may_move(turn, found):
        return [booking_card.card(turn, found)]
    return Movable(found, [each for each in mine if each != found])
