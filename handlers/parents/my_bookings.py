"""My bookings: what there is, who comes along, and cancelling with one question (art. 6(6))."""

from handlers.parents import arriving, booking_card, cards, gate
from models.chat import Message, NotAButton, button, column
from models.database import Conflict
from models.rules.days import local_day
from models.rules.deadlines import may_cancel
from models.store import Store
from models.store.booking import Booking
from models.tables import Companion, Status
from models.turn import Turn

# Each cancellation and each undoing is news to a counselor. Nobody needs so many.
_MOST_CHANGES = 8


def show_mine(turn: Turn, store: Store) -> list[Message]:
    """This parent's bookings that are not over."""
    mine = cards.current_bookings(turn, store)
    if not mine:
        ways = [button(turn.say("menu.book"), "book/1", primary=True)]
        if cancelled := _just_cancelled(turn, store):
            ways.append(
                button(turn.say("cancel.undo"), "uncancel/1", cancelled.id, cancelled.version)
            )
        return [
            Message(
                title=turn.say("mine.title"),
                text=turn.say("mine.none"),
                groups=(column(*ways),),
            )
        ]
    return booking_card.cards_of(turn, mine)


def show_one(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """One booking with everything that can be done with it now."""
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found not in cards.current_bookings(turn, store):
        return [booking_card.over(turn, found)]
    return [booking_card.card(turn, found)]


def choose_cancel(turn: Turn, store: Store) -> list[Message]:
    """The typed word "cancel": the question for the one booking there is, or a choice."""
    mine = cards.current_bookings(turn, store)
    if len(mine) != 1:
        return show_mine(turn, store)
    return ask_cancel(turn, store, mine[0].id)


def ask_cancel(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """One question before cancelling."""
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found not in cards.current_bookings(turn, store):
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return arriving.too_late_to_cancel(turn, store, found)
    return [
        Message(
            title=turn.say("cancel.title"),
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
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found.status not in (Status.BOOKED, Status.JOINED, Status.UNDECIDED):
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return arriving.too_late_to_cancel(turn, store, found)
    if found.version != version:
        return ask_cancel(turn, store, booking_id)
    store.bookings.set_status(found, Status.CANCELLED, turn.now, by="parent")
    store.alerts.close_of(found.id, turn.now)
    return [
        Message(
            title=turn.say("cancel.done_title"),
            text=turn.say("cancel.done_text", when=cards.when_of(turn, found)),
            groups=(
                column(
                    button(turn.say("menu.book_again"), "book/1", primary=True),
                    button(turn.say("cancel.undo"), "uncancel/1", found.id, found.version),
                ),
            ),
            shortcuts=cards.menu_shortcuts(turn),
        )
    ]


def undo_cancel(turn: Turn, store: Store, booking_id: int, version: int) -> list[Message]:
    """Take one's own cancellation back, before the start and while nobody else has the slot: the
    deadline for new bookings is not meant for it."""
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found in cards.current_bookings(turn, store):
        return [booking_card.card(turn, found)]
    may_have = found.status == Status.CANCELLED and found.version == version
    if not may_have or not may_cancel(found.starts_at, turn.now):
        return [booking_card.over(turn, found)]
    if blocked := gate.closed(turn, store):
        return blocked
    if store.bookings.how_often_changed(found.id) > _MOST_CHANGES:
        return _book_again(turn)
    mine = cards.current_bookings(turn, store)
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
    return [booking_card.confirmation(turn, back, turn.say("cancel.undone"))]


def _just_cancelled(turn: Turn, store: Store) -> Booking | None:
    """What the parent has cancelled and may still take back."""
    seeker = turn.contact.job_seeker_id
    latest = store.bookings.latest(seeker) if seeker is not None else None
    is_to_come = latest is not None and may_cancel(latest.starts_at, turn.now)
    return latest if latest and is_to_come and latest.status == Status.CANCELLED else None


def _book_again(turn: Turn) -> list[Message]:
    again = column(button(turn.say("menu.book_again"), "book/1", primary=True))
    return [Message(text=turn.say("cancel.undo_too_late"), groups=(again,))]


def choose_company(turn: Turn, store: Store) -> list[Message]:
    """The typed word "interpreter": the question for the one booking there is, or a choice."""
    mine = cards.current_bookings(turn, store)
    if len(mine) != 1:
        return show_mine(turn, store)
    return ask_company(turn, store, mine[0].id)


def ask_company(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Who comes along to a booking that stands already?"""
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    choices = [
        button(turn.say(f"companion.{each}"), "comes/1", found.id, each) for each in Companion
    ]
    return [
        Message(
            title=turn.say("companion.title"),
            text=turn.say("companion.text"),
            groups=(column(*choices),),
        )
    ]


def change_company(
    turn: Turn, store: Store, booking_id: int, companion: Companion
) -> list[Message]:
    """Record who comes along, until the start (art. 12(3))."""
    found = cards.booking_of(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found not in cards.current_bookings(turn, store):
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return [Message(text=turn.say("companion.too_late", phone=cards.phone(turn)))]
    if found.companion != companion:
        found = store.bookings.set_companion(found, companion, turn.now)
    return [booking_card.card(turn, found)]
