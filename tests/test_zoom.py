"""Zoom as a video service: its API and webhooks, against Zoom on loopback."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.sandbox.clock import TurnableClock
from bot.sandbox.zoom_server import ZoomServer
from bot.video.base import Forged, NotReachable, TooMuch
from bot.video.zoom.api import ZoomApi
from bot.video.zoom.service import Zoom
from bot.video.zoom.webhook import check_signature, sighting, validation
from models.rules.rooms import Place
from models.sighting import Seen
from tests.platforms import Platforms

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HOST = "sato@office.example"
REFERENCE, PLACE = "H7K3MN", Place(HOST, START, timedelta(minutes=30))


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock(frozen=START - timedelta(days=1))


@pytest.fixture
def server(clock: TurnableClock) -> ZoomServer:
    made = ZoomServer(clock, httpx.AsyncClient(trust_env=False))
    made.user(HOST)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def zoom(
    server: ZoomServer, clock: TurnableClock, platforms: Platforms
) -> AsyncIterator[Zoom]:
    base = platforms.serve(server.routes)
    secret = SecretStr(server.client_secret)
    api = ZoomApi(server.account, server.client_id, secret, base, base)
    made = Zoom(
        api, SecretStr(server.webhook_secret), ZoneInfo("Asia/Tokyo"), clock, waiting_room=True
    )
    yield made
    await made.close()


async def test_a_room_is_made_changed_and_deleted(server: ZoomServer, zoom: Zoom) -> None:
    room = await zoom.make(REFERENCE, PLACE)
    assert (room.reference, room.place) == (REFERENCE, PLACE)
    later = replace(PLACE, starts_at=START + timedelta(hours=2))
    await zoom.change(room.number, REFERENCE, later)
    assert [each.place for each in await zoom.rooms_of(HOST)] == [later]
    assert (await zoom.start_url(room.number)).startswith("https://zoom.us/s/")
    await zoom.delete(room.number)
    await zoom.delete(room.number)
    assert await zoom.find(room.number, HOST) is None


async def test_nobody_is_named_and_nothing_recorded(server: ZoomServer, zoom: Zoom) -> None:
    await zoom.make(REFERENCE, PLACE)
    (asked,) = [body for how, _, body in server.asked if how == "POST"]
    assert asked["topic"] == "H7K3MN"
    assert len(asked["password"]) == 10
    assert asked["settings"]["auto_recording"] == "none"
    assert not asked["settings"]["join_before_host"]
    assert not asked["settings"]["email_notification"]


async def test_a_token_that_ended_early_is_renewed_once(server: ZoomServer, zoom: Zoom) -> None:
    await zoom.make(REFERENCE, PLACE)
    server._tokens.clear()
    await zoom.make(REFERENCE, PLACE)
    server.out = "revoked"
    with pytest.raises(NotReachable):
        await zoom.make(REFERENCE, PLACE)


async def test_an_answer_that_is_lost_is_unknown(server: ZoomServer, zoom: Zoom) -> None:
    server.out = "lost"
    with pytest.raises(NotReachable) as caught:
        await zoom.make(REFERENCE, PLACE)
    assert caught.value.unknown
    server.out = ""
    assert [each.reference for each in await zoom.rooms_of(HOST)] == ["H7K3MN"]


async def test_limits_say_until_when(server: ZoomServer, zoom: Zoom, clock: TurnableClock) -> None:
    server.out = "busy"
    with pytest.raises(TooMuch) as caught:
        await zoom.make(REFERENCE, PLACE)
    assert caught.value.after == timedelta(seconds=5)
    server.out = ""
    for _ in range(100):
        await zoom.make(REFERENCE, PLACE)
    with pytest.raises(TooMuch) as caught:
        await zoom.make(REFERENCE, PLACE)
    # A little after midnight, for Zoom's clock may be behind ours.
    assert caught.value.after is not None
    assert clock() + caught.value.after == datetime(2026, 12, 1, 0, 2, tzinfo=UTC)


async def test_webhooks_tell_the_host_from_others(server: ZoomServer, zoom: Zoom) -> None:
    room = await zoom.make(REFERENCE, PLACE)
    number = int(room.number)
    person = await server.comes(number)
    await server.host_starts(number)
    await server.is_let_in(number, person)
    await server.leaves(number, person)
    await server.host_ends(number)
    told = [sighting(event) for event in server.told]
    assert [(each.seen, each.by_host) for each in told if each] == [
        (Seen.WAITING, False),
        (Seen.STARTED, True),
        (Seen.JOINED, True),
        (Seen.LEFT_WAITING, False),
        (Seen.JOINED, False),
        (Seen.LEFT, False),
        (Seen.ENDED, True),
    ]


@pytest.mark.parametrize("stamp", ["999999999999", "\xb2", "", "-1"])
def test_a_stamp_that_is_no_time_is_forged(zoom: Zoom, clock: TurnableClock, stamp: str) -> None:
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": "v0=0"}
    with pytest.raises(Forged):
        zoom.receive(b"{}", headers, clock())


def test_a_signature_is_over_the_bytes_and_young(server: ZoomServer, clock: TurnableClock) -> None:
    import hashlib
    import hmac

    secret, body = SecretStr("secret"), b'{"event": "meeting.started"}'
    stamp = str(int(clock().timestamp()))
    signed = hmac.new(b"secret", f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={signed}"}
    check_signature(body, headers, secret, clock())
    for wrong in (
        (body + b" ", headers, clock()),
        (body, {**headers, "x-zm-request-timestamp": str(int(stamp) - 1)}, clock()),
        (body, {}, clock()),
        (body, headers, clock() + timedelta(minutes=6)),
    ):
        with pytest.raises(Forged):
            check_signature(wrong[0], wrong[1], secret, wrong[2])


def test_the_address_is_validated() -> None:
    answer = validation({"plainToken": "abc"}, SecretStr("secret"))
    assert answer["plainToken"] == "abc"
    assert len(answer["encryptedToken"]) == 64
    assert json.dumps(answer)
