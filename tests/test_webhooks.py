"""What comes in: signatures, hostile bodies, duplicates, and acts that are no conversation."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from bot.channels.base import Unreadable
from bot.channels.line.channel import LineChannel
from models.tables import Status
from tests.conftest import MONDAY, MakeWorld
from tests.world import World


async def test_a_forged_or_missing_signature_leaves_no_trace(make_world: MakeWorld) -> None:
    world: World = await make_world()
    person = world.line.person()
    event = world.line.event(person.user_id, "follow", follow={"isUnblocked": False})
    for signature in ("", "forged", base64.b64encode(b"x" * 32).decode()):
        assert await world.line.deliver([event], signature=signature) == 401
    answer = await world.web.post("/webhooks/line", content=b"{}")
    assert answer.status_code == 401
    assert await world.telegram.deliver({"message": {}}, secret="wrong") == 401
    assert (await world.web.post("/webhooks/telegram", content=b"{}")).status_code == 401
    for table in ("contacts", "inbox", "outbox", "alerts", "access_records"):
        assert await world.rows(f"SELECT * FROM {table}") == []
    counted = (await world.web.get("/metrics")).text
    assert 'madoguchi_webhooks_refused_total{channel="line",why="not signed"}' in counted


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b'{"events": [', 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"events": {}}', 400),
        (b"\xff\xfe", 400),
        (b'{"events":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
        (b'{"events": [], "x": "' + b"x" * 2_000_000 + b'"}', 413),
        (b'{"destination": "U0", "events": []}', 200),
    ],
)
async def test_hostile_bodies(make_world: MakeWorld, body: bytes, status: int) -> None:
    world: World = await make_world()
    assert await world.line.deliver_raw(body) == status


async def test_hostile_bodies_on_telegram(make_world: MakeWorld) -> None:
    world: World = await make_world()
    for body in (b"", b"{", b"[1]", b'{"message": {}}', b'{"a":' * 50_000):
        assert await world.telegram.deliver_raw(body) == 400
    assert await world.telegram.deliver_raw(b" " * 2_000_001) == 413


async def test_compressed_bodies_are_refused(make_world: MakeWorld) -> None:
    world: World = await make_world()
    for name in ("line", "telegram"):
        answer = await world.web.post(
            f"/webhooks/{name}", content=b"x", headers={"Content-Encoding": "gzip"}
        )
        assert answer.status_code == 400


async def test_one_bad_event_spoils_no_other(make_world: MakeWorld) -> None:
    world: World = await make_world()
    first, second = world.parent(), world.parent()
    good = [
        world.line.event(each.person, "follow", follow={"isUnblocked": False})
        for each in (first, second)
    ]
    first.line.follows = second.line.follows = True
    nested: Any = "x"
    for _ in range(200):
        nested = {"a": nested}
    bad: list[Any] = [
        "not an event",
        None,
        {},
        {"type": "message"},
        {**good[0], "webhookEventId": None},
        {**good[0], "webhookEventId": "x" * 65},
        {**good[0], "webhookEventId": "\ud800"},
        {**good[0], "webhookEventId": "T1", "timestamp": "soon"},
        {**good[0], "webhookEventId": "T2", "timestamp": 10**30},
        {**good[0], "webhookEventId": "T3", "source": {"type": "user", "userId": 7 * [1]}},
        {**good[0], "webhookEventId": "T4", "type": "message", "message": {"type": "text"}},
        {**good[0], "webhookEventId": "T5", "type": "postback", "postback": {"data": 5}},
        {**good[0], "webhookEventId": "T6", "type": "postback", "postback": nested},
    ]
    assert await world.line.deliver([good[0], *bad, good[1]]) == 200
    await world.app.sender.drain()
    first.looks().sees("利用規約のあらまし")
    second.looks().sees("利用規約のあらまし")


async def test_unknown_things_are_passed_over_in_silence(make_world: MakeWorld) -> None:
    world: World = await make_world()
    person = world.parent().person
    event = world.line.event(person, "membership", answerable=False)
    in_group = world.line.event(person, "message", message={"type": "text", "id": "1", "text": "x"})
    in_group["source"] = {"type": "group", "groupId": "C1", "userId": person}
    nobody = {**event, "webhookEventId": "N1"}
    del nobody["source"]
    assert await world.line.deliver([event, in_group, nobody]) == 200
    assert await world.telegram.deliver({"poll": {"id": "1"}}) in (200, 400)
    group = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": -5, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": False, "first_name": "P"},
        "text": "予約",
    }
    assert await world.telegram.deliver({"message": group}) == 200
    assert await world.telegram.deliver({"edited_message": group}) == 200
    assert await world.rows("SELECT * FROM outbox") == []


async def test_the_same_event_is_taken_once(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.taps("12/1")
    await parent.taps("10:00")
    data = parent.button("この内容で予約する").data
    assert data is not None
    if world.channel == "line":
        event = world.line.event(parent.person, "postback", postback={"data": data})
        again = {**event, "deliveryContext": {"isRedelivery": True}}
        for each in ([event], [again, again], [event]):
            assert await world.line.deliver(each) == 200
    else:
        for _ in range(4):
            world.telegram._next_update = 777
            assert await world.telegram.tap(parent.telegram, data) == 200
    await world.app.sender.drain()
    assert len(parent.looks().seen) == 1
    assert len(await world.bookings()) == 1


async def test_what_was_taken_back_is_scrubbed(make_world: MakeWorld) -> None:
    world: World = await make_world()
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at)
    await parent.says("うちの住所は秘密です")
    kept = "SELECT count(*) FROM inbox WHERE body IS NOT NULL"
    assert await world.rows(kept) == [(1,)]
    (message_id,) = (await world.rows("SELECT message_id FROM inbox WHERE body IS NOT NULL"))[0]
    unsend = world.line.event(
        parent.person, "unsend", answerable=False, unsend={"messageId": message_id}
    )
    assert await world.line.deliver([unsend]) == 200
    assert await world.rows(kept) == [(0,)]


async def test_what_was_taken_back_before_it_came_is_not_kept(make_world: MakeWorld) -> None:
    """LINE promises no order."""
    world: World = await make_world()
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at)
    said = {"type": "text", "id": "4711", "text": "うちの住所は秘密です"}
    message = world.line.event(parent.person, "message", message=said)
    unsend = world.line.event(
        parent.person, "unsend", answerable=False, unsend={"messageId": "4711"}
    )
    assert await world.line.deliver([unsend, message]) == 200
    assert await world.rows("SELECT count(*) FROM inbox WHERE body IS NOT NULL") == [(0,)]
    await world.play(minutes=11)
    assert (await world.booking()).status == Status.UNDECIDED  # it was contact all the same


async def test_what_is_written_at_other_times_is_not_kept(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("うちの住所は秘密です")
    assert await world.rows("SELECT count(*) FROM inbox WHERE body IS NOT NULL") == [(0,)]


async def test_every_press_of_a_telegram_button_is_answered(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する")
    await parent.taps_data("nonsense")
    assert len(world.telegram.answered_callbacks) == 2


async def test_telegram_messages_are_edited_in_place(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    before = len(parent.telegram.chat)
    days = next(item for item in reversed(parent.telegram.chat) if item["from"] == "office")
    data = next(b["callback_data"] for row in days["buttons"] for b in row if "12/2" in b["text"])
    await world.telegram.tap(parent.telegram, data, days["id"])
    await world.app.sender.drain()
    assert len(parent.telegram.chat) == before
    assert "12月2日" in days["text"]
    await world.telegram.tap(parent.telegram, data, days["id"])  # nothing to change: no error
    await world.telegram.tap(parent.telegram, data, 999_999)  # gone: sent anew
    await world.app.sender.drain()
    assert len(parent.telegram.chat) == before + 1
    assert await world.alerts() == []


def test_the_line_reader_refuses_what_is_not_lines() -> None:
    channel = LineChannel("secret", "token", "https://api.line.me")
    body = json.dumps({"events": [{"type": "follow"}]}).encode()
    events, unreadable = channel.read(body, MONDAY)
    assert events == []
    assert [each.person for each in unreadable] == [None]
    assert channel.read(body, MONDAY)[1][0].id == unreadable[0].id  # known again
    with pytest.raises(Unreadable):
        channel.read(b'{"events": 1}', MONDAY)
    signature = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    assert channel.is_signed(body, {"x-line-signature": signature})
    assert not channel.is_signed(body + b" ", {"x-line-signature": signature})
    assert not channel.is_signed(body, {})
    assert not channel.is_signed(body, {"x-line-signature": "é\ud800"})


async def test_whoever_sends_too_much_is_asked_to_wait_once(world: World) -> None:
    parent, other = world.parent(), world.parent()
    booking = await other.has_booked()
    await parent.follows()
    for _ in range(125):
        await parent.taps_data("help/1")
    told = [each.text for each in parent.ever_seen if "少しお待ちください" in each.text]
    assert len(told) == 1
    assert "082-542-8609" in told[0]
    parent.sees_nothing()
    await other.says("ヘルプ")
    other.sees("予約")  # nobody else waits
    await world.play_to(booking.starts_at)
    for _ in range(125):
        await other.taps_data("help/1")
    signs = await world.rows("SELECT how FROM attendance_signs")
    assert signs == [("contact",)]
