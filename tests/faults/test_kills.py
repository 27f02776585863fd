"""Fault 1: kill -9 at each boundary. The platform delivers an unanswered event again; a minute
later what the dead process held is free again."""

import time

import pytest

from tests.faults.boundaries import AFTER_THE_REQUEST, BOUNDARIES
from tests.faults.conftest import Count, MakeHouse, Note
from tests.faults.house import House, Parent
from tests.faults.judge import verdicts
from tests.faults.people import pressing

# Whoever sends is killed while it sends a reminder; whoever takes a turn, while it books.
WHILE_SENDING = ("before the request", AFTER_THE_REQUEST, "after the answer")


@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_killed(
    make_house: MakeHouse, channel: str, boundary: str, how_many: Count, trials: Note
) -> None:
    answered: list[str] = []
    count = how_many(1, 300)
    async with make_house(channel) as house:
        for _ in range(count):
            parent = house.somebody()
            if boundary in WHILE_SENDING:
                await _while_reminding(house, parent, boundary)
            else:
                answered.append(await _while_booking(house, parent, boundary))
            await house.settle()
            house.kill()
            await house.is_dead()
        assert verdicts(house, answered) == []
        assert len(house.rows("SELECT * FROM bookings")) == count
    trials(f"1: kill -9 {boundary}", count)


@pytest.mark.parametrize(
    ("guard", "channel", "boundary", "seen"),
    [
        ("retry key", "line", AFTER_THE_REQUEST, "I4"),
        ("uncertain", "telegram", AFTER_THE_REQUEST, "I4"),
        ("dedupe", "line", "after the commit", "I3"),
        ("dedupe", "telegram", "after the commit", "I3"),
    ],
)
async def test_without_a_guard_the_judge_sees_it(
    make_house: MakeHouse, guard: str, channel: str, boundary: str, seen: str
) -> None:
    async with make_house(channel) as house:
        house.without = guard
        parent = house.somebody()
        if boundary in WHILE_SENDING:
            await _while_reminding(house, parent, boundary)
            answered = []
        else:
            answered = [await _while_booking(house, parent, boundary)]
        await house.settle()
        house.kill()
        assert any(each.startswith(seen) for each in verdicts(house, answered))


async def _while_booking(house: House, parent: Parent, boundary: str) -> str:
    """A press of "book" meets the boundary, and is delivered again until it is answered; says
    which event it was."""
    event = house.pressing(parent, pressing(house.slot()))
    await house.start(boundary)
    status = await house.deliver(event)
    await house.is_dead()
    began = time.monotonic()
    await house.start()
    while status != 200:
        status = await house.deliver(event)
    assert time.monotonic() - began < 60
    return str(event.get("webhookEventId") or event["update_id"])


async def _while_reminding(house: House, parent: Parent, boundary: str) -> None:
    """The sender meets the boundary with a reminder in its hands."""
    house.owes_a_reminder(parent)
    await house.start(boundary)
    await house.is_dead()
    await house.start()
