"""The page by which the host starts a consultation."""

from datetime import timedelta

import pytest_asyncio

from models.booking import Booking
from models.tables import Role
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def world(channel: str, make_world: MakeWorld) -> World:
    """An office whose two counselors have users at Zoom."""
    made: World = await make_world(channel, counselors=2, with_zoom=True)
    return made


async def test_staff_start_by_one_tap(world: World) -> None:
    parent, staff = world.parent(), await world.staff(Role.ADMIN)
    booking = await parent.has_booked()
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees_no("会議を始める")
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await staff.taps_data(f"booking/1:{booking.id}")
    await staff.taps("会議を始める")
    page = staff.link("開く")
    world.zoom.out = "down"
    assert (await staff.submits(page)).status_code == 503
    world.zoom.out = ""
    answer = await staff.submits(page)
    assert answer.status_code == 303
    assert "zak=" in answer.headers["location"]
    assert (await staff.submits(page)).status_code != 303
    for table in ("outbox", "audit", "access_records", "rooms", "errands"):
        for row in await world.rows(f"SELECT * FROM {table}"):
            assert "zak=" not in str(row)


async def page_of(staff: Parent, booking: Booking) -> str:
    """The page that a booking's card leads to."""
    await staff.taps_data(f"booking/1:{booking.id}")
    await staff.taps("会議を始める")
    return staff.link("開く")


async def test_who_may_start_no_more_gets_no_address(world: World) -> None:
    admin = await world.staff(Role.ADMIN)
    booking = await world.parent().has_booked()
    counselor = await world.staff(Role.COUNSELOR, counselor_id=booking.counselor_id)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    page = await page_of(counselor, booking)
    slots = await world.store(lambda store: store.calendar.free_from(world.clock(), holder=0))
    other = next(
        each
        for each in slots
        if each.starts_at == booking.starts_at and each.counselor_id != booking.counselor_id
    )
    version = (await world.booking()).version
    moves = f"{booking.id}:{version}:{other.starts_at:%Y%m%d%H%M}:{other.counselor_id}"
    await admin.taps_data(f"smovetime/1:{moves}")
    await world.play(seconds=30)
    assert (await world.booking()).counselor_id == other.counselor_id
    assert (await counselor.submits(page)).status_code == 200
    assert (await admin.submits(await page_of(admin, booking))).status_code == 303


async def test_a_page_of_yesterday_starts_nothing(world: World) -> None:
    staff = await world.staff(Role.ADMIN)
    booking = await world.parent().has_booked()
    await world.play_to(booking.ends_at - timedelta(minutes=1))
    page = await page_of(staff, booking)
    await world.play(minutes=5)
    assert (await staff.submits(page)).status_code == 200


async def test_a_room_that_is_gone_at_zoom_is_made_again(world: World) -> None:
    staff = await world.staff(Role.ADMIN)
    booking = await world.parent().has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=14))
    world.zoom.meetings.clear()
    page = await page_of(staff, booking)
    answer = await staff.submits(page)
    assert answer.status_code == 503
    assert booking.reference in answer.text
    await world.play(minutes=1)
    assert (await staff.submits(page)).status_code == 303
