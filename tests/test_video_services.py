"""A video service that nobody knows: a folder and a line in the registry are all that it takes."""

import json

import pytest_asyncio

from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import at_the_end_of_grace
from tests.toy_video import ToyVideo
from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def toy_world(channel: str, make_world: MakeWorld) -> tuple[World, ToyVideo]:
    """An office with a video service of the tests' own."""
    video = ToyVideo("secret")
    return await make_world(channel, video=video), video


async def tells(world: World, video: ToyVideo, seen: str, *, host: bool) -> int:
    """The service tells what happens in its one room; returns our answer."""
    (room,) = video.rooms
    body = json.dumps({"room": room, "seen": seen, "host": host}).encode()
    answer = await world.web.post("/webhooks/toy-video", content=body, headers=video.headers(body))
    return answer.status_code


async def test_from_the_booking_into_the_room(toy_world: tuple[World, ToyVideo]) -> None:
    world, video = toy_world
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    (room,) = video.rooms.values()
    assert room.reference == booking.reference
    answer = await parent.joins_at_start(booking)
    assert answer.headers["location"] == room.join_url
    await staff.taps_data(f"start/1:{booking.id}")
    answer = await staff.submits(staff.link("開く"))
    assert answer.headers["location"] == f"{room.join_url}?host=secret"
    assert await tells(world, video, "joined", host=False) == 200
    assert await tells(world, video, "started", host=True) == 200
    await world.play(minutes=20)
    assert await tells(world, video, "ended", host=True) == 200
    assert (await world.booking()).status == Status.COMPLETED


async def test_what_is_forged_or_unreadable(toy_world: tuple[World, ToyVideo]) -> None:
    world, video = toy_world
    await world.parent().has_booked()
    assert (await world.web.post("/webhooks/toy-video", content=b"{}")).status_code == 401
    assert await tells(world, video, "sneezed", host=False) == 400


async def test_what_it_does_not_say_is_not_known(toy_world: tuple[World, ToyVideo]) -> None:
    world, video = toy_world
    booking = await world.parent().has_booked()
    await world.play_to(booking.starts_at)
    await tells(world, video, "started", host=True)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_a_cancelled_booking_has_no_room(toy_world: tuple[World, ToyVideo]) -> None:
    world, video = toy_world
    parent = world.parent()
    await parent.has_booked()
    await parent.taps("キャンセル")
    await parent.taps("キャンセルする")
    assert not video.rooms
