"""Zoom on loopback speaks as Zoom's contract says, and so do we."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.sandbox.clock import TurnableClock
from bot.sandbox.zoom_server import ZoomServer
from bot.video.zoom.api import ZoomApi
from bot.video.zoom.service import Zoom
from models.office import Office
from models.rules.rooms import Place
from tests.conftest import MONDAY
from tests.platforms import Platforms

CONTRACT = (
    Path(__file__).parent.parent.parent / "shared" / "contracts" / "zoom" / "meetings.schema.json"
)
HOST = "sato@office.example"
PLACE = Place(HOST, MONDAY + timedelta(days=1), timedelta(minutes=30))

pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason="Zoom's contract is not beside the checkout"
)


def check(what: str, found: Any) -> None:
    """See that something is what the contract says. Raises ValidationError."""
    schema = json.loads(CONTRACT.read_text(encoding="utf-8"))
    jsonschema.validate(found, {**schema, "$ref": f"#/definitions/{what}"})


@pytest.fixture
def server() -> ZoomServer:
    made = ZoomServer(TurnableClock(frozen=MONDAY), httpx.AsyncClient(trust_env=False))
    made.user(HOST)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: ZoomServer, platforms: Platforms) -> AsyncIterator[ZoomApi]:
    base = platforms.serve(server.routes)
    made = ZoomApi(server.account, server.client_id, SecretStr(server.client_secret), base, base)
    yield made
    await made.close()


@pytest.fixture
def zoom(api: ZoomApi, server: ZoomServer, office: Office) -> Zoom:
    secret = SecretStr(server.webhook_secret)
    return Zoom(api, secret, office.zone, TurnableClock(frozen=MONDAY), waiting_room=True)


async def test_what_we_ask(server: ZoomServer, zoom: Zoom) -> None:
    room = await zoom.make("H7K3MN", PLACE)
    await zoom.change(room.number, "H7K3MN", PLACE)
    made, changed = [body for how, _, body in server.asked if how in ("POST", "PATCH")]
    check("CreateMeetingRequestBody", made)
    check("UpdateMeetingRequestBody", changed)


async def test_every_setting_that_we_send_is_one_of_zooms(server: ZoomServer, zoom: Zoom) -> None:
    """The contract lets unknown names pass; a misspelt one would switch nothing."""
    await zoom.make("H7K3MN", PLACE)
    (body,) = [body for how, _, body in server.asked if how == "POST"]
    known = json.loads(CONTRACT.read_text(encoding="utf-8"))["definitions"][
        "CreateMeetingRequestBody"
    ]["properties"]
    assert set(body) <= set(known)
    assert set(body["settings"]) <= set(known["settings"]["properties"])


async def test_what_zoom_answers(server: ZoomServer, api: ZoomApi, zoom: Zoom) -> None:
    body = zoom._meeting("H7K3MN", PLACE)
    made = await api.call("POST", f"/users/{HOST}/meetings", body)
    check("CreateMeetingResponse", made)
    (number,) = server.meetings
    for _ in range(2):
        await server.comes(number)
    await server.host_starts(number)
    for person in sorted(server.meetings[number].waiting):
        await server.is_let_in(number, person)
    await server.host_ends(number)
    check("GetMeetingResponse", await api.call("GET", f"/meetings/{number}"))
    check("ListMeetingsResponse", await api.call("GET", f"/users/{HOST}/meetings"))
    past = await api.call("GET", f"/past_meetings/{number}/participants")
    assert past is not None
    assert len(past["participants"]) == 2
    check("PastMeetingParticipantsResponse", past)


async def test_what_zoom_tells(server: ZoomServer, zoom: Zoom) -> None:
    room = await zoom.make("H7K3MN", PLACE)
    number = int(room.number)
    early = await server.comes(number)
    await server.host_starts(number)
    await server.host_joins(number)
    await server.is_let_in(number, early)
    late = await server.comes(number)
    await server.is_let_in(number, late)
    await server.leaves(number, late)
    await server.host_ends(number)
    for event in server.told:
        name = "".join(part.capitalize() for part in event["event"].replace(".", "_").split("_"))
        check(f"{name}Event", event)
    assert {event["event"] for event in server.told} == {
        "meeting.started",
        "meeting.ended",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.participant_joined_waiting_room",
        "meeting.participant_left_waiting_room",
        "meeting.participant_jbh_waiting",
    }
