"""Faults 9 and 10: the clock jumps, forward or back, by an hour, a day or into 2200; the machine is
in another zone; the program sleeps for three days. Nobody is reminded twice, nobody is cancelled
who was not watched; staff are asked."""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from models.store import Store
from models.tables import Companion
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.judge import is_reminder
from tests.faults.people import settle
from tests.world import World

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_JUMPS = (_HOUR, -_HOUR, _DAY, -_DAY, datetime(2200, 1, 1, tzinfo=UTC))
_ZONES = ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC")


async def test_the_clock_jumps(
    make_world: MakeWorld,
    monkeypatch: pytest.MonkeyPatch,
    channel: str,
    how_many: Count,
    trials: Note,
) -> None:
    count, dice = how_many(5, 50), random.Random(9)
    world: World = await make_world(channel)
    for number in range(count):
        monkeypatch.setenv("TZ", _ZONES[number % len(_ZONES)])
        time.tzset()
        await _four_weeks_on(world, number)
        await _books(world, dice, 6)
        await world.play(minutes=dice.randint(1, 60 * 26))
        judged = set(await _status(world, "deemed_cancelled"))
        jump = _JUMPS[number % len(_JUMPS)]
        to = jump if isinstance(jump, datetime) else world.clock() + jump
        _set(world, to)
        for _ in range(3):
            await world.sweep()
            _set(world, world.clock() + timedelta(seconds=15))
        assert set(await _status(world, "deemed_cancelled")) == judged  # nobody more
        past = {*await _status(world, "booked")} & {*await _started(world)}
        assert not past  # what nobody watched is for staff
        assert all(times == 1 for times in _reminders(world).values())
    monkeypatch.undo()
    time.tzset()
    trials("9: the clock jumps", count)


async def test_asleep_for_three_days(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(3, 50), random.Random(10)
    world: World = await make_world(channel)
    for number in range(count):
        await _four_weeks_on(world, number)
        await _books(world, dice, 8)
        await world.play(minutes=dice.randint(1, 60 * 7))
        judged = set(await _status(world, "deemed_cancelled"))
        await world.sleep_until(world.clock() + timedelta(days=3))
        await world.sweep()
        assert set(await _status(world, "deemed_cancelled")) == judged  # while it was awake
        assert not {*await _status(world, "booked")} & {*await _started(world)}
        slept_through = set(await _started(world))
        ends = await world.rows("SELECT booking_id, state FROM outbox WHERE kind = 'reminder'")
        late = [state for booking, state in ends if booking in slept_through]
        assert set(late) <= {"expired", "accepted"}
        assert all(times == 1 for times in _reminders(world).values())
    trials("10: asleep for three days", count)


async def _four_weeks_on(world: World, number: int) -> None:
    """A Monday morning of its own for each trial; what came before is over."""
    await world.change(
        "UPDATE bookings SET status = 'cancelled', remind_at = NULL, notice_at = NULL"
    )
    _set(world, MONDAY + timedelta(weeks=4 * number))


async def _books(world: World, dice: random.Random, count: int) -> None:
    """Some people with bookings in the next days."""
    for _ in range(count):
        parent = world.parent()
        parent.line.follows = True
        person = parent.person

        def book(store: Store, person: str = person) -> None:
            now = world.clock()
            settled = settle(store, world.channel, person, now)
            free = store.calendar.free_from(now, holder=0)[:36]
            slot = dice.choice(free)
            store.bookings.book(settled.seeker_id, slot, "consultation", Companion.ALONE, now)

        await world.store(book)
    await world.sweep()


def _set(world: World, instant: datetime) -> None:
    """A clock that is wrong can go anywhere."""
    world.clock._frozen = instant


async def _status(world: World, status: str) -> list[int]:
    rows = await world.rows(f"SELECT id FROM bookings WHERE status = '{status}'")
    return [number for (number,) in rows]


async def _started(world: World) -> list[int]:
    """The bookings whose grace is over."""
    found = await world.bookings()
    grace = world.app.core.office.grace
    return [each.id for each in found if each.starts_at + grace < world.clock()]


def _reminders(world: World) -> Counter[str]:
    if world.channel == "telegram":
        sent = [(str(body["chat_id"]), str(body["text"])) for _, body in world.telegram.ledger]
    else:
        sent = [(each.person, str(each.messages)) for each in world.line.ledger]
    return Counter(person for person, text in sent if is_reminder(text))
