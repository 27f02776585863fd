"""Typed wishes: what was heard is repeated, and what fits it is offered, nearest first. Where
nothing fits, the answer says why, and what is nearest."""

from collections.abc import Collection, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple

from handlers.shared import offering, parts
from handlers.shared.offering import Verb
from handlers.shared.wish import Wish
from models.booking import Booking
from models.chat import Button, Message, button, column
from models.rules.days import at, local_day
from models.rules.deadlines import bookable_days
from models.rules.slots import Slot, nearest, one_for_each_start
from models.store import Store
from models.turn import Turn
from models.understanding.frame import FIRST_TIME, LAST_TIME, Days, Times

_OFFERED = 8
_NEAREST = 4
# A range of at most so many days that leaves so few of them is told day by day.
_SHORT, _FEW, _SATURDAY = 14, 2, 5
_NOON = time(12)
# A day further away is said with its year.
_NEAR = timedelta(days=200)
_HALVES = {
    Times(FIRST_TIME, _NOON): "booking.morning",
    Times(_NOON, LAST_TIME): "booking.afternoon",
}


class Ways(NamedTuple):
    """Where the buttons of an offer lead: to a day, to a time, to all days, and to waiting for a
    full day."""

    day: Verb
    time: Verb
    all_days: Button
    wait: Verb | None = None


def heard(turn: Turn, wish: Wish) -> str:
    """Return a wish in words: "Tuesday 8 December, afternoon"."""
    few = _few_days(wish)
    days = turn.say("wish.comma").join(_day(turn, each) for each in few) or _days(turn, wish.days)
    words = [part for part in (days, _times(turn, wish.times)) if part]
    said = turn.say("wish.joint").join(words) or turn.say("wish.any")
    if wish.without and not few:
        days = turn.say("wish.comma").join(turn.say.day(each) for each in wish.without)
        said = turn.say("wish.without", wish=said, days=days)
    return said


