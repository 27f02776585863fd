"""Fault 12: a worker is stopped past its lease, and goes on: its stale token writes nothing."""

import asyncio

from tests.faults.conftest import Count, MakeHouse, Note
from tests.faults.house import House
from tests.faults.judge import verdicts

_ENDS = "SELECT id, state, fence, ended_at FROM outbox ORDER BY id"


async def test_stopped_past_its_lease(
    make_house: MakeHouse, channel: str, how_many: Count, trials: Note
) -> None:
    count, stale = how_many(1, 100), 0
    async with make_house(channel) as house:
        while stale < count:
            stale += await _try(house)
        assert verdicts(house, []) == []
    trials("12: stopped past its lease", count)


async def _try(house: House) -> bool:
    """One trial; says whether another worker has taken over, as is meant. Now and then the one
    that was stopped held SQLite's file and had to go on for a moment, which was long enough."""
    house.owes_a_reminder(house.somebody())
    await house.start()
    stopped = await house.stop_when_accepted()
    await house.start()
    await house.settle()
    ended = house.rows(_ENDS)
    _, state, fence, _ = ended[-1]
    assert state == ("uncertain" if house.channel == "telegram" and fence == 2 else "accepted")
    house.clock.go_on(seconds=5)
    house.let_go_on(stopped)
    await asyncio.sleep(0.3)  # it has its answer now, and would note it
    assert house.rows(_ENDS) == ended
    house.kill()
    house.pid = stopped
    house.kill()
    await house.is_dead()
    return bool(fence == 2)
