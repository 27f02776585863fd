"""Faults 2 to 4: the platform has accepted and its answer is lost; it is broken, slow or busy; the
quota is gone, the token revoked, the person has blocked us."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from handlers.staff.urgency import URGENT
from locales import phrases
from models.store import Store
from models.tables import AlertKind, Companion
from tests.conftest import MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.judge import is_reminder
from tests.faults.people import settle
from tests.talk import Parent
from tests.world import World


async def test_the_answer_is_lost_after_it_was_accepted(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    """LINE: the same key again, and its 409 is a success. Telegram: uncertain, told to staff,
    never sent again by itself."""
    count = how_many(5, 300)
    world: World = await make_world(channel, counselors=4)
    world.line.quota = None
    for _ in range(count):
        parent = await _due_for_a_reminder(world)
        world.line.trouble = world.telegram.trouble = ["lost"]
        await world.sweep()
        await world.play(minutes=2)
        assert _reminders(world, parent) == 1
        assert await _end(world) == ("accepted" if channel == "line" else "uncertain")
    await world.play(hours=1)
    assert sum(_all_reminders(world).values()) == count
    told = (await world.alerts()).count(AlertKind.REMINDER_UNCERTAIN)
    assert told == (0 if channel == "line" else count)
    trials("2: answer lost after it was accepted", count)


async def test_the_platform_is_broken_or_busy(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(5, 300), random.Random(1)
    world: World = await make_world(channel, counselors=4)
    world.line.quota = None
    for _ in range(count):
        parent = await _due_for_a_reminder(world)
        kinds = [429] if channel == "telegram" else [500, 502, 503, 429]
        times = dice.randint(1, 6)
        trouble: list[int | str] = [dice.choice(kinds) for _ in range(times)]
        world.line.trouble, world.telegram.trouble = list(trouble), list(trouble)
        await world.sweep()
        await world.play(minutes=10)
        assert _reminders(world, parent) == 1
        assert await _end(world) == "accepted"
        if channel == "line":
            ((key,),) = await world.rows("SELECT retry_key FROM outbox ORDER BY id DESC LIMIT 1")
            assert world.line.ledger[-1].retry_key == key
    trials("3: broken or busy, then accepted", count)


async def test_nobody_is_tried_for_longer_than_the_key_holds(
    make_world: MakeWorld, how_many: Count, trials: Note
) -> None:
    """LINE forgets a key after 24 hours: the last try comes before."""
    count = how_many(1, 5)
    world: World = await make_world("line", counselors=4)
    for _ in range(count):
        await _due_for_a_reminder(world)
        began, asked = world.clock(), len(world.line.ledger)
        world.line.trouble = [500] * 100_000
        await world.app.jobs.sweep()
        while world.clock() < began + timedelta(hours=26):
            before = len(world.line.trouble)
            await world.app.sender.drain()
            tried = before - len(world.line.trouble)
            assert not tried or world.clock() < began + timedelta(hours=23)
            world.clock.turn_to(world.clock() + timedelta(minutes=7))
        assert await _end(world) in ("expired", "uncertain")
        assert len(world.line.ledger) == asked
        world.line.trouble = []
    trials("3: stops before 23 hours", count)


@pytest.mark.parametrize("kind", [AlertKind.QUOTA_GONE, AlertKind.TOKEN_REFUSED])
async def test_no_storm_when_nothing_can_be_sent(
    make_world: MakeWorld, kind: AlertKind, how_many: Count, trials: Note
) -> None:
    """The quota is gone or the token revoked: staff know within 5 minutes and are told once,
    replies still work (with the quota gone), and LINE is not asked for ever."""
    count = how_many(2, 50)
    world: World = await make_world("line", counselors=4)
    admin = await world.staff(channel="telegram")
    if kind is AlertKind.QUOTA_GONE:
        world.line.quota = world.line.used
    else:
        world.line.token = "revoked"
    assert URGENT[kind]
    for number in range(count):
        parent = await _due_for_a_reminder(world)
        await world.sweep()
        await world.play(minutes=5)
        (attempts,) = (await world.rows("SELECT attempts FROM outbox ORDER BY id DESC"))[0]
        assert attempts <= 10
        words = phrases("ja")(f"alert.{kind}")
        told = [each for each in admin.looks().seen if words in each.text]
        assert len(told) == (1 if number == 0 else 0)
        if kind is AlertKind.QUOTA_GONE:
            await parent.says("ヘルプ")
            parent.sees("予約")
    trials(f"4: {str(kind).replace('_', ' ')}", count)


async def test_who_has_blocked_us_is_left_in_peace(
    make_world: MakeWorld, how_many: Count, trials: Note
) -> None:
    count = how_many(2, 50)
    world: World = await make_world("telegram", counselors=4)
    admin = await world.staff()
    for _ in range(count):
        parent = await _due_for_a_reminder(world)
        parent.telegram.blocked = True  # Telegram tells only those who send
        await world.sweep()
        await world.play(minutes=5)
        assert await _end(world, "reminder") == "unreachable"
        admin.looks().sees("前日のお知らせが届きません")
        assert _reminders(world, parent) == 0
    trials("4: blocked", count)


async def _due_for_a_reminder(world: World) -> Parent:
    """Somebody whose reminder is due now."""
    parent = world.parent()
    parent.line.follows = True

    def book(store: Store) -> int:
        now = world.clock()
        settled = settle(store, world.channel, parent.person, now)
        (slot, *_) = store.calendar.free_from(now + timedelta(days=3), holder=0)
        return store.bookings.book(settled.seeker_id, slot, "consultation", Companion.ALONE, now).id

    number = await world.store(book)
    await world.change(f"UPDATE bookings SET remind_at = created_at WHERE id = {number}")
    return parent


async def _end(world: World, kind: str = "reminder") -> str:
    """How the last letter of a kind has ended."""
    rows = await world.rows(f"SELECT state FROM outbox WHERE kind = '{kind}' ORDER BY id DESC")
    return str(rows[0][0])


def _all_reminders(world: World) -> Counter[str]:
    """How many reminders each person was sent, by the platform's own ledger."""
    if world.channel == "telegram":
        sent = [(str(body["chat_id"]), str(body["text"])) for _, body in world.telegram.ledger]
    else:
        sent = [(each.person, str(each.messages)) for each in world.line.ledger]
    return Counter(person for person, words in sent if is_reminder(words))


def _reminders(world: World, parent: Parent) -> int:
    return _all_reminders(world)[parent.person]
