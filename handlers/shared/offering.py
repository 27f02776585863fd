"""Offering slots: days, times of a day, and what is nearest when a slot is gone. Booking and
moving both do."""

from collections.abc import Sequence
from datetime import date, datetime

from handlers.shared import parts
from models.booking import Booking
from models.chat import Button, Group, Message, button, column
from models.rules.days import local_day
from models.rules.deadlines import bookable_days, may_book
from models.rules.slots import Slot, days_around, nearest, one_for_each_start, overlap
from models.store import Store
from models.store.calendar import Days
from models.turn import Turn

_DAYS_A_PAGE = 10
_NEAREST = 4
_NOON_HOUR = 12

Verb = tuple[str, *tuple[str | int, ...]]


def days_card(
    turn: Turn,
    free: dict[date, list[Slot]],
    page: int,
    title: str,
    *,
    day_verb: Verb,
    page_verb: Verb,
    more: Sequence[Button] = (),
) -> Message:
    """Return days with free slots, with how many, page by page."""
    days = list(free)
    pages = -(-len(days) // _DAYS_A_PAGE)
    page = min(page, pages - 1)
    shown = days[page * _DAYS_A_PAGE : (page + 1) * _DAYS_A_PAGE]
    choices = [
        button(
            turn.say.count(
                "booking.day",
                len({slot.starts_at for slot in free[day]}),
                day=turn.say.short_day(day),
            ),
            *day_verb,
            day,
        )
        for day in shown
    ]
    turning = []
    if page > 0:
        turning.append(button(turn.say("booking.earlier_days"), *page_verb, page - 1))
    if page + 1 < pages:
        turning.append(button(turn.say("booking.later_days"), *page_verb, page + 1))
    groups = [Group(tuple(choices), columns=2)]
    groups += [Group(tuple(turning), columns=2)] if turning else []
    groups += [column(*more)] if more else []
    return Message(
        title=title,
        text=turn.say("booking.days_text", minutes=turn.office.slot_minutes),
        groups=tuple(groups),
        in_place=True,
    )


def times_card(
    turn: Turn,
    store: Store,
    day: date,
    free: Sequence[Slot],
    *,
    time_verb: Verb,
    back: Button,
) -> Message:
    """Return a day's free times: with the counselor of last time, then morning and afternoon."""
    last = last_counselor(turn, store)
    slots = one_for_each_start(free, last)
    with_last = [slot for slot in slots if slot.counselor_id == last]
    others = [slot for slot in slots if slot.counselor_id != last]
    names = {each.id: each.name for each in store.calendar.counselors()} if with_last else {}
    groups = [
        *_by_half_day(turn, with_last, time_verb, names.get(last or 0, "")),
        *_by_half_day(turn, others, time_verb, ""),
    ]
    return Message(
        title=turn.say.day(day),
        text=turn.say("booking.times_text"),
        groups=(*groups, column(back)),
        in_place=True,
    )


def _by_half_day(turn: Turn, slots: Sequence[Slot], time_verb: Verb, counselor: str) -> list[Group]:
    """Return times in groups of morning and afternoon, headed by the counselor of last time."""
    halves = {
        "booking.morning": [slot for slot in slots if _hour(turn, slot) < _NOON_HOUR],
        "booking.afternoon": [slot for slot in slots if _hour(turn, slot) >= _NOON_HOUR],
    }
    groups = []
    for name, of_half in halves.items():
        part = turn.say(name)
        heading = (
            turn.say("booking.with_last", part=part, counselor=counselor) if counselor else part
        )
        buttons = tuple(
            button(parts.clock_time(turn, slot.starts_at), *time_verb, *slot) for slot in of_half
        )
        if buttons:
            groups.append(Group(buttons, heading, columns=3))
    return groups


def offer_nearest(
    turn: Turn, store: Store, starts_at: datetime, time_verb: Verb, mine: Sequence[Booking]
) -> list[Message]:
    """Offer the nearest free slots at once: the wanted one is gone, or not bookable any more."""
    by_day = days(turn, store, mine).free
    around = days_around(list(by_day), local_day(starts_at, turn.office.zone), _NEAREST)
    slots = [slot for day in around for slot in by_day[day]]
    last = last_counselor(turn, store)
    close = nearest(one_for_each_start(slots, last), starts_at, _NEAREST)
    if not close:
        return [no_free_days(turn)]
    choices = [
        button(parts.when(turn, slot.starts_at), *time_verb, slot.starts_at, slot.counselor_id)
        for slot in close
    ]
    return [
        Message(
            title=turn.say("booking.taken_title"),
            text=turn.say("booking.taken_text", when=parts.when(turn, starts_at)),
            groups=(column(*choices), column(button(turn.say("menu.book"), "book/1"))),
        )
    ]


def no_free_days(turn: Turn, service: str = "") -> Message:
    """Say that nothing is free in the whole window: who wants to book can be told when something
    is."""
    waiting = [button(turn.say("waiting.tell_me"), "waitany/1", service)] if service else []
    return Message(
        title=turn.say("booking.no_days_title"),
        text=turn.say(
            "booking.no_days_text", days=turn.office.horizon_days, phone=parts.phone(turn)
        ),
        groups=(
            column(
                *waiting,
                parts.phone_link(turn),
                button(turn.say("menu.back"), "menu/1"),
            ),
        ),
    )


def nothing_on(turn: Turn, store: Store, day: date) -> str:
    """Return why a day has no time to choose: too soon, too far ahead, closed or full."""
    named, ahead = turn.say.day(day), turn.office.horizon_days
    if day <= turn.today:
        return turn.say("booking.day_is_too_soon", day=named, phone=parts.phone(turn))
    if not store.calendar.offered_between(day, day):
        return turn.say("booking.day_is_closed", day=named)
    if day not in bookable_days(turn.now, turn.office.zone, ahead):
        return turn.say("booking.day_is_too_far", day=named, days=ahead)
    return turn.say("booking.day_is_full", day=named)


def days(turn: Turn, store: Store, mine: Sequence[Booking]) -> Days:
    """Return the days with slots that this parent may still book, with them; the full days beside
    them. `mine` is what the parent has booked and keeps: nobody can be in two consultations at
    once."""
    found = store.calendar.days(turn.now, holder=turn.contact.id)
    if not mine:
        return found
    free = {day: _apart(turn, slots, mine) for day, slots in found.free.items()}
    return Days({day: slots for day, slots in free.items() if slots}, found.full)


def free_on(turn: Turn, store: Store, day: date, mine: Sequence[Booking]) -> list[Slot]:
    """Return the free slots of a day that this parent may still book."""
    # Judged by the press, which may arrive after midnight.
    if day not in bookable_days(turn.acted_at, turn.office.zone, turn.office.horizon_days):
        return []
    free = store.calendar.free_on(day, turn.now, holder=turn.contact.id)
    return _apart(turn, free, mine)


def free_at(turn: Turn, store: Store, starts_at: datetime, mine: Sequence[Booking]) -> list[Slot]:
    """Return the free slots at a start that this parent may still book: the rules are asked again
    when the button is pressed, not only when it was shown."""
    zone, ahead = turn.office.zone, turn.office.horizon_days
    if not may_book(starts_at, turn.acted_at, zone, ahead) or starts_at <= turn.now:
        return []
    day = local_day(starts_at, turn.office.zone)
    slots = free_on(turn, store, day, mine)
    return [slot for slot in slots if slot.starts_at == starts_at]


def _apart(turn: Turn, slots: list[Slot], mine: Sequence[Booking]) -> list[Slot]:
    minutes = turn.office.slot_minutes
    return [
        slot
        for slot in slots
        if not any(overlap(slot.starts_at, minutes, each.starts_at, each.minutes) for each in mine)
    ]


def _hour(turn: Turn, slot: Slot) -> int:
    return slot.starts_at.astimezone(turn.office.zone).hour


def last_counselor(turn: Turn, store: Store) -> int | None:
    """Return whom this parent met last."""
    seeker = turn.contact.job_seeker_id
    return store.bookings.counselor_of_last_time(seeker, turn.now) if seeker else None


def best_at(turn: Turn, store: Store, starts_at: datetime, mine: Sequence[Booking]) -> Slot | None:
    """Return the free slot at a start, the counselor of last time's where that one is free."""
    free = free_at(turn, store, starts_at, mine)
    slots = one_for_each_start(free, last_counselor(turn, store))
    return slots[0] if slots else None
