"""Fault 12: a worker is stopped past its lease, and goes on: its stale token writes nothing."""

import asyncio

from tests.faults.conftest import Count, MakeHouse, Note
from tests.faults.judge import verdicts


async def test_stopped_past_its_lease(
    make_house: MakeHouse, channel: str, how_many: Count, trials: Note
) -> None:
    count = how_many(1, 100)
    async with make_house(channel) as house:
        for _ in range(count):
            house.owes_a_reminder(house.somebody())
            await house.start()
            stopped = await house.stop_when_accepted()
            await house.start()  # another one takes over
            await house.settle()
            ended = house.rows("SELECT id, state, fence, ended_at FROM outbox ORDER BY id")
            house.clock.go_on(seconds=5)
            house.let_go_on(stopped)
            await asyncio.sleep(0.3)  # it has its answer now, and would note it
            assert house.rows("SELECT id, state, fence, ended_at FROM outbox ORDER BY id") == ended
            assert ended[-1][1] == ("accepted" if channel == "line" else "uncertain")
            assert ended[-1][2] == 2
            house.kill()
            house.pid = stopped
            house.kill()
            await house.is_dead()
        assert verdicts(house, []) == []
    trials("12: stopped past its lease", count)
