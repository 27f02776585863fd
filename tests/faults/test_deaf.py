"""An ear is deaf for a while around a consultation: nobody who was silent then is deemed cancelled.
(The database's and the program's ears are in tests/test_hearing.py and tests/test_ticker.py, since
each trial takes seconds there.)"""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from models.rules.hearing import HEARD_FROM
from models.tables import Status
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import books_tomorrow
from tests.world import World


@asynccontextmanager
async def _asleep(world: World, length: timedelta) -> AsyncIterator[None]:
    """The program is not there at all."""
    await world.sleep_until(world.clock() + length)
    await world.sweep()
    yield


@asynccontextmanager
async def _unreachable(world: World, length: timedelta) -> AsyncIterator[None]:
    """Our pages cannot be reached, and no platform comes by the same address."""
    web, world.reached.web = world.reached.web, None
    world.line.told_webhook_url = "https://elsewhere.test/webhooks/line"
    world.telegram.webhook_url = "https://elsewhere.test/webhooks/telegram"
    await world.play_to(world.clock() + length)
    yield
    world.reached.web = web


@asynccontextmanager
async def _chat_unheard(world: World, length: timedelta) -> AsyncIterator[None]:
    """What is sent on the parent's channel does not reach us."""
    secret, world.line.secret = world.line.secret, "rotated"
    press = world.telegram.pressed(world.parents[0].telegram, "menu/1")
    world.telegram._waiting.append(world.telegram.numbered(press))
    await world.play_to(world.clock() + length)
    yield
    world.line.secret = secret
    world.telegram._waiting.clear()


@pytest.mark.parametrize("deafness", [_asleep, _unreachable, _chat_unheard])
async def test_an_ear_is_deaf(
    make_world: MakeWorld,
    channel: str,
    deafness: Callable[[World, timedelta], AbstractAsyncContextManager[None]],
    how_many: Count,
    trials: Note,
) -> None:
    count, dice = how_many(3, 100), random.Random(14)
    world: World = await make_world(channel)
    grace = world.app.core.office.grace
    for number in range(count):
        world.clock._frozen = MONDAY + timedelta(weeks=4 * number)
        await world.sweep()
        parent = world.parent()
        booking = await books_tomorrow(world, parent.person)
        begins = booking.starts_at - HEARD_FROM + timedelta(seconds=dice.randint(-60, 1300))
        await world.play_to(begins)
        async with deafness(world, timedelta(seconds=dice.randint(200, 900))):
            pass
        await world.play_to(max(world.clock(), booking.starts_at + grace) + timedelta(minutes=2))
        ends = await world.booking_by_id(booking.id)
        assert ends.status == Status.UNDECIDED, (begins, booking.starts_at)
    trials(f"14: {deafness.__name__.strip('_').replace('_', ' ')} around a consultation", count)
