"""Fault 5: webhooks duplicated up to 10 times, in any order, a day late. One of two people gets
them so, the other each once; both must end alike."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from models.rules.slots import Slot
from models.store import Store
from models.store.inbox import Inbox
from tests.conftest import MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import pressing, settle
from tests.talk import Parent
from tests.world import World

_ACTS = ("book", "book later", "cancel", "company", "help", "sticker", "block", "follow", "mine")
_MOST_COPIES = 10


@dataclass
class Somebody:
    """A person with a counselor of their own, so that two do not meet."""

    parent: Parent
    contact_id: int
    seeker_id: int
    slots: list[Slot]
    events: dict[int, dict[str, Any]] = field(default_factory=dict)


async def test_duplicated_shuffled_and_late(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(10, 3000), random.Random(5)
    world: World = await make_world(channel, counselors=2)
    for _ in range(count):
        await _try(world, dice)
    trials("5: duplicated, shuffled, late", count)


async def test_without_the_dedupe_they_end_otherwise(
    make_world: MakeWorld, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Inbox.record
    monkeypatch.setattr(Inbox, "record", lambda *given: record(*given) or True)
    world: World = await make_world(channel, counselors=2)
    with pytest.raises(AssertionError):
        await _try_many(world, 20)


async def _try_many(world: World, count: int) -> None:
    for seed in range(count):
        await _try(world, random.Random(seed))


async def _try(world: World, dice: random.Random) -> None:
    """One sequence of acts, with its copies to one person and without them to the other."""
    noisy, quiet = await _somebody(world, 1), await _somebody(world, 2)
    acts = [dice.choice(_ACTS) for _ in range(dice.randint(1, 8))]
    order = list(range(len(acts)))
    dice.shuffle(order)
    copies = [number for number in order for _ in range(dice.randint(0, _MOST_COPIES - 1))]
    dice.shuffle(copies)
    arriving = _with_copies(order, copies, dice)
    late = timedelta(days=1) if dice.random() < 0.3 else timedelta(0)
    for number in arriving:
        await _arrives(world, noisy, number, acts[number], late)
    for number in order:
        await _arrives(world, quiet, number, acts[number], late)
    await world.app.sender.drain()
    assert await _end(world, noisy) == await _end(world, quiet), (acts, order, arriving)
    # Their slots are the next ones' too.
    await world.change("UPDATE bookings SET status = 'cancelled' WHERE status = 'booked'")


def _with_copies(order: list[int], copies: list[int], dice: random.Random) -> list[int]:
    """Every event in its order, and its copies anywhere behind it."""
    arriving = list(order)
    for copy in copies:
        arriving.insert(dice.randint(arriving.index(copy) + 1, len(arriving)), copy)
    return arriving


async def _somebody(world: World, counselor_id: int) -> Somebody:
    parent = world.parent()
    parent.line.follows = True

    def prepare(store: Store) -> tuple[int, int, list[Slot]]:
        settled = settle(store, world.channel, parent.person, world.clock())
        free = store.calendar.free_from(world.clock() + timedelta(days=2), holder=0)
        mine = [slot for slot in free if slot.counselor_id == counselor_id]
        return *settled, mine[:2]

    return Somebody(parent, *await world.store(prepare))


async def _arrives(
    world: World, somebody: Somebody, number: int, act: str, late: timedelta
) -> None:
    """An event arrives; what it carries is decided when it arrives for the first time."""
    event = somebody.events.get(number)
    if event is None:
        event = somebody.events[number] = await _event(world, somebody, act, late)
    if world.channel == "line":
        assert await world.line.deliver([event]) == 200
    else:
        assert await world.telegram.deliver_again(event) == 200


async def _event(world: World, somebody: Somebody, act: str, late: timedelta) -> dict[str, Any]:
    parent = somebody.parent
    found = await world.rows(
        f"SELECT id FROM bookings WHERE job_seeker_id = {somebody.seeker_id} ORDER BY id"
    )
    booking = found[0][0] if found else 0
    data = {
        "book": pressing(somebody.slots[0], len(found) + 1),
        "book later": pressing(somebody.slots[1], len(found) + 1),
        "cancel": f"cancelyes/1:{booking}:1",
        "company": f"comes/1:{booking}:interpreter",
        "help": "help/1",
        "mine": "mine/1",
    }.get(act)
    if world.channel == "telegram":
        if data is not None:
            return world.telegram.numbered(world.telegram.pressed(parent.telegram, data))
        return world.telegram.numbered(world.telegram.said(parent.telegram, act))
    if data is not None:
        event = world.line.event(parent.person, "postback", postback={"data": data})
    elif act in ("block", "follow"):
        kind = "unfollow" if act == "block" else "follow"
        event = world.line.event(parent.person, kind, answerable=act == "follow")
    else:
        message = {"type": "sticker", "id": str(len(somebody.events) + 1)}
        event = world.line.event(parent.person, "message", message=message)
    event["timestamp"] -= int(late.total_seconds() * 1000)
    return event


async def _end(world: World, somebody: Somebody) -> list[Any]:
    """What is left in the end: bookings with their state, and whether the chat can be reached."""
    bookings = await world.rows(
        "SELECT starts_at, status, companion, version FROM bookings"
        f" WHERE job_seeker_id = {somebody.seeker_id} ORDER BY id"
    )
    reachable = await world.rows(
        f"SELECT unreachable_at IS NULL FROM contacts WHERE id = {somebody.contact_id}"
    )
    events = await world.rows(
        f"SELECT count(*) FROM inbox WHERE contact_id = {somebody.contact_id}"
    )
    answers = await world.rows(
        f"SELECT count(*) FROM outbox WHERE kind = 'answer' AND contact_id = {somebody.contact_id}"
    )
    return [bookings, reachable, events, answers]
