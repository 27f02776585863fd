"""Nobody is judged unheard: a deemed cancellation needs a proof that every way in was open
(art. 6(6))."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.polling import Poller
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_end_of_grace, at_the_start, before_the_window
from tests.world import World


async def test_whom_every_way_in_was_open_is_judged_at_the_deadline(world: World) -> None:
    _, booking = await before_the_window(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    ways = {way for (way,) in await world.rows("SELECT DISTINCT way FROM watches WHERE works")}
    assert ways == {"sweep", "pages", "line", "telegram"}


async def test_nothing_is_asked_of_platforms_without_a_consultation(world: World) -> None:
    await before_the_window(world)
    assert await world.rows("SELECT way FROM watches WHERE way <> 'sweep'") == []


async def test_a_rotated_secret_makes_nobody_absent(make_world: MakeWorld) -> None:
    """LINE's own test says that we answer 401: staff know within two minutes, by Telegram too."""
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await before_the_window(world)
    world.line.secret = "rotated"
    await world.play_to(booking.starts_at - timedelta(minutes=15))
    admin.looks().sees("利用者の連絡が届いていません", "LINE", "401")
    ready = await world.web.get("/readyz")
    assert ready.status_code == 503
    assert "line does not hear" in ready.text
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    admin.looks().sees("連絡を受け取れない時間", "LINE")


async def test_a_way_that_works_again_is_no_more_on_the_list(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await before_the_window(world)
    right, world.line.secret = world.line.secret, "rotated"
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    world.line.secret = right
    await world.play(minutes=3)
    assert (await world.web.get("/readyz")).status_code == 200
    await admin.says("/needs")
    admin.sees_no("利用者の連絡が届いていません")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED  # for a time it was deaf


@pytest.mark.parametrize("what", ["waits", "failed"])
async def test_what_telegram_could_not_bring_makes_nobody_absent(
    make_world: MakeWorld, what: str
) -> None:
    world: World = await make_world("telegram")
    parent, booking = await before_the_window(world)
    await world.play_to(booking.starts_at)
    if what == "waits":
        press = world.telegram.pressed(parent.telegram, "menu/1")
        world.telegram._waiting.append(world.telegram.numbered(press))
    else:
        world.telegram.last_error = int(world.clock().timestamp())
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_an_error_before_the_window_is_none_of_its_business(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    _, booking = await before_the_window(world)
    world.telegram.last_error = int(world.clock().timestamp())
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("channel", "elsewhere", "status"),
    [
        ("line", False, Status.DEEMED_CANCELLED),  # LINE reaches us under the same address
        ("line", True, Status.UNDECIDED),
        ("telegram", False, Status.DEEMED_CANCELLED),
    ],
)
async def test_pages_that_cannot_be_reached_from_inside(
    make_world: MakeWorld, channel: str, elsewhere: bool, status: Status
) -> None:
    world: World = await make_world(channel)
    _, booking = await before_the_window(world)
    world.reached.web = None
    if elsewhere:
        world.line.told_webhook_url = "https://another.test/webhooks/line"
    assert await at_the_end_of_grace(world, booking) == status


async def test_line_that_calls_another_address_proves_nothing(make_world: MakeWorld) -> None:
    """Its test may well succeed there."""
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await before_the_window(world)
    world.line.told_webhook_url = "https://old.test/webhooks/line"
    await world.play_to(booking.starts_at - timedelta(minutes=15))
    admin.looks().sees("利用者の連絡が届いていません", "LINE")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_the_same_address_in_another_spelling_is_ours(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    _, booking = await before_the_window(world)
    world.line.told_webhook_url = "https://Counter.test:443/webhooks/line"
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("minutes", "status"), [(1, Status.DEEMED_CANCELLED), (5, Status.UNDECIDED)]
)
async def test_a_platform_that_says_nothing_is_no_fault_but_no_proof(
    make_world: MakeWorld, minutes: int, status: Status
) -> None:
    world: World = await make_world("line")
    _, booking = await before_the_window(world)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    world.reached.web, reached = None, world.reached.web
    world.telegram.webhook_url = "https://elsewhere.test/webhooks/telegram"
    token, world.line.token = world.line.token, "another"
    await world.play(minutes=minutes)
    world.reached.web, world.line.token = reached, token
    assert await at_the_end_of_grace(world, booking) == status


async def test_a_locked_database_makes_nobody_absent(
    make_world: MakeWorld, sqlite_url: str
) -> None:
    """The join and the word of that moment get 503."""
    world: World = await make_world("line", url=sqlite_url)
    parent, booking = await before_the_window(world)
    await world.play_to(booking.starts_at + timedelta(minutes=5))
    link = world.app.core.links.join(booking)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await world.web.post(link)).status_code == 503
        said = {"type": "text", "id": "1", "text": "遅れます"}
        event = world.line.event(parent.person, "message", message=said)
        assert await world.line.deliver([event]) == 503
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    (reason,) = await world.rows("SELECT detail FROM alerts WHERE kind = 'decide_unheard'")
    assert "database" in reason[0]


