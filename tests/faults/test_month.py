"""A month of an office: parents who behave as people do, one hour in which nobody gets through, and
a judge of its own, who remembers what they really did. Nobody is deemed cancelled who came, made
contact or could not be heard; and of those who stayed away nearly all are, so that staff are not
asked about everything."""

import random
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from models.booking import Booking
from models.rules.hearing import HEARD_FROM
from models.rules.slots import Slot
from models.store import Store
from models.tables import Companion, Status
from tests.conftest import MakeWorld
from tests.faults.conftest import IN_FULL, Count, Note
from tests.faults.people import settle
from tests.talk import Parent
from tests.world import World

_BROWSER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1"}
_COUNSELORS = 3
_BEGINS = 3, 20  # between so many hours into the day before and the start, somebody writes


class Habit(Enum):
    """What a parent does."""

    JOINS = auto()
    IS_IN = auto()
    JOINS_LATE = auto()
    COMES_BY_MY_PAGE = auto()
    WRITES_EARLY = auto()
    WRITES_IN_TIME = auto()
    WRITES_FROM_A_SECOND_CHAT = auto()
    PHONES = auto()
    ONLY_LOOKS = auto()
    CANCELS = auto()
    THANKS_AND_STAYS_AWAY = auto()
    CLEARS_IT_UP_AND_STAYS_AWAY = auto()
    COMES_TOO_LATE = auto()
    STAYS_AWAY = auto()


# How many of a hundred do it.
_SHARES = {
    Habit.JOINS: 40,
    Habit.IS_IN: 5,
    Habit.JOINS_LATE: 6,
    Habit.COMES_BY_MY_PAGE: 6,
    Habit.WRITES_EARLY: 6,
    Habit.WRITES_IN_TIME: 5,
    Habit.WRITES_FROM_A_SECOND_CHAT: 4,
    Habit.PHONES: 4,
    Habit.ONLY_LOOKS: 2,
    Habit.CANCELS: 5,
    Habit.THANKS_AND_STAYS_AWAY: 4,
    Habit.CLEARS_IT_UP_AND_STAYS_AWAY: 3,
    Habit.COMES_TOO_LATE: 3,
    Habit.STAYS_AWAY: 7,
}
# Those who neither come in time nor say anything that may mean trouble.
ABSENT = {
    Habit.THANKS_AND_STAYS_AWAY,
    Habit.CLEARS_IT_UP_AND_STAYS_AWAY,
    Habit.COMES_TOO_LATE,
    Habit.STAYS_AWAY,
}


class Guest(NamedTuple):
    """A parent with a booking, and with a habit."""

    parent: Parent
    second: Parent
    booking: Booking
    habit: Habit


Act = tuple[datetime, Callable[[], Awaitable[object]]]


