"""I6: nobody is deemed cancelled who came or made contact, nor anybody whom the program was not
watching; and whoever was watched and silent is. People act at random around their starts, and the
program sleeps now and then. What they did is remembered here, not read from the database."""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from handlers import due
from models.booking import Booking
from models.rules.days import is_business_day, local_day
from models.rules.hearing import HEARD_FROM, Closed
from models.rules.slots import Slot
from models.store import Store
from models.store.presence import Presence, Signs
from models.tables import Companion, Status
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import settle
from tests.talk import Parent
from tests.world import World

_PEOPLE, _ACTS, _NAPS = 6, 10, 3


class Told(NamedTuple):
    """What has really happened: who acted when, and whether to say that they may not come in time;
    and when the program slept."""

    bookings: list[tuple[Parent, int]]
    acts: list[tuple[Parent, datetime, bool]]
    naps: list[tuple[datetime, datetime]]


async def test_nobody_is_deemed_cancelled_against_the_evidence(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(4, 100), random.Random(6)
    world: World = await make_world(channel)
    for morning in itertools.islice(_mornings(), count):
        told = await _a_day(world, dice, morning)
        assert await _wrongly_judged(world, told) == []
    trials("I6: days with random acts and naps", count)


def _no_signs(*_: object) -> Signs:
    return Signs(came=False, contact=False)


def _always_heard(*_: object) -> list[Closed]:
    return []


@pytest.mark.parametrize(
    ("where", "guard", "without"),
    [(Presence, "signs", _no_signs), (due, "closed_ways", _always_heard)],
)
async def test_without_a_guard_somebody_is(
    make_world: MakeWorld,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    guard: str,
    without: Callable[..., object],
) -> None:
    monkeypatch.setattr(where, guard, without)
    world: World = await make_world(channel)
    dice = random.Random(6)
    found: list[str] = []
    for morning in itertools.islice(_mornings(), 20):
        told = await _a_day(world, dice, morning)
        found += await _wrongly_judged(world, told)
        if any(each.startswith("I6") for each in found):
            return
    pytest.fail("nobody has noticed")


def _mornings() -> Iterator[datetime]:
    """A Monday every four weeks, 9:00 in Hiroshima, but no holiday."""
    mondays = (MONDAY + timedelta(weeks=4 * number) for number in itertools.count())
    return (each for each in mondays if is_business_day(each.date()))


async def _a_day(world: World, dice: random.Random, morning: datetime) -> Told:
    """People with consultations on one day, which goes by."""
    world.clock._frozen = morning
    await world.sweep()
    today = local_day(morning, world.app.core.office.zone)
    offered = await world.store(lambda store: store.calendar.offered_between(today, today))
    people = [await _somebody_with_a_booking(world, slot) for slot in dice.sample(offered, _PEOPLE)]
    told = Told(people, [], [])
    # Between 9:00 and 16:00, in seconds.
    moments = sorted(dice.randint(0, 7 * 3600) for _ in range(_ACTS + _NAPS))
    naps = set(dice.sample(range(len(moments)), _NAPS))
    for number, seconds in enumerate(moments):
        moment = morning + timedelta(seconds=seconds)
        if moment > world.clock():
            await world.play_to(moment)
        if number in naps:
            fell_asleep = world.clock()
            await world.sleep_until(fell_asleep + timedelta(minutes=dice.randint(2, 90)))
            told.naps.append((fell_asleep, world.clock()))
            await world.sweep()
        else:
            parent, booking_id = dice.choice(people)
            when = world.clock()
            told.acts.append((parent, when, await _acts(world, dice, parent, booking_id)))
    await world.play_to(max(morning + timedelta(hours=8), world.clock() + timedelta(minutes=1)))
    return told


async def _somebody_with_a_booking(world: World, slot: Slot) -> tuple[Parent, int]:
    parent = world.parent()
    parent.line.follows = True

    def book(store: Store) -> int:
        now = world.clock()
        settled = settle(store, world.channel, parent.person, now)
        return store.bookings.book(settled.seeker_id, slot, "consultation", Companion.ALONE, now).id

    return parent, await world.store(book)


async def _acts(world: World, dice: random.Random, parent: Parent, booking_id: int) -> bool:
    """Somebody does something; returns whether it says that they may not come in time."""
    match dice.randrange(4):
        case 0:
            await parent.says("ヘルプ")
        case 1:
            await parent.sends("sticker")
        case 2:
            await parent.taps_data(f"here/1:{booking_id}")
        case 3:
            await parent.says("すこし遅れます")
            return True
    return False


async def _wrongly_judged(world: World, told: Told) -> list[str]:
    faults = []
    for parent, number in told.bookings:
        booking = await world.booking_by_id(number)
        excused = _excused(world, told, parent, booking)
        if booking.status == Status.DEEMED_CANCELLED and excused:
            faults.append(f"I6: {booking.reference} was deemed cancelled in spite of {excused}")
        if booking.status != Status.DEEMED_CANCELLED and not excused:
            faults.append(f"{booking.reference} is {booking.status}, and nobody has seen anything")
    return faults


def _excused(world: World, told: Told, parent: Parent, booking: Booking) -> str:
    office = world.app.core.office
    start, end = booking.starts_at, booking.starts_at + office.grace
    if any(
        who is parent and (is_doubt or start - office.contact_window <= when) and when < end
        for who, when, is_doubt in told.acts
    ):
        return "an act"
    if any(fell < end and woke > start - HEARD_FROM for fell, woke in told.naps):
        return "a nap"
    return ""
