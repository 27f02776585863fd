"""What goes out: retries, answers that are lost, people who are gone, and steps that fail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.channels.base import Request, RetryLater, Uncertain
from bot.channels.line.channel import _unheard
from bot.channels.telegram.channel import TelegramChannel
from handlers import router
from models.chat import Message
from models.letter import Letter
from models.letter_kind import LetterKind
from models.store import Store
from models.store.outbox import Outgoing
from models.tables import AlertKind, SendState, Status
from models.turn import Turn
from models.understanding.frame import Intent
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World


async def line_at_the_reminder(make_world: MakeWorld, **changes: Any) -> tuple[World, Parent]:
    """A LINE parent's reminder is due in a moment."""
    world: World = await make_world("line", **changes)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await world.play_to(world.clock() + timedelta(days=2, hours=7, minutes=59))
    parent.looks()
    return world, parent


async def ends(world: World) -> list[tuple[Any, ...]]:
    return await world.rows("SELECT state, attempts FROM outbox WHERE kind = 'reminder'")


@pytest.mark.parametrize("trouble", [500, 503, 429, "lost"])
async def test_line_is_asked_again_with_the_same_key(
    make_world: MakeWorld, trouble: int | str
) -> None:
    world, parent = await line_at_the_reminder(make_world)
    world.line.trouble = [trouble, trouble]
    await world.play(minutes=5)
    parent.looks().sees("オンライン相談のお知らせ")
    assert world.pushes() == 1
    (state, attempts), *_ = await ends(world)
    assert state == "accepted"
    assert attempts >= 2


@pytest.mark.parametrize(
    ("trouble", "end", "alert"),
    # What LINE has answered with an error of its own may have been accepted all the same.
    [
        (429, "expired", AlertKind.REMINDER_NOT_DELIVERED),
        (500, "uncertain", AlertKind.REMINDER_UNCERTAIN),
    ],
)
async def test_line_gets_no_try_after_the_reminder_is_useless(
    make_world: MakeWorld, trouble: int, end: str, alert: AlertKind
) -> None:
    world, _ = await line_at_the_reminder(make_world)
    world.line.trouble = [trouble] * 10_000
    await world.play(hours=17)
    assert (await ends(world))[0][0] == end
    assert alert in await world.alerts()
    assert world.pushes() == 0