async def test_a_month_of_an_office(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(24, 500), random.Random(14)
    world: World = await make_world(channel, counselors=_COUNSELORS)
    world.line.quota = None
    await world.change("UPDATE counselors SET meeting_url = meeting_url || id")  # a room each
    admin = await world.staff()
    guests = await guests_of(world, dice, count)
    begins = dice.choice(guests).booking.starts_at + timedelta(minutes=3)
    deaf = begins, begins + timedelta(hours=1)
    acts = [act for guest in guests for act in acts_of(world, admin, dice, guest)]
    ours = deafness(world, deaf)
    mine = [act for _, act in ours]
    for moment, act in sorted([*acts, *ours], key=lambda each: each[0]):
        if moment > world.clock():
            await world.play_to(moment)
        if act in mine or not deaf[0] <= moment < deaf[1]:
            await act()
    await world.play(hours=2)
    ends = {each.id: each.status for each in await _found(world, guests)}
    await _judge(world, guests, deaf)
    for habit in Habit:
        of_habit = [each for each in guests if each.habit is habit]
        deemed = sum(ends[each.booking.id] == Status.DEEMED_CANCELLED for each in of_habit)
        trials(f"month, {habit.name.lower().replace('_', ' ')}: bookings", len(of_habit))
        trials(f"month, {habit.name.lower().replace('_', ' ')}: deemed cancelled", deemed)


async def _were_deemed(world: World) -> set[int]:
    """The bookings that were deemed cancelled, whatever became of them since."""
    found = await world.rows(
        "SELECT booking_id FROM booking_changes WHERE what = 'deemed_cancelled'"
    )
    return {number for (number,) in found}


async def wrongly_deemed(
    world: World, guests: list[Guest], deaf: tuple[datetime, datetime]
) -> list[str]:
    """Who was deemed absent though they came, made contact or could not be heard."""
    was_deemed = await _were_deemed(world)
    return [
        f"{each.habit.name} at {each.booking.starts_at}"
        for each in guests
        if each.booking.id in was_deemed
        and (each.habit not in ABSENT or is_unheard(world, each, deaf))
    ]


async def _judge(world: World, guests: list[Guest], deaf: tuple[datetime, datetime]) -> None:
    assert await wrongly_deemed(world, guests, deaf) == []
    was_deemed = await _were_deemed(world)
    absent = [each for each in guests if each.habit in ABSENT]
    rightly = [each for each in absent if each.booking.id in was_deemed]
    asked = [each for each in absent if each not in rightly]
    assert [each.habit for each in asked if not is_unheard(world, each, deaf)] == []
    if IN_FULL:  # an hour is much of a day, and little of a month
        assert len(rightly) >= 0.95 * len(absent)
    kept = [each for each in guests if each.habit is Habit.COMES_TOO_LATE]
    heard = await world.rows("SELECT booking_id FROM alerts WHERE kind = 'is_here'")
    assert {each.booking.id for each in kept if each in rightly} <= {number for (number,) in heard}


def is_unheard(world: World, guest: Guest, deaf: tuple[datetime, datetime]) -> bool:
    start = guest.booking.starts_at
    return deaf[0] < start + world.app.core.office.grace and deaf[1] > start - HEARD_FROM


async def guests_of(world: World, dice: random.Random, count: int) -> list[Guest]:
    """People with a booking each, on the first days that can be booked."""
    tomorrow = world.clock() + timedelta(days=1)
    free = await world.store(lambda store: store.calendar.free_from(tomorrow, holder=0))
    slots = dice.sample(free[: 3 * count // 2], count)
    habits = [habit for habit in Habit for _ in range(-(-count * _SHARES[habit] // 100))]
    dice.shuffle(habits)
    return [await _guest(world, *each) for each in zip(slots, habits[:count], strict=True)]


async def _guest(world: World, slot: Slot, habit: Habit) -> Guest:
    parent, second = world.parent(), world.parent()
    parent.line.follows = second.line.follows = True

    def book(store: Store) -> Booking:
        now = world.clock()
        seeker = settle(store, world.channel, parent.person, now).seeker_id
        other = store.contacts.add(world.channel, second.person, "ja", now)
        store.seekers.tie(other.id, seeker)
        return store.bookings.book(seeker, slot, "consultation", Companion.ALONE, now)

    return Guest(parent, second, await world.store(book), habit)


def deafness(world: World, deaf: tuple[datetime, datetime]) -> list[Act]:
    """Nothing of the platform's is taken for an hour."""
    stranger = world.parent()
    secret = world.line.secret

    async def cut() -> None:
        world.line.secret = "rotated"
        press = world.telegram.pressed(stranger.telegram, "menu/1")
        world.telegram._waiting.append(world.telegram.numbered(press))

    async def mend() -> None:
        world.line.secret = secret
        world.telegram._waiting.clear()

    return [(deaf[0], cut), (deaf[1], mend)]


def acts_of(world: World, admin: Parent, dice: random.Random, guest: Guest) -> list[Act]:
    """What somebody of this habit does, and when."""
    parent, booking = guest.parent, guest.booking
    start, link = booking.starts_at, world.app.core.links.join(booking)

    def at(earliest: float, latest: float) -> datetime:
        """Some moment, in minutes from the start."""
        return start + timedelta(minutes=dice.uniform(earliest, latest))

    the_day_before = at(-60 * _BEGINS[1], -60 * _BEGINS[0])
    later = the_day_before + timedelta(minutes=5)
    match guest.habit:
        case Habit.JOINS:
            return [(at(-9, 2), lambda: parent.joins(link))]
        case Habit.IS_IN:
            return [(at(-5, 9), lambda: parent.taps_data(f"here/1:{booking.id}"))]
        case Habit.JOINS_LATE:
            return [(at(3, 9.9), lambda: parent.joins(link))]
        case Habit.COMES_BY_MY_PAGE:
            return [(at(-5, 9), lambda: _comes_by_my_page(admin, parent, booking))]
        case Habit.WRITES_EARLY:
            return [(the_day_before, lambda: parent.says("インフルになったけえ明日いけんわ"))]
        case Habit.WRITES_IN_TIME:
            return [(at(-50, 9.9), lambda: parent.says("すみません、少し遅れます"))]
        case Habit.WRITES_FROM_A_SECOND_CHAT:
            return [(at(-300, 9.9), lambda: guest.second.says("電車が止まっていて遅れます"))]
        case Habit.PHONES:
            return [(at(-50, 9.9), lambda: admin.taps_data(f"phonedlate/1:{booking.id}"))]
        case Habit.ONLY_LOOKS:
            return [(at(0, 9.9), lambda: world.web.get(link, headers=_BROWSER))]
        case Habit.CANCELS:
            return [(the_day_before, lambda: parent.taps_data(f"cancelyes/1:{booking.id}:1"))]
        case Habit.THANKS_AND_STAYS_AWAY:
            return [(the_day_before, lambda: parent.says("ありがとうございます"))]
        case Habit.CLEARS_IT_UP_AND_STAYS_AWAY:
            return [
                (the_day_before, lambda: parent.says("行けるかどうかわかりません")),
                (later, lambda: parent.taps_data(f"willcome/1:{booking.id}")),
            ]
        case Habit.COMES_TOO_LATE:
            return [(at(12, 28), lambda: parent.joins(link))]
        case Habit.STAYS_AWAY:
            return []


async def _comes_by_my_page(admin: Parent, parent: Parent, booking: Booking) -> None:
    """By the address in the text that staff have put into My Page."""
    await admin.taps_data(f"mypage/1:{booking.id}")
    found = re.search(r"https://\S+/join/\S+", "\n".join(each.text for each in admin.seen))
    assert found is not None
    await parent.joins(found[0])


async def _found(world: World, guests: list[Guest]) -> list[Booking]:
    numbers = [each.booking.id for each in guests]

    def read(store: Store) -> list[Booking]:
        found = (store.bookings.by_id(number) for number in numbers)
        return [each for each in found if each is not None]

    return list(await world.store(read))
