"""The waiting list: when a day or all days are full, a parent is told when a slot frees. The first
in line has it held for a while, then the next."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from handlers.parents import booking, gate
from handlers.shared import hours, offering, own_bookings, parts
from models.chat import Group, Message, NotAButton, button, column
from models.letter_kind import LetterKind
from models.rules.days import at, end_of_day, local_day
from models.rules.slots import Slot
from models.store import Store
from models.tables import Wait
from models.turn import Turn

_OFFERS_A_DAY = 3
_MOST_WAITS = 5
_DAYS = 20


def choose_day(turn: Turn, store: Store, service: str) -> list[Message]:
    """Which full day? Or any, where all are full."""
    if blocked := gate.closed(turn, store):
        return blocked
    _check(turn, service)
    free, full = offering.days(turn, store, own_bookings.current(turn, store))
    days = [button(turn.say.short_day(day), "wait/1", service, day) for day in full[:_DAYS]]
    groups = [Group(tuple(days), columns=2)] if days else []
    if not free:
        groups.append(column(button(turn.say("waiting.any_day"), "waitany/1", service)))
    if not groups:
        return booking.show_days(turn, store, service, 0)
    return [
        Message(
            title=turn.say("waiting.title"), text=turn.say("waiting.text"), groups=tuple(groups)
        )
    ]


def wait_for(turn: Turn, store: Store, service: str, day: date) -> list[Message]:
    """Be told when a slot of this day is free."""
    return _wait(turn, store, service, day)


def wait_for_any(turn: Turn, store: Store, service: str) -> list[Message]:
    """Be told when any slot is free; while some are, one can book them at once."""
    if blocked := gate.closed(turn, store):
        return blocked
    _check(turn, service)
    if offering.days(turn, store, own_bookings.current(turn, store)).free:
        return booking.show_days(turn, store, service, 0)
    return _wait(turn, store, service, None)


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
    if len(own_bookings.current(turn, store)) >= turn.office.max_upcoming:
        return [Message(text=turn.say.count("booking.enough", turn.office.max_upcoming))]
    mine = store.waiting.of(turn.contact.id, turn.today)
    if day not in [each.day for each in mine]:
        if len(mine) >= _MOST_WAITS:
            give_up = column(button(turn.say("waiting.stop"), "waitnot/1"))
            return [Message(text=turn.say("waiting.too_many"), groups=(give_up,))]
        store.waiting.wait(turn.contact.id, service, day, turn.now)
    which = turn.say.day(day) if day else turn.say("waiting.any_day")
    minutes = turn.office.hold_minutes
    return [
        Message(
            title=turn.say("waiting.noted_title"),
            text=turn.say("waiting.noted_text", day=which, minutes=minutes),
            groups=(column(button(turn.say("waiting.stop"), "waitnot/1")),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def _next_slot(turn: Turn, store: Store, wait: Wait, free: dict[date, list[Slot]]) -> Slot | None:
    """The slot to offer to somebody, if there is one and they may be offered one now."""
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
    if len(own_bookings.current(theirs, store)) >= turn.office.max_upcoming:
        store.waiting.end(wait.contact_id, turn.now)
        return None
    if contact.unreachable_at is not None or gate.closed(theirs, store):
        return None
    before = store.waiting.offered(wait.contact_id)
    return next((slot for slot in slots if slot not in before), None)


def _offer(turn: Turn, store: Store, wait: Wait, slot: Slot) -> None:
    day = local_day(slot.starts_at, turn.office.zone)
    deadline = end_of_day(day - timedelta(days=1), turn.office.zone)
    until = min(turn.now + timedelta(minutes=turn.office.hold_minutes), deadline)
    quiet = at(turn.today, turn.office.quiet_hours[0], turn.office.zone)
    store.waiting.hold(wait, slot, turn.now, until)
    to = turn.to(store.contacts.by_id(wait.contact_id))
    to.write(
        LetterKind.FREE_SLOT,
        Message(
            title=to.say("waiting.free_title"),
            headline=parts.when(to, slot.starts_at),
            text=to.say("waiting.free_text", until=parts.clock_time(to, until)),
            groups=(
                column(
                    button(to.say("waiting.take"), "time/1", wait.service, *slot, primary=True),
                    button(to.say("waiting.stop"), "waitnot/1"),
                ),
            ),
        ),
        useless_after=min(until, quiet) if quiet > turn.now else until,
    )


def _check(turn: Turn, service: str) -> None:
    if service not in turn.office.services:
        raise NotAButton("no such service")
