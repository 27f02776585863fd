"""Fault 11: malformed bodies, and signed ones that are hostile. Nothing crashes, nothing unsigned
changes anything, and a good neighbour in the same webhook is heard."""

import json
import random
from collections.abc import Callable
from typing import Any

from models.tables import AlertKind
from tests.conftest import MakeWorld
from tests.faults.conftest import Count, Note
from tests.world import World

_STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**400, "", "\0", "‮⁦", "🙂" * 3000, "x" * 10_000),
    *([], {}, [[]], {"": {}}, "confirm/1:" + ":" * 50, "day/1:consultation:99999999"),
    *("／予約", "１２／３", "\ud800", "A" * 64, "../../x", "'; DROP TABLE bookings; --"),
)
_ANSWERS = (200, 400, 401, 413)


async def test_malformed_and_hostile_bodies(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(60, 10_000), random.Random(11)
    world: World = await make_world(channel)
    kinds: tuple[Callable[[random.Random, bytes], bytes], ...] = (_cut, _flipped, _doubled, _nested)
    for _ in range(count):
        body = _body(world, _event(world))
        assert await _deliver(world, dice.choice(kinds)(dice, body)) in _ANSWERS
    for _ in range(count):
        hostile = _spoiled(dice, _event(world))
        parent = world.parent()
        parent.line.follows = True
        neighbours = [hostile, _says_help(world, parent.person)]
        if world.channel == "line":
            assert await world.line.deliver(neighbours) in (200, 500)
        else:
            for each in neighbours:
                update = json.dumps({"update_id": dice.randrange(2**40), **each}).encode()
                assert await world.telegram.deliver_raw(update) in _ANSWERS
        found = await world.rows(f"SELECT id FROM contacts WHERE person = '{parent.person}'")
        assert len(found) == 1, hostile
    # Nothing but what could not be read, which is kept, and harms nobody when it is run again.
    assert {*await world.alerts()} <= {AlertKind.EVENT_FAILED}
    assert (await world.app.turns.retry_failed())[1] == 0
    before = await _everything(world)
    for _ in range(count):
        status = await _deliver_unsigned(world, _body(world, _event(world)))
        assert status == 401
    assert await _everything(world) == before
    ready = await world.web.get("/healthz")
    assert ready.status_code == 200
    trials("11: malformed, hostile, unsigned", 3 * count)


def _event(world: World) -> dict[str, Any]:
    """Something a stranger does."""
    if world.channel == "line":
        person = world.line.person()
        return world.line.event(person.user_id, "postback", postback={"data": "menu/1"})
    return dict(world.telegram.pressed(world.telegram.person(), "menu/1"))


def _says_help(world: World, person: str) -> dict[str, Any]:
    if world.channel == "line":
        message = {"type": "text", "id": person[1:15], "text": "ヘルプ"}
        return world.line.event(person, "message", message=message)
    return dict(world.telegram.said(world.telegram.people[int(person)], "ヘルプ"))


def _body(world: World, event: dict[str, Any]) -> bytes:
    if world.channel == "line":
        return json.dumps({"destination": "U0", "events": [event]}).encode()
    return json.dumps({"update_id": 1, **event}).encode()


async def _deliver(world: World, body: bytes) -> int:
    if world.channel == "line":
        return await world.line.deliver_raw(body)
    return await world.telegram.deliver_raw(body)


async def _deliver_unsigned(world: World, body: bytes) -> int:
    if world.channel == "line":
        return await world.line.deliver_raw(body, signature="forged")
    return await world.telegram.deliver_raw(body, secret="forged")


def _cut(dice: random.Random, body: bytes) -> bytes:
    return body[: dice.randrange(len(body))]


def _flipped(dice: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(dice.randint(1, 20)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _doubled(dice: random.Random, body: bytes) -> bytes:
    return body * dice.randint(2, 50)


def _nested(dice: random.Random, body: bytes) -> bytes:
    deep = dice.choice([10, 1000, 100_000])
    opening, closing = dice.choice([(b"[", b"]"), (b'{"a":', b"}")])
    inner = b'{"destination":"U0","events":[],"x":' + opening * deep + b"1" + closing * deep + b"}"
    return inner if dice.random() < 0.9 else b" " * 2_000_001


def _spoiled(dice: random.Random, event: dict[str, Any]) -> dict[str, Any]:
    """The event with some of its values replaced by strange ones, or gone."""
    for _ in range(dice.randint(1, 4)):
        part: Any = event
        while True:
            key = dice.choice(list(part))
            if isinstance(part[key], dict) and part[key] and dice.random() < 0.8:
                part = part[key]
                continue
            if dice.random() < 0.2:
                del part[key]
            else:
                part[key] = dice.choice(_STRANGE)
            break
        if not event:
            break
    return event


async def _everything(world: World) -> list[Any]:
    tables = ("contacts", "inbox", "outbox", "bookings", "alerts", "audit")
    return [await world.rows(f"SELECT count(*) FROM {table}") for table in tables]
