"""My bookings: what there is, who comes along, and cancelling with one question (art. 6(6))."""

from collections.abc import Callable, Sequence

from handlers.shared import booking_card, interpreting, own_bookings, parts, waiting_card
from models.booking import Booking
from models.chat import Message, NotAButton, button, column
from models.rules.deadlines import may_cancel
from models.store import Store
from models.tables import Companion, Status
from models.turn import Turn


def show_mine(turn: Turn, store: Store) -> list[Message]:
    """Show this parent's bookings that are not over, and the free slots that they wait for."""
    mine = own_bookings.current(turn, store)
    days = [each.day for each in store.waiting.of(turn.contact.id, turn.today)]
    is_move = len(mine) >= turn.office.max_upcoming
    waits = [waiting_card.card(turn, days, is_move=is_move)] if days else []
    return [*_bookings(turn, store, mine), *waits]


def _bookings(turn: Turn, store: Store, mine: Sequence[Booking]) -> list[Message]:
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


def show_next(turn: Turn, store: Store) -> list[Message]:
    """Show the booking that comes next, with the way in."""
    mine = own_bookings.current(turn, store)
    return [booking_card.card(turn, mine[0])] if mine else show_mine(turn, store)


def show_one(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Show one booking with everything that can be done with it now."""
    return _show(turn, store, booking_id, booking_card.card)


def show_preparation(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Show what to have ready for one booking, and what is seldom changed of it."""
    return _show(turn, store, booking_id, booking_card.preparation)


def _show(
    turn: Turn, store: Store, booking_id: int, draw: Callable[[Turn, Booking], Message]
) -> list[Message]:
    """Draw one booking of the parent's, or say what became of it."""
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    is_over = found not in own_bookings.current(turn, store)
    return [booking_card.over(turn, found) if is_over else draw(turn, found)]


def _just_cancelled(turn: Turn, store: Store) -> Booking | None:
    """Return what the parent has cancelled and may still take back."""
    seeker = turn.contact.job_seeker_id
    latest = store.bookings.latest(seeker) if seeker is not None else None
    is_to_come = latest is not None and may_cancel(latest.starts_at, turn.now)
    return latest if latest and is_to_come and latest.status == Status.CANCELLED else None


def choose_company(turn: Turn, store: Store) -> list[Message]:
    """Answer the typed word "interpreter" with the question for the one booking there is, or a
    choice; without a booking, say where to tell it."""
    mine = own_bookings.current(turn, store)
    if not mine:
        told = turn.say("companion.while_booking", button=turn.say("companion.change"))
        return [Message(text=told, shortcuts=parts.menu_shortcuts(turn))]
    if len(mine) != 1:
        return show_mine(turn, store)
    return ask_company(turn, store, mine[0].id)


def ask_company(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask who comes along to a booking that stands already."""
    found = own_bookings.find(turn, store, booking_id)
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
    found = own_bookings.find(turn, store, booking_id)
    if found is None:
        raise NotAButton("not this parent's booking")
    if found not in own_bookings.current(turn, store):
        return [booking_card.over(turn, found)]
    if not may_cancel(found.starts_at, turn.acted_at):
        return [Message(text=turn.say("companion.too_late", phone=parts.phone(turn)))]
    if found.companion != companion:
        found = store.bookings.set_companion(found, companion, turn.now)
        interpreting.tell_if_wanted(turn, store, found)
    return [booking_card.card(turn, found)]