def offer(
    turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking], ways: Ways
) -> list[Message]:
    """Offer what fits a wish, or say why nothing does, with what is nearest to it."""
    free, full = offering.days(turn, store, mine)
    fitting = {
        day: those
        for day, slots in free.items()
        if (those := [slot for slot in slots if wish.fits(turn, slot)])
    }
    if not fitting:
        waiting = _waiting(turn, wish, full, ways)
        return _nothing(turn, store, wish, free, ways, waiting)
    if len(fitting) == 1:
        day = next(iter(fitting))
        card = offering.times_card(
            turn, store, day, fitting[day], time_verb=ways.time, back=ways.all_days
        )
        return [_saying(turn, wish, card)]
    if wish.times is None:
        page_verb = ("book/1",)  # never shown: `all_days` leads to the days that are left out
        few = dict(list(fitting.items())[:_OFFERED])
        card = offering.days_card(
            turn, few, 0, "", day_verb=ways.day, page_verb=page_verb, more=[ways.all_days]
        )
        return [_saying(turn, wish, card)]
    last = offering.last_counselor(turn, store)
    a_day = max(1, _OFFERED // len(fitting))
    slots = [slot for those in fitting.values() for slot in one_for_each_start(those, last)[:a_day]]
    choices = _choices(turn, slots[:_OFFERED], ways)
    card = Message(groups=(column(*choices), column(ways.all_days)))
    return [_saying(turn, wish, card)]


def _saying(turn: Turn, wish: Wish, card: Message) -> Message:
    return Message(
        title=heard(turn, wish),
        text=turn.say("wish.text"),
        groups=card.groups,
        shortcuts=card.shortcuts,
    )


def _choices(turn: Turn, slots: Sequence[Slot], ways: Ways) -> list[Button]:
    return [button(parts.when(turn, slot.starts_at), *ways.time, *slot) for slot in slots]


def _nothing(
    turn: Turn,
    store: Store,
    wish: Wish,
    free: dict[date, list[Slot]],
    ways: Ways,
    waiting: list[Button],
) -> list[Message]:
    every = [slot for slots in free.values() for slot in slots if _is_on(turn, slot, wish)]
    if not every:
        sorry = Message(text=_why(turn, store, wish), groups=(column(*waiting),) if waiting else ())
        return [sorry, offering.no_free_days(turn)]
    days = wish.days or Days(next(iter(free)), next(iter(free)))
    clock = max(wish.times.first, turn.office.hours[0]) if wish.times else _NOON
    wanted = at(days.first, clock, turn.office.zone)
    last = offering.last_counselor(turn, store)
    close = nearest(one_for_each_start(every, last), wanted, _NEAREST)
    return [
        Message(
            title=heard(turn, wish),
            text=f"{_why(turn, store, wish)}\n{turn.say('wish.nearest')}",
            groups=(column(*_choices(turn, close, ways)), column(*waiting, ways.all_days)),
        )
    ]


def _waiting(turn: Turn, wish: Wish, full: Collection[date], ways: Ways) -> list[Button]:
    """Return the button to wait for a day that is full."""
    days = wish.days
    if ways.wait is None or days is None or days.first != days.last or days.first not in full:
        return []
    return [button(turn.say("waiting.tell_me"), *ways.wait, days.first)]


def _why(turn: Turn, store: Store, wish: Wish) -> str:
    """Return why nothing fits: past, too soon, too far ahead, closed, at no such time or full."""
    said = heard(turn, wish)
    bookable = bookable_days(turn.now, turn.office.zone, turn.office.horizon_days)
    days = wish.days or Days(bookable[0], bookable[-1])
    if days.last < turn.today:
        return turn.say("wish.past", wish=said)
    if days.last < bookable[0]:
        return turn.say("booking.day_is_too_soon", day=said, phone=parts.phone(turn))
    if days.first > bookable[-1]:
        return turn.say("wish.too_far", wish=said, days=turn.office.horizon_days)
    first, last = max(days.first, bookable[0]), min(days.last, bookable[-1])
    offered = store.calendar.offered_between(first, last)
    if not [slot for slot in offered if _is_on(turn, slot, wish)]:
        if days.last > last:
            return turn.say("wish.too_far", wish=said, days=turn.office.horizon_days)
        return turn.say("wish.closed", wish=said)
    if not [slot for slot in offered if wish.fits(turn, slot)]:
        opens, closes = turn.office.hours
        return turn.say(
            "wish.no_such_time", wish=said, opens=turn.say.time(opens), closes=turn.say.time(closes)
        )
    return turn.say("wish.full", wish=said)


def _is_on(turn: Turn, slot: Slot, wish: Wish) -> bool:
    return local_day(slot.starts_at, turn.office.zone) not in wish.without


def _days(turn: Turn, days: Days | None) -> str:
    if days is None:
        return ""
    first, last = (_day(turn, each) for each in days)
    return first if days.first == days.last else turn.say("wish.range", first=first, last=last)


def _few_days(wish: Wish) -> list[date]:
    """Return the days from Monday to Friday that a range leaves, where they are few: "the 3rd, the
    8th"."""
    if wish.days is None or not wish.without:
        return []
    length = (wish.days.last - wish.days.first).days + 1
    every = (wish.days.first + timedelta(days=n) for n in range(min(length, _SHORT)))
    left = [day for day in every if day.weekday() < _SATURDAY and day not in wish.without]
    return left if length <= _SHORT and len(left) <= _FEW else []


def _day(turn: Turn, day: date) -> str:
    is_near = abs(day - turn.today) < _NEAR
    return turn.say.day(day) if is_near else turn.say.day_and_year(day)


def _times(turn: Turn, times: Times | None) -> str:
    if times is None:
        return ""
    if half := _HALVES.get(times):
        return turn.say(half)
    first, last = turn.say.time(times.first), turn.say.time(times.last)
    if times.first == times.last:
        return first
    if times.last == LAST_TIME:
        return turn.say("wish.from", time=first)
    if times.first == FIRST_TIME:
        return turn.say("wish.until", time=last)
    return turn.say("wish.range", first=first, last=last)
