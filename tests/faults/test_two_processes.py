"""Fault 6: two web processes and two schedulers on one PostgreSQL, many people, one slot. There is
one winner; without the constraint the same rounds book it twice."""

import asyncio
import itertools

import pytest

from tests.faults.conftest import Count, Note
from tests.faults.house import House, Parent, house
from tests.faults.judge import verdicts
from tests.faults.people import pressing
from tests.platforms import Platforms


@pytest.mark.parametrize("constrained", [True, False])
async def test_one_slot_for_many(
    platforms: Platforms,
    postgresql_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    how_many: Count,
    trials: Note,
    constrained: bool,
) -> None:
    rounds, people = how_many(1, 300 if constrained else 1), how_many(60, 200)
    folder = tmp_path_factory.mktemp("house")
    async with house("line", postgresql_url, folder, platforms) as made:
        if not constrained:
            made.change("DROP INDEX uq_bookings_active_slot")
        addresses = [await _one_more(made), await _one_more(made)]
        crowd = [made.somebody() for _ in range(people)]
        for _ in range(rounds):
            winners = await _everybody_wants(made, addresses, crowd)
            if constrained:
                assert len(winners) == 1
                crowd = [each for each in crowd if each.seeker_id not in winners]
                crowd.append(made.somebody())
        if constrained:
            await made.settle()
            assert verdicts(made, []) == []
            trials("6: two processes, one slot", rounds)
        else:
            assert any(each.startswith("I1") for each in verdicts(made, []))


async def _one_more(made: House) -> str:
    """One more server; all of them live."""
    await made.start()
    return made.line.webhook_url


async def _everybody_wants(made: House, addresses: list[str], crowd: list[Parent]) -> list[int]:
    """All press the button of one slot at once, at both servers; says who has it."""
    slot = made.slot()
    at_once, servers = asyncio.Semaphore(32), itertools.cycle(addresses)

    async def press(parent: Parent) -> None:
        event = made.pressing(parent, pressing(slot))
        async with at_once:
            made.line.webhook_url = next(servers)
            assert await made.deliver(event) == 200

    await asyncio.gather(*(press(each) for each in crowd))
    found = made.rows(
        "SELECT job_seeker_id FROM bookings WHERE counselor_id = ? AND starts_at = ?",
        slot.counselor_id,
        slot.starts_at,
    )
    return [seeker for (seeker,) in found]
