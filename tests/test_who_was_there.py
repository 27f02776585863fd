"""Who was there though Zoom told only a part of it, and who waits for a host (art. 6(6))."""

import json
from datetime import timedelta

import pytest_asyncio

from models.booking import Booking
from models.tables import AlertKind, Status
from tests.conftest import HOSTS, MakeWorld
from tests.consultation import at_the_end_of_grace, at_the_start, before_the_window
from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def world(channel: str, make_world: MakeWorld) -> World:
    """An office whose counselors have users at Zoom."""
    made: World = await make_world(channel, counselors=2, with_zoom=True)
    return made


async def early(world: World, minutes: int) -> tuple[Booking, int]:
    """So many minutes before a start, with the number of its room."""
    _, booking = await before_the_window(world)
    await to(world, booking, -minutes)
    (number,) = world.zoom.meetings
    return booking, number


async def to(world: World, booking: Booking, minutes: float) -> None:
    await world.play_to(booking.starts_at + timedelta(minutes=minutes))


async def test_who_waited_over_the_start_and_left(world: World) -> None:
    booking, number = await early(world, 20)
    await world.zoom.host_starts(number)
    person = await world.zoom.comes(number)
    await to(world, booking, 5)
    await world.zoom.gives_up(number, person)
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_one_of_two_leaves(world: World) -> None:
    booking, number = await early(world, 20)
    await world.zoom.host_starts(number)
    mother, child = await world.zoom.comes(number), await world.zoom.comes(number)
    await world.zoom.is_let_in(number, mother)
    await world.play(seconds=5)
    await world.zoom.is_let_in(number, child)
    await to(world, booking, -16)
    await world.zoom.leaves(number, child)
    assert await at_the_end_of_grace(world, booking) != Status.DEEMED_CANCELLED


async def test_let_in_and_nothing_told_of_it(world: World) -> None:
    booking, number = await early(world, 20)
    await world.zoom.host_starts(number)
    person = await world.zoom.comes(number)
    await to(world, booking, -16)
    await world.zoom.gives_up(number, person)  # as it looks to us
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_thrown_out_when_the_host_opens_it_anew(world: World) -> None:
    booking, number = await early(world, 20)
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await to(world, booking, -5)
    await world.zoom.host_ends(number)
    await to(world, booking, -2)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_an_hour_too_early_and_still_there(world: World) -> None:
    booking, number = await early(world, 65)
    await world.zoom.comes(number)
    await to(world, booking, -10)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_a_host_who_is_there_long_before_has_the_door_open(world: World) -> None:
    booking, number = await early(world, 70)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_the_planned_start_opens_no_door(world: World) -> None:
    booking, number = await early(world, 10)
    await world.zoom.host_starts(number)
    await to(world, booking, -5)
    await world.zoom.host_ends(number)
    await to(world, booking, 10.05)
    world.zoom.is_silent = True
    await world.zoom.host_starts(number)
    world.zoom.is_silent = False
    (started,) = [each for each in world.zoom.told[-2:] if each["event"] == "meeting.started"]
    planned = f"{booking.starts_at:%Y-%m-%dT%H:%M:%SZ}"
    started["payload"]["object"]["start_time"] = planned
    assert await world.zoom.deliver(json.dumps(started).encode()) == 200
    assert await at_the_end_of_grace(world, booking) != Status.DEEMED_CANCELLED


async def test_a_host_who_tested_and_closed_is_called(world: World) -> None:
    staff = await world.staff()
    booking, number = await early(world, 40)
    await world.zoom.host_starts(number)
    await world.play(minutes=1)
    await world.zoom.host_ends(number)
    await to(world, booking, 0)
    await world.zoom.comes(number)
    await to(world, booking, 1)
    staff.looks().sees_no("待っています")
    await to(world, booking, 5)
    staff.looks().sees("待っています")


async def test_who_waits_since_long_before_is_told_of(world: World) -> None:
    staff = await world.staff()
    booking, number = await early(world, 20)
    await world.zoom.comes(number)
    await to(world, booking, 3)
    staff.looks().sees("待っています")
    await staff.taps("会議を始める")
    assert (await staff.submits(staff.link("開く"))).status_code == 303


async def test_who_comes_back_after_the_end_is_told_of(world: World) -> None:
    await world.staff()
    booking, number = await early(world, 5)
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await to(world, booking, 12)
    await world.zoom.host_ends(number)
    assert (await world.booking()).status == Status.COMPLETED
    await to(world, booking, 13)
    await world.zoom.comes(number)
    await world.play(minutes=3)
    assert AlertKind.HOST_IS_AWAITED in await world.alerts()


async def test_who_is_in_already_is_not_late(world: World) -> None:
    parent, booking = await at_the_start(world)
    (number,) = world.zoom.meetings
    await world.zoom.host_starts(number)
    person = await world.zoom.comes(number)
    await world.zoom.is_let_in(number, person)
    await to(world, booking, 12)
    await world.zoom.leaves(number, person)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await parent.joins(world.app.core.links.join(booking))
    assert AlertKind.CAME_LATE not in await world.alerts()


async def test_one_unknown_user_spoils_nobody_elses_day(world: World) -> None:
    one, other = world.parent(), world.parent()
    first = await one.has_booked(time="^10:00$")
    second = await other.has_booked(time="^10:00$")
    assert first.counselor_id != second.counselor_id
    await to(world, first, -60)
    world.zoom.forget_user(HOSTS[second.counselor_id - 1])
    await to(world, first, 0)
    reference = (await world.booking_by_id(first.id)).reference
    (number,) = [n for n, each in world.zoom.meetings.items() if each.asked["topic"] == reference]
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, first) == Status.DEEMED_CANCELLED


async def test_a_limit_is_an_answer(world: World) -> None:
    _, booking = await at_the_start(world)
    (number,) = world.zoom.meetings
    await world.zoom.host_starts(number)
    world.zoom.out = "busy"
    await world.play(minutes=1)
    world.zoom.out = ""
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_an_event_of_no_meeting_spoils_nothing(world: World) -> None:
    _, booking = await at_the_start(world)
    (number,) = world.zoom.meetings
    await world.zoom.host_starts(number)
    event = json.loads(json.dumps(world.zoom.told[-1]))
    del event["payload"]["object"]["id"]
    assert await world.zoom.deliver(json.dumps(event).encode()) == 200
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_staff_take_an_end_back(world: World) -> None:
    staff = await world.staff()
    booking, number = await early(world, 5)
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await to(world, booking, 12)
    await world.zoom.host_ends(number)
    await staff.taps_data(f"booking/1:{booking.id}")
    await staff.taps("終了を取り消す")
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_url_by_hand_needs_no_word_of_zooms(world: World) -> None:
    staff = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    await staff.says(f"/url {booking.reference} https://zoom.us/j/95550001")
    await world.play(minutes=2)
    await parent.says("予約の確認")
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED
