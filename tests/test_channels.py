"""What every channel keeps, and a first booking by one that the product does not know."""

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio

from bot.app import App
from bot.channels.base import Channel, Request, RetryLater, Unreadable
from bot.channels.line.channel import LineChannel
from bot.channels.registry import CHANNELS
from bot.channels.telegram.channel import TelegramChannel
from bot.sandbox.clock import TurnableClock
from bot.sandbox.playing import play_to
from bot.settings import Settings
from models.chat import Did, Message, button, column
from models.letter_kind import LetterKind
from models.office import Office
from models.store import Store
from models.tables import Status
from models.vault import new_data_key
from tests.conftest import MEETING_URL, MONDAY, PUBLIC_URL, TERMS, Reached, _furnish
from tests.talk import DETAILS
from tests.toy_channel import Delivered, ToyChannel

_NOWHERE = "http://127.0.0.1:9"


class Wire(NamedTuple):
    """A channel, and how its platform writes webhooks: `body` of an act ("say", "tap"), a text and
    a number that tells acts apart."""

    channel: Channel
    body: Callable[[str, str, int], bytes]
    headers: Callable[[bytes], dict[str, str]]
    broken: bytes


def _line() -> Wire:
    def body(did: str, text: str, number: int) -> bytes:
        act: dict[str, Any] = {
            "say": {"type": "message", "message": {"id": "1", "type": "text", "text": text}},
            "tap": {"type": "postback", "postback": {"data": text}},
        }[did]
        common = {"timestamp": MONDAY.timestamp() * 1000, "webhookEventId": f"E{number}"}
        source = {"source": {"type": "user", "userId": "7"}}
        return json.dumps({"events": [{**act, **common, **source}]}).encode()

    def headers(body: bytes) -> dict[str, str]:
        digest = hmac.new(b"secret", body, hashlib.sha256).digest()
        return {"x-line-signature": base64.b64encode(digest).decode()}

    channel = LineChannel("secret", "token", _NOWHERE)
    return Wire(channel, body, headers, b'{"events": [{"type": "message"}]}')


def _telegram() -> Wire:
    def body(did: str, text: str, number: int) -> bytes:
        chat = {"id": 7, "type": "private"}
        person = {"id": 7, "is_bot": False, "first_name": "A"}
        message: dict[str, Any] = {"message_id": 1, "date": int(MONDAY.timestamp()), "chat": chat}
        if did == "say":
            act: dict[str, Any] = {"message": message | {"from": person, "text": text}}
        else:
            pressed = {"id": "1", "from": person, "chat_instance": "1", "data": text}
            act = {"callback_query": pressed | {"message": message}}
        return json.dumps({"update_id": number, **act}).encode()

    channel = TelegramChannel("1:token", _NOWHERE, "secret")
    return Wire(
        channel,
        body,
        lambda _: {"x-telegram-bot-api-secret-token": "secret"},
        b'{"update_id": 1, "message": {"from": {"id": 7}, "chat": 7}}',
    )


def _toy() -> Wire:
    def body(did: str, text: str, number: int) -> bytes:
        at = int(MONDAY.timestamp())
        item = {"id": f"E{number}", "person": "7", "did": did, "text": text, "at": at}
        return json.dumps([item]).encode()

    channel = ToyChannel("secret")
    return Wire(channel, body, channel.headers, b'[{"id": 1}]')


WIRES = {"line": _line, "telegram": _telegram, "toy": _toy}


@pytest_asyncio.fixture(params=WIRES, loop_scope="session")
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    made = WIRES[request.param]()
    yield made
    await made.channel.close()


def test_every_channel_is_among_these() -> None:
    assert {each.channel.name for each in CHANNELS} | {ToyChannel.name} == set(WIRES)


def test_only_the_platform_itself_is_believed(wire: Wire) -> None:
    body = wire.body("say", "予約", 1)
    assert wire.channel.is_signed(body, wire.headers(body))
    assert not wire.channel.is_signed(body, {})
    assert not wire.channel.is_signed(body, dict.fromkeys(wire.headers(body), "x"))


@pytest.mark.parametrize(("did", "expected"), [("say", Did.SAID), ("tap", Did.TAPPED)])
def test_an_act_is_read(wire: Wire, did: str, expected: Did) -> None:
    (event,), unreadable = wire.channel.read(wire.body(did, "book/1", 1), MONDAY)
    assert (event.did, event.text, event.person) == (expected, "book/1", "7")
    assert event.channel == wire.channel.name
    assert event.acted_at <= MONDAY
    assert unreadable == []


def test_the_same_act_has_the_same_number(wire: Wire) -> None:
    numbers = [wire.channel.read(wire.body("say", "x", n), MONDAY)[0][0].id for n in (1, 1, 2)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_what_cannot_be_read_is_kept(wire: Wire) -> None:
    events, (kept,) = wire.channel.read(wire.broken, MONDAY)
    assert events == []
    assert (kept.channel, kept.did) == (wire.channel.name, Did.NOTHING_OF_OURS)
    for nonsense in (b"", b"\xff", b"3", b'"x"'):
        with pytest.raises(Unreadable):
            wire.channel.read(nonsense, MONDAY)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_nothing_of_a_message_is_lost(wire: Wire, kind: LetterKind) -> None:
    """Words, facts and every button, whatever it is sent for."""
    ways = column(button("予約する", "book/1"), button("一覧", "mine/1"))
    message = Message(title="題", text="本文", facts=(("日時", "10:00"),), groups=(ways,))
    (event,), _ = wire.channel.read(wire.body("say", "x", 1), MONDAY)
    asked = event if kind is LetterKind.ANSWER else None
    sent = "".join(wire.channel.render([message], asked, kind))
    words = json.dumps(json.loads(sent), ensure_ascii=False)
    for part in ("題", "本文", "日時", "10:00", "予約する", "book/1", "一覧", "mine/1"):
        assert part in words


async def test_a_platform_that_is_away_breaks_nothing(wire: Wire) -> None:
    channel = wire.channel
    if isinstance(channel, ToyChannel):
        return  # it lives in memory, and is never away
    (event,), _ = channel.read(wire.body("say", "x", 1), MONDAY)
    await channel.working(event)
    await channel.language_of(event)
    assert not (await channel.prove(f"{PUBLIC_URL}/webhooks/{channel.name}")).works
    assert await channel.pushes_left() is None
    assert await channel.address_with("x") is None
    assert await channel.webhook_address() is None
    (fault,) = await channel.check(f"{PUBLIC_URL}/webhooks/{channel.name}", lambda _: None)
    assert channel.title in fault
    (payload,) = channel.render([Message(text="x")], None, LetterKind.NEWS)
    with pytest.raises(RetryLater):
        await channel.send(Request("7", payload, None, None, "key", first_try=True), MONDAY)


class Phone:
    """Somebody on the toy platform."""

    def __init__(self, channel: ToyChannel, web: httpx.AsyncClient, app: App) -> None:
        self._channel, self._web, self._app = channel, web, app
        self._numbers = itertools.count(1)
        self._looked = 0

    async def does(self, did: str, text: str = "") -> None:
        """Act; the answer is there when this returns."""
        at = int(self._app.core.clock().timestamp())
        number = f"E{next(self._numbers)}"
        item = {"id": number, "person": "mai", "did": did, "text": text, "at": at}
        body = json.dumps([item]).encode()
        headers = self._channel.headers(body)
        answer = await self._web.post("/webhooks/toy", content=body, headers=headers)
        assert answer.status_code == 200
        await self._app.sender.drain()

    async def taps(self, label: str) -> None:
        await self.does("tap", self.button(label))

    def looks(self) -> list[Delivered]:
        """What has arrived since the last look."""
        every = self._channel.delivered.get("mai", [])
        new, self._looked = every[self._looked :], len(every)
        return new

    def button(self, label: str) -> str:
        """What the newest button with such a label carries."""
        for message in reversed(self._channel.delivered["mai"]):
            for shown, carried in message.buttons.items():
                if re.search(label, shown):
                    return carried
        raise AssertionError(label)


async def _fill_form(web: httpx.AsyncClient, url: str) -> None:
    page = await web.get(url)
    (csrf,) = re.findall(r'name="csrf" value="([^"]+)"', page.text)
    assert (await web.post(url, data={**DETAILS, "csrf": csrf})).status_code == 200


async def test_a_first_booking_by_a_channel_that_nobody_knows(
    database_url: str, office: Office
) -> None:
    """Its folder and a line in the registry are all that a channel takes."""
    channel, clock, reached = ToyChannel("secret"), TurnableClock(frozen=MONDAY), Reached()
    settings = Settings(database_url=database_url, data_key=new_data_key(), public_url=PUBLIC_URL)
    app = App(settings, office, [channel], clock, fetch=reached.fetch)
    transport = httpx.ASGITransport(app=app.web.app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as web:
        reached.web = web
        await app.core.database.run(
            lambda tx: _furnish(Store(tx, office, app.core.vault), TERMS, 1, MEETING_URL)
        )
        await app.jobs.sweep()
        phone = Phone(channel, web, app)
        await phone.does("follow")
        for label in ("同意する", "すべて当てはまる", "すべて大丈夫"):
            await phone.taps(label)
        await _fill_form(web, phone.button("入力ページ"))
        for label in ("次へ", "職業相談", "空き", r"^\d+:\d\d$", "この内容で予約する"):
            await phone.taps(label)
        assert any("予約番号" in each.text for each in phone.looks())
        booking = await app.core.database.run(
            lambda tx: Store(tx, office, app.core.vault).bookings.by_id(1)
        )
        assert booking is not None
        assert booking.status is Status.BOOKED
        await play_to(app, clock, booking.starts_at - timedelta(hours=1))
        reminders = [each for each in phone.looks() if each.template == "booking_reminder_v1"]
        assert len(reminders) == 1
        await play_to(app, clock, booking.starts_at)
        joined = await web.post(phone.button("相談に入る"))
        assert joined.headers["location"] == MEETING_URL
    await app.close()