async def test_a_lost_reply_is_not_sent_twice(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    world.line.trouble = ["lost"]
    await parent.follows()
    await world.play(seconds=20)
    assert len([each for each in world.line.ledger if each.how == "reply"]) == 1
    assert world.pushes() == 0
    rows = await world.rows("SELECT state FROM outbox")
    assert rows == [("accepted",)]


async def test_a_stale_reply_token_becomes_a_push(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    person = world.line.person()
    person.follows = True
    event = world.line.event(person.user_id, "follow", follow={"isUnblocked": False})
    await world.line.deliver([event])
    world.clock.turn_to(world.clock() + timedelta(minutes=5))
    await world.app.sender.drain()
    assert [each.how for each in world.line.ledger] == ["push"]


async def test_an_unheard_reply_with_a_stale_token_is_uncertain(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    request = Request("U1", "[]", "token", world.clock() - timedelta(1), "key", first_try=False)
    with pytest.raises(Uncertain):
        await world.app.core.channels["line"].send(request, world.clock())


async def test_a_revoked_token_is_told_to_staff(make_world: MakeWorld) -> None:
    world, parent = await line_at_the_reminder(make_world)
    token, world.line.token = world.line.token, "another"
    await world.play(minutes=5)
    assert AlertKind.TOKEN_REFUSED in await world.alerts()
    world.line.token = token
    await world.play(minutes=10)
    parent.looks().sees("オンライン相談のお知らせ")
    assert world.pushes() == 1


async def test_telegram_is_never_sent_what_may_have_arrived(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    world.telegram.trouble = ["lost"]
    await world.play(days=2, hours=8)
    await world.play(hours=1)
    assert [seen.text.count("オンライン相談のお知らせ") for seen in parent.looks().seen] == [1]
    assert (await ends(world))[0][0] == "uncertain"
    assert AlertKind.REMINDER_UNCERTAIN in await world.alerts()


async def test_telegram_says_when_to_come_back(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    world.telegram.trouble = [429, 429]
    await world.play(days=2, hours=9)
    parent.looks().sees("オンライン相談のお知らせ")
    assert (await ends(world)) == [("accepted", 3)]


async def test_telegram_blocked_without_a_word(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    parent.telegram.blocked = True
    await world.play(days=2, hours=9)
    assert (await ends(world))[0][0] == "unreachable"
    assert AlertKind.REMINDER_NOT_DELIVERED in await world.alerts()
    assert (await world.rows("SELECT unreachable_at FROM contacts"))[0][0] is not None


async def test_messages_of_one_answer_arrive_in_order(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    world.telegram.trouble = [429]
    await parent.follows()
    await world.play(seconds=30)
    parent.looks()
    first, second = parent.ever_seen
    assert "無料" in first.text
    assert "あらまし" in second.text


async def test_a_claim_that_is_lost_writes_nothing(make_world: MakeWorld) -> None:
    """A worker that was stopped past its lease comes back with an old fence."""
    world, _ = await line_at_the_reminder(make_world)
    world.clock.turn_to(world.clock() + timedelta(minutes=1))
    await world.app.jobs.sweep()
    lease = timedelta(seconds=60)

    async def claim() -> Outgoing:
        rows = await world.store(lambda store: store.outbox.claim(world.clock(), lease, 10, 10))
        ((row, _),) = rows
        assert isinstance(row, Outgoing)
        return row

    stale = await claim()
    assert await world.store(lambda s: s.outbox.claim(world.clock(), lease, 10, 10)) == []
    world.clock.turn_to(world.clock() + lease)
    fresh = await claim()
    assert fresh.retry_key == stale.retry_key
    now = world.clock()
    assert not await world.store(lambda s: s.outbox.end(stale, SendState.REFUSED, now))
    later: dict[str, Any] = {"unknown": False, "token": None}
    assert not await world.store(lambda s: s.outbox.try_later(stale, now, "x", **later))
    assert await world.store(lambda s: s.outbox.end(fresh, SendState.ACCEPTED, now))


async def with_news_and_an_answer(make_world: MakeWorld) -> World:
    """Much news waits, and behind it an answer."""
    world: World = await make_world("line")
    parent = world.parent()
    await parent.follows()

    def fill(store: Store) -> None:
        contact, now = store.contacts.find("line", parent.person), world.clock()
        assert contact is not None
        for number in range(20):
            letter = Letter(
                contact, LetterKind.NEWS, None, now + timedelta(hours=1), subject=str(number)
            )
            store.outbox.notify(letter, "[]", now)
        store.outbox.answer(
            contact, ["[]"], now, reply_token=None, reply_until=None, to=contact.person
        )

    await world.store(fill)
    return world


async def test_answers_go_before_news(make_world: MakeWorld) -> None:
    """Whoever waits for an answer is not kept waiting by a reminder hour."""
    world = await with_news_and_an_answer(make_world)
    claimed = await world.app.sender._claim(3)
    assert [(row.kind, row.subject) for row, _ in claimed] == [
        (LetterKind.ANSWER, ""),
        (LetterKind.NEWS, "0"),
        (LetterKind.NEWS, "1"),
    ]


async def test_news_goes_out_slowly_while_people_are_being_answered(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await with_news_and_an_answer(make_world)
    with monkeypatch.context() as patch:
        patch.setattr(world.app.turns, "_under_way", 1)
        claimed = await world.app.sender._claim(50)
        assert [row.subject for row, _ in claimed] == ["", *map(str, range(4))]
    assert len(await world.app.sender._claim(50)) == 16


async def test_a_telegram_claim_that_died_is_uncertain(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await world.sleep_until(world.clock() + timedelta(days=2, hours=9))
    await world.app.jobs.sweep()
    lease = timedelta(seconds=60)
    await world.store(lambda store: store.outbox.claim(world.clock(), lease, 10, 10))
    await world.play(minutes=2)  # the worker that claimed it is gone
    assert (await ends(world))[0][0] == "uncertain"
    parent.looks().sees_nothing()


async def test_a_step_that_fails_apologises_and_can_be_run_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(turn: Turn, store: Store) -> list[Message]:
        store.contacts.set_language(turn.contact.id, "en")
        raise RuntimeError("a secret that somebody wrote")

    parent = world.parent()
    await parent.follows()
    with monkeypatch.context() as patch:
        patch.setitem(router.VERBS, "help/1", broken)
        await parent.taps_data("help/1")
        parent.sees("申し訳ありません", "082-542-8609")
        assert await world.alerts() == [AlertKind.EVENT_FAILED]
        assert await world.rows("SELECT language FROM contacts") == [("ja",)]
        assert await world.app.turns.retry_failed() == (0, 1)
    assert await world.app.turns.retry_failed() == (1, 0)
    await world.app.sender.drain()
    parent.looks().sees("できること")
    assert await world.app.turns.retry_failed() == (0, 0)


async def test_a_step_that_fails_is_contact_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(turn: Turn, store: Store) -> list[Message]:
        raise RuntimeError("broken")

    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at)
    with monkeypatch.context() as patch:
        patch.setitem(router.WORDS, Intent.LATE, broken)
        await parent.says("子どもが熱を出して遅れます")
    parent.sees("申し訳ありません")
    assert await world.app.turns.retry_failed() == (1, 0)
    assert AlertKind.RUNNING_LATE in await world.alerts()
    await world.play(minutes=11)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_reminder_that_still_waits_is_dropped_with_its_booking(
    make_world: MakeWorld,
) -> None:
    world, parent = await line_at_the_reminder(make_world)
    world.line.trouble = [429] * 3
    await world.play(minutes=1, seconds=1)
    world.line.trouble = []
    assert (await ends(world))[0][0] == "waiting"
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play(hours=2)
    assert (await ends(world))[0][0] == "expired"
    assert world.pushes() == 0


async def test_what_is_under_way_when_its_booking_changes_is_neither_lost_nor_repeated(
    make_world: MakeWorld,
) -> None:
    """It may have been accepted: staff see that, and no second try speaks of the old date."""
    world, parent = await line_at_the_reminder(make_world)
    world.line.trouble = ["lost"]
    world.clock.turn_to(world.clock() + timedelta(minutes=1))
    await world.sweep()
    assert (await ends(world))[0] == ("waiting", 1)
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play(hours=1)
    assert (await ends(world))[0] == ("uncertain", 2)
    assert AlertKind.REMINDER_UNCERTAIN in await world.alerts()
    assert world.pushes() == 1


def test_a_connection_that_was_never_made_has_sent_nothing() -> None:
    assert not _unheard(aiohttp.ConnectionTimeoutError()).unknown
    assert _unheard(TimeoutError()).unknown


async def test_nor_has_one_to_telegram(unused_tcp_port: int) -> None:
    """It is tried again, while a timeout leaves it uncertain."""
    channel = TelegramChannel("1:token", f"http://127.0.0.1:{unused_tcp_port}", None)
    request = Request("1", '{"text": "x"}', None, None, "key", first_try=True)
    with pytest.raises(RetryLater) as caught:
        await channel.send(request, datetime.now(UTC))
    assert not caught.value.unknown
    await channel.close()
