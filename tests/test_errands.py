"""Errands: claimed with a lease and a fence, in order, retried, given up, and their results taken
once."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.errand_owner import GivenUp, Owner, TryLater
from bot.errands import ErrandRunner
from models.booking import Booking
from models.errand import Errand, ErrandKind, ErrandState, MadeRoom, Result, RoomKept
from models.tables import AlertKind
from tests.conftest import HOSTS, MakeWorld
from tests.world import World

LEASE = timedelta(minutes=2)


@pytest_asyncio.fixture(loop_scope="session")
async def world(make_world: MakeWorld) -> World:
    """An office with Zoom, on each database."""
    made: World = await make_world(with_zoom=True)
    return made


class Made(Owner):
    """Answers what it is told to."""

    kinds = frozenset({ErrandKind.KEEP_ROOM})

    def __init__(self, *answers: Exception | MadeRoom) -> None:
        self.answers = list(answers)
        self.asked: list[Errand] = []

    async def perform(self, errand: Errand) -> Result:
        self.asked.append(errand)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return RoomKept(answer)


async def booked(world: World) -> Booking:
    """A booking whose errands nobody has performed but the one that made its room."""
    return await world.parent().has_booked()


async def ask(world: World, booking: Booking) -> None:
    await world.store(lambda store: store.rooms.keep(booking, world.clock()))


async def claim(world: World) -> list[Errand]:
    return await world.store(lambda store: store.errands.claim(world.clock(), LEASE, 9))


async def states(world: World) -> list[str]:
    return [row[0] for row in await world.rows("SELECT state FROM errands ORDER BY id")]


def runner(world: World, owner: Owner) -> ErrandRunner:
    return ErrandRunner(world.app.core, world.app.turns, [owner])


def room(booking: Booking, number: str = "1") -> MadeRoom:
    return MadeRoom(HOSTS[0], number, booking.starts_at, f"https://zoom.us/j/{number}")


async def test_a_claimed_errand_is_nobody_elses_until_its_lease_ends(world: World) -> None:
    await ask(world, await booked(world))
    (first,) = await claim(world)
    assert not first.unheard
    assert await claim(world) == []
    world.clock.turn_to(world.clock() + LEASE)
    (second,) = await claim(world)
    assert (second.id, second.unheard, second.fence) == (first.id, True, first.fence + 1)


async def test_who_lost_the_lease_ends_nothing(world: World) -> None:
    await ask(world, await booked(world))
    (slow,) = await claim(world)
    world.clock.turn_to(world.clock() + LEASE)
    (other,) = await claim(world)
    now = world.clock()
    assert not await world.store(lambda store: store.errands.end(slow, ErrandState.REFUSED, now))
    assert not await world.store(
        lambda store: store.errands.try_later(slow, now, "slow", unknown=False)
    )
    assert await world.store(lambda store: store.errands.end(other, ErrandState.DONE, now))


async def test_a_slow_workers_result_is_not_taken(world: World) -> None:
    booking = await booked(world)
    await ask(world, booking)
    (slow,) = await claim(world)
    world.clock.turn_to(world.clock() + LEASE)
    await claim(world)
    owner = Made(room(booking, "9"))
    await runner(world, owner).perform(slow)
    assert len(owner.asked) == 1
    found = await world.store(lambda store: store.rooms.of(booking.id))
    assert found is not None
    assert found.number != "9"


async def test_errands_for_one_booking_are_performed_in_order(world: World) -> None:
    booking = await booked(world)
    await ask(world, booking)
    await ask(world, booking)
    assert len(await claim(world)) == 1


async def test_what_can_be_done_later_is_done_later(world: World) -> None:
    booking = await booked(world)
    await ask(world, booking)
    owner = Made(TryLater("away", unknown=True), RuntimeError("a bug of ours"), room(booking, "7"))
    working = runner(world, owner)
    for _ in range(3):
        await working.drain()
        await working.drain()
        world.clock.turn_to(world.clock() + timedelta(minutes=1))
    assert [each.unheard for each in owner.asked] == [False, True, True]
    assert (await states(world))[-1] == "done"
    found = await world.store(lambda store: store.rooms.of(booking.id))
    assert found == room(booking, "7")


async def test_a_later_time_is_kept(world: World) -> None:
    booking = await booked(world)
    await ask(world, booking)
    owner = Made(TryLater("a limit", after=timedelta(hours=3)), room(booking))
    working = runner(world, owner)
    await working.drain()
    world.clock.turn_to(world.clock() + timedelta(hours=2))
    await working.drain()
    assert len(owner.asked) == 1
    assert AlertKind.ROOM_NOT_MADE in await world.alerts()
    world.clock.turn_to(world.clock() + timedelta(hours=1))
    await working.drain()
    assert len(owner.asked) == 2
    assert await world.store(lambda store: store.alerts.open()) == []


async def test_what_is_refused_is_staffs(world: World) -> None:
    await ask(world, await booked(world))
    await runner(world, Made(GivenUp("no such user"))).drain()
    assert (await states(world))[-1] == "refused"
    assert AlertKind.ROOM_NOT_MADE in await world.alerts()


@pytest.mark.parametrize(("is_begun", "end"), [(False, "expired"), (True, "uncertain")])
async def test_what_is_too_late_is_not_done(world: World, is_begun: bool, end: str) -> None:
    booking = await booked(world)
    await ask(world, booking)
    if is_begun:
        await claim(world)
    world.clock.turn_to(booking.ends_at + timedelta(days=3))
    owner = Made()
    await runner(world, owner).drain()
    assert owner.asked == []
    assert (await states(world))[-1] == end


async def test_without_a_video_service_nothing_is_written(make_world: MakeWorld) -> None:
    world: World = await make_world()
    await booked(world)
    assert await states(world) == []
