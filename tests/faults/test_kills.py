"""Fault 1: kill -9 at each boundary. The platform delivers an unanswered event again; a minute
later what the dead process held is free again."""

import time

import pytest

from tests.faults.boundaries import AFTER_THE_REQUEST, BOUNDARIES
from tests.faults.conftest import Count, MakeHouse, Note
from tests.faults.house import House, Parent
from tests.faults.judge import verdicts

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


async def _while_booking(house: House, parent: Parent, boundary: str) -> str:
    """A press of "book" meets the boundary, and is delivered again until it is answered; says
    which event it was."""
    slot = house.slot()
    data = f"confirm/1:consultation:{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}:alone:1"
    event = house.pressing(parent, data)
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
    slot, now = house.slot(), house.clock()
    house.store(
        lambda store: store.bookings.book(parent.seeker_id, slot, "consultation", "alone", now)
    )
    house.change(
        "UPDATE bookings SET remind_at = created_at WHERE job_seeker_id = ?", parent.seeker_id
    )
    await house.start(boundary)
    await house.is_dead()
    await house.start()
