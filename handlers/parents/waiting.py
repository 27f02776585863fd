"""The waiting list: when a day or all days are full, a parent is told when a slot frees. The first
in line has it held for a while, then the next. Who has as many bookings as they may is offered to
move theirs."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from handlers.parents import booking, gate, moving
from handlers.shared import hours, offering, own_bookings, parts, waiting_card
from models.booking import Booking
from models.chat import Group, Message, NotAButton, button, column
from models.contact import Contact
from models.letter_kind import LetterKind
from models.rules.days import at, end_of_day, local_day
from models.rules.slots import Slot
from models.store import Store
from models.tables import Status, Wait
from models.turn import Turn

_OFFERS_A_DAY = 3
_MOST_WAITS = 5
_DAYS = 20


def choose_day(turn: Turn, store: Store, service: str) -> list[Message]:
    """Ask for which full day, or for any where all are full."""
    if blocked := gate.closed(turn, store):
        return blocked
    _check(turn, service)
    mine = own_bookings.current(turn, store)
    free, full = offering.days(turn, store, mine)
    to_move = _to_move(turn, mine)
    days = [button(turn.say.short_day(day), "wait/1", service, day) for day in full[:_DAYS]]
    groups = [Group(tuple(days), columns=2)] if days else []
    if to_move is not None and not _earlier(free, to_move):
        groups.append(column(button(turn.say("waiting.earlier"), "waitany/1", service)))
    elif to_move is None and not free:
        groups.append(column(button(turn.say("waiting.any_day"), "waitany/1", service)))
    if not groups:
        return _show_free_days(turn, store, service, to_move)
    return [
        Message(
            title=turn.say("waiting.title"), text=turn.say("waiting.text"), groups=tuple(groups)
        )
    ]


def wait_for(turn: Turn, store: Store, service: str, day: date) -> list[Message]:
    """Be told when a slot of this day is free."""
    return _wait(turn, store, service, day)


def wait_for_any(turn: Turn, store: Store, service: str) -> list[Message]:
    """Be told when any slot is free, or any earlier one than what is booked; while some are, one
    can have them at once."""
    if blocked := gate.closed(turn, store):
        return blocked
    _check(turn, service)
    mine = own_bookings.current(turn, store)
    free, to_move = offering.days(turn, store, mine).free, _to_move(turn, mine)
    if _earlier(free, to_move) if to_move else free:
        return _show_free_days(turn, store, service, to_move)
    return _wait(turn, store, service, None)


def _show_free_days(
    turn: Turn, store: Store, service: str, to_move: Booking | None
) -> list[Message]:
    """Show what is free now, to book or to move to."""
    if to_move is not None:
        return moving.show_days(turn, store, to_move.id, 0)
    return booking.show_days(turn, store, service, 0)


def _to_move(turn: Turn, mine: Sequence[Booking]) -> Booking | None:
    """Return the booking that an offer would move: of somebody who may not have another one."""
    if len(mine) < turn.office.max_upcoming:
        return None
    return next((each for each in mine if moving.may_move(turn, each)), None)


def _earlier(free: Mapping[date, Sequence[Slot]], to_move: Booking) -> list[Slot]:
    return [slot for slots in free.values() for slot in slots if slot.starts_at < to_move.starts_at]


def stop(turn: Turn, store: Store) -> list[Message]:
    """Wait no more."""
    store.waiting.end(turn.contact.id, turn.now)
    return [Message(text=turn.say("waiting.stopped"), shortcuts=parts.menu_shortcuts(turn))]


def offer_free(turn: Turn, store: Store) -> None:
    """Offer what is free to those who wait, in their order; never in the quiet hours."""
    if hours.is_quiet(turn) or not store.waiting.is_anybody_there(turn.today):
        return
    # Nobody books what is being offered. Before the line: who books takes them in this order too.
    store.calendar.lock(change=True)
    waits = store.waiting.standing(turn.today)
    free = store.calendar.days(turn.now, holder=0).free
    for wait in waits:
        slot = _next_slot(turn, store, wait, free)
        if slot is not None:
            _offer(turn, store, wait, slot)
            free[local_day(slot.starts_at, turn.office.zone)].remove(slot)


def _wait(turn: Turn, store: Store, service: str, day: date | None) -> list[Message]:
    if blocked := gate.closed(turn, store):
        return blocked
    _check(turn, service)
    if day is not None and day <= turn.today:
        raise NotAButton("a day that nobody can book any more")
    booked = own_bookings.current(turn, store)
    to_move = _to_move(turn, booked)
    if to_move is None and len(booked) >= turn.office.max_upcoming:
        return [Message(text=turn.say.count("booking.enough", turn.office.max_upcoming))]
    mine = store.waiting.of(turn.contact.id, turn.today)
    if day not in [each.day for each in mine]:
        if len(mine) >= _MOST_WAITS:
            give_up = column(button(turn.say("waiting.stop"), "waitnot/1"))
            return [Message(text=turn.say("waiting.too_many"), groups=(give_up,))]
        store.waiting.wait(turn.contact.id, service, day, turn.now)
    # Whoever pressed "move" on the way here is in doubt until they say that they come.
    keep = (
        [button(turn.say("move.keep"), "willcome/1", to_move.id, primary=True)] if to_move else []
    )
    return [waiting_card.card(turn, [day], is_move=to_move is not None, ways=keep)]


def _next_slot(turn: Turn, store: Store, wait: Wait, free: dict[date, list[Slot]]) -> Slot | None:
    """Return the slot to offer to somebody, if there is one and they may be offered one now."""
    days: Sequence[date] = [wait.day] if wait.day else list(free)
    slots = [slot for day in days for slot in free.get(day, [])]
    if not slots or store.waiting.has_hold(wait.contact_id, turn.now):
        return None
    midnight = at(turn.today, time(0), turn.office.zone)
    if store.waiting.offers_since(wait.contact_id, midnight) >= _OFFERS_A_DAY:
        return None
    contact = store.contacts.by_id(wait.contact_id)
    if contact.job_seeker_id is None or contact.role is not None:
        return None
    theirs = turn.to(contact)
    booked = own_bookings.current(theirs, store)
    to_move = _to_move(theirs, booked)
    if to_move is None and (
        len(booked) >= turn.office.max_upcoming or _has_met_since(store, contact, wait)
    ):
        store.waiting.end(wait.contact_id, turn.now)
        return None
    if to_move is not None and wait.day is None:
        slots = [slot for slot in slots if slot.starts_at < to_move.starts_at]
    if contact.unreachable_at is not None or gate.closed(theirs, store):
        return None
    before = store.waiting.offered(wait.contact_id)
    return next((slot for slot in slots if slot not in before), None)


def _has_met_since(store: Store, contact: Contact, wait: Wait) -> bool:
    """Return whether the consultation has taken its course that was to be moved earlier."""
    assert contact.job_seeker_id is not None
    last = store.bookings.latest(contact.job_seeker_id)
    is_over = last is not None and last.status not in (Status.CANCELLED, Status.WITHDRAWN)
    return is_over and last is not None and last.starts_at >= wait.since


def _offer(turn: Turn, store: Store, wait: Wait, slot: Slot) -> None:
    day = local_day(slot.starts_at, turn.office.zone)
    deadline = end_of_day(day - timedelta(days=1), turn.office.zone)
    until = min(turn.now + timedelta(minutes=turn.office.hold_minutes), deadline)
    quiet = at(turn.today, turn.office.quiet_hours[0], turn.office.zone)
    store.waiting.hold(wait, slot, turn.now, until)
    to = turn.to(store.contacts.by_id(wait.contact_id))
    to_move = _to_move(to, own_bookings.current(to, store))
    text = [to.say("waiting.free_text", until=parts.clock_time(to, until))]
    take = button(to.say("waiting.take"), "time/1", wait.service, *slot, primary=True)
    if to_move is not None:
        text.append(to.say("waiting.free_move", when=parts.when_of(to, to_move)))
        take = button(to.say("waiting.take"), "movetime/1", to_move.id, *slot, primary=True)
    to.write(
        LetterKind.FREE_SLOT,
        Message(
            title=to.say("waiting.free_title"),
            headline=parts.headline(to, slot.starts_at),
            text="\n".join(text),
            groups=(
                column(
                    take,
                    button(to.say("waiting.stop"), "waitnot/1"),
                ),
            ),
        ),
        useless_after=min(until, quiet) if quiet > turn.now else until,
    )


def _check(turn: Turn, service: str) -> None:
    if service not in turn.office.services:
        raise NotAButton("no such service")