async def test_a_join_counts_from_when_it_arrived(make_world: MakeWorld, sqlite_url: str) -> None:
    """The database is busy over the deadline."""
    world: World = await make_world("line", url=sqlite_url)
    _, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE - timedelta(seconds=2.5))
    link = world.app.core.links.join(booking)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        pressing = asyncio.create_task(world.web.post(link))
        await asyncio.sleep(0.2)
        world.clock.turn_to(booking.starts_at + GRACE + timedelta(seconds=2))
        other.rollback()
    assert (await pressing).status_code == 303
    await world.sweep()
    assert (await world.booking()).status == Status.JOINED


async def test_who_could_not_be_taken_is_not_judged_and_others_are(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger whose message breaks something makes nobody else unheard."""
    world: World = await make_world("line", counselors=2)
    one, other = world.parent(), world.parent()
    booking = await one.has_booked(time="^10:00")
    others = await other.has_booked(time="^10:00")
    assert others.starts_at == booking.starts_at
    await world.play_to(booking.starts_at)
    monkeypatch.setattr(world.app.turns, "handle", _breaks)
    event = world.line.event(one.person, "postback", postback={"data": "menu/1"})
    assert await world.line.deliver([event]) == 500
    monkeypatch.undo()
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert await at_the_end_of_grace(world, others) == Status.DEEMED_CANCELLED


async def _breaks(*_: object) -> None:
    raise RuntimeError("broken")


async def test_unsigned_webhooks_make_nobody_undecided(world: World) -> None:
    _, booking = await before_the_window(world)
    await world.play_to(booking.starts_at)
    for _ in range(50):
        await world.line.deliver_raw(b"{}", signature="forged")
        await world.web.post("/webhooks/telegram", content=b"{}")
        await world.web.get(f"/join/{secrets.token_urlsafe(16)}")
        await world.web.post("/webhooks/line", content=b"x" * 2_100_000)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_strangers_keep_nobody_out(world: World) -> None:
    """Made-up links from an address, then the good one from behind the same address."""
    _, booking = await at_the_start(world)
    for number in range(80):
        answer = await world.web.post(f"/join/{secrets.token_urlsafe(22)[:30]}")
        assert answer.status_code == (404 if number < 60 else 429)
    assert (await world.web.post(world.app.core.links.join(booking))).status_code == 303
    assert (await world.booking()).status == Status.JOINED


# Telegram


async def test_a_press_on_telegram_may_have_been_in_time(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.clock.turn_to(world.clock() + timedelta(seconds=100))
    await parent.taps_data(f"here/1:{booking.id}")
    parent.sees("いらしたことを窓口に伝えました")
    assert (await world.booking()).status == Status.JOINED


async def test_an_edited_message_is_heard(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent, booking = await before_the_window(world)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    said = world.telegram.said(parent.telegram, "おはようございます")["message"]
    edited = {**said, "text": "遅れます", "edit_date": int(world.clock().timestamp())}
    assert await world.telegram.deliver({"edited_message": edited}) == 200
    await world.app.sender.drain()
    parent.looks().sees("予約はそのまま残り")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_where_somebody_walks_is_answered_once(make_world: MakeWorld) -> None:
    """A live location comes again and again, as an edited message."""
    world: World = await make_world("telegram")
    parent, _ = await before_the_window(world)
    await parent.sends("location")
    said = world.telegram.said(parent.telegram, "")["message"]
    walks = {**said, "location": {"latitude": 1.0, "longitude": 2.0}, "edit_date": said["date"]}
    del walks["text"]
    before = len(parent.looks().ever_seen)
    for _ in range(3):
        assert await world.telegram.deliver({"edited_message": walks}) == 200
    await world.app.sender.drain()
    assert len(parent.looks().ever_seen) == before


async def test_a_signed_message_that_is_no_message_is_a_fault(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    _, booking = await before_the_window(world)
    await world.play_to(booking.starts_at)
    body = b'{"events": 1}'
    signature = base64.b64encode(
        hmac.new(world.line.secret.encode(), body, hashlib.sha256).digest()
    ).decode()
    answer = await world.web.post(
        "/webhooks/line", content=body, headers={"X-Line-Signature": signature}
    )
    assert answer.status_code == 400
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_an_update_that_cannot_be_read_holds_up_no_other(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    world.telegram.webhook_url = ""
    telegram = world.app.core.channels["telegram"]
    assert isinstance(telegram, TelegramChannel)
    poller = Poller(telegram, telegram.api, world.app.web, world.clock)
    parent = world.parent()
    broken: dict[str, Any] = {"message": {"from": {"id": parent.telegram.user_id}, "chat": 7}}
    world.telegram._waiting.append(world.telegram.numbered(broken))
    await world.telegram.say(parent.telegram, "/start")
    assert await poller.poll_once(0) == 2
    assert await poller.poll_once(0) == 0
    await world.app.sender.drain()
    parent.looks().sees("あらまし")
    assert AlertKind.EVENT_FAILED in await world.alerts()
    (kept,) = await world.rows("SELECT body FROM inbox WHERE failed")
    assert kept[0]
