"""The sender and the pollers: they outlive surprises, and promise nothing without a database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.polling import Poller
from models.database import DatabaseUnavailable
from models.store.outbox import Outbox as OutboxStore
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World


async def test_the_sender_outlives_surprises(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world("line")
    claim, calls = OutboxStore.claim, []

    def once_surprising(self: OutboxStore, *arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("surprise")
        return claim(self, *arguments)

    monkeypatch.setattr(OutboxStore, "claim", once_surprising)
    person = world.line.person()
    async with world.app.running():
        await asyncio.sleep(0.1)
        await world.line.follow(person)
        for _ in range(100):
            if world.line.ledger:
                break
            await asyncio.sleep(0.02)
    assert world.line.ledger


async def test_due_work_that_fails_goes_to_staff(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers import due

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    booking = await world.parent().has_booked()
    for what in due.What:
        monkeypatch.setitem(due.WORK, what, broken)
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    assert {AlertKind.REMINDER_NOT_DELIVERED, AlertKind.DECIDE_FAILED} <= set(await world.alerts())
    assert (await world.booking()).status == Status.UNDECIDED


async def test_without_a_database_nothing_is_promised(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = world.parent()
    await parent.follows()

    async def away(*_: object) -> None:
        raise DatabaseUnavailable("OperationalError")

    with monkeypatch.context() as patch:
        patch.setattr(world.app.core.database, "run", away)
        event = world.line.event(
            parent.person, "message", message={"type": "text", "id": "1", "text": "x"}
        )
        assert await world.line.deliver([event]) == 503
        assert await world.telegram.deliver(_callback(parent)) == 503
        broken = await world.web.get("/form/x")
        assert broken.status_code == 503
        assert "082-542-8609" in broken.text
        assert (await world.web.get("/readyz")).status_code == 503
    assert await world.line.deliver([event]) == 200


def _callback(parent: Parent) -> dict[str, Any]:
    user = {"id": parent.telegram.user_id, "is_bot": False, "first_name": "P"}
    chat = {"id": parent.telegram.user_id, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat}
    return {
        "callback_query": {
            "id": "1",
            "from": user,
            "message": message,
            "chat_instance": "1",
            "data": "menu/1",
        }
    }


async def test_polling_lets_go_of_updates_only_after_the_commit(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world("telegram")
    world.telegram.webhook_url = ""
    telegram = world.app.core.channels["telegram"]
    assert isinstance(telegram, TelegramChannel)
    poller = Poller(telegram, telegram.api, world.app.web, world.clock)
    parent = world.parent()
    await world.telegram.say(parent.telegram, "/start")
    await world.telegram.say(parent.telegram, "ヘルプ")

    async def away(*_: object) -> None:
        raise DatabaseUnavailable("OperationalError")

    with monkeypatch.context() as patch:
        patch.setattr(world.app.core.database, "run", away)
        patch.setattr("bot.channels.telegram.polling._PAUSE_SECONDS", 0)
        assert await poller.poll_once(0) == 0
    assert await poller.poll_once(0) == 2  # nothing was lost meanwhile
    assert await poller.poll_once(0) == 0
    await world.app.sender.drain()
    parent.looks().sees("あらまし", "できること")
    world.telegram._waiting.append(
        world.telegram.numbered(world.telegram.pressed(parent.telegram, "menu/1"))
    )
    assert await poller.poll_once(0) == 1
    assert len(world.telegram.answered_callbacks) == 1


async def test_the_loop_sends_what_turns_leave(make_world: MakeWorld) -> None:
    """The running program, as `serve` has it: scheduler, sender and graceful stop."""
    world: World = await make_world("line")
    person = world.line.person()
    async with world.app.running():
        await world.line.follow(person)
        for _ in range(100):
            if world.line.ledger:
                break
            await asyncio.sleep(0.02)
    assert [each.how for each in world.line.ledger] == ["reply"]
    assert world.app.jobs.last_beat is not None


async def test_work_that_takes_longer_shows_an_animation(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await parent.follows()
    handle = world.app.turns.handle

    async def slowly(event: Any) -> Any:
        await asyncio.sleep(0.2)
        return await handle(event)

    monkeypatch.setattr(world.app.turns, "handle", slowly)
    monkeypatch.setattr("bot.web._SLOW_SECONDS", 0.05)
    await world.line.say(parent.line, "ヘルプ")
    await world.app.web.finish()
    assert parent.line.loading_until is not None
    await world.app.sender.drain()
    parent.looks().sees("できること")
    assert parent.line.loading_until is None
