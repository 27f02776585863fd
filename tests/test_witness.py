"""The witness: Zoom tells who came, and whether the door was open (art. 6(6))."""

import json
from datetime import timedelta

import pytest
import pytest_asyncio

from models.booking import Booking
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_end_of_grace, at_the_start, before_the_window
from tests.talk import Parent
from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def world(channel: str, make_world: MakeWorld) -> World:
    """An office whose counselor has a user at Zoom."""
    made: World = await make_world(channel, with_zoom=True)
    return made


async def about_to_begin(world: World) -> tuple[Parent, Booking, int]:
    """A parent at the start, with the number of their room."""
    parent, booking = await at_the_start(world)
    (number,) = world.zoom.meetings
    return parent, booking, number


async def test_nobody_comes_though_the_host_waited(world: World) -> None:
    parent, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED
    parent.looks().sees("キャンセル")
    ((why,),) = await world.rows("SELECT why FROM booking_changes WHERE what = 'deemed_cancelled'")
    assert "the room was open" in why
    assert world.zoom.meetings  # they may still turn up
    await world.play_to(booking.ends_at + timedelta(minutes=1))
    assert not world.zoom.meetings


async def test_the_office_was_late_and_nobody_is_absent(world: World) -> None:
    _, booking, _ = await about_to_begin(world)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_NOT_STARTED in await world.alerts()


@pytest.mark.parametrize(
    ("is_told", "kind"), [(True, AlertKind.DECIDE_NOT_STARTED), (False, AlertKind.DECIDE_UNHEARD)]
)
async def test_a_door_that_was_shut_again(world: World, is_told: bool, kind: AlertKind) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    await world.play(minutes=4)
    world.zoom.is_silent = not is_told
    await world.zoom.host_ends(number)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert kind in await world.alerts()


async def test_a_service_that_tells_of_nobody_is_no_witness(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    await world.change("DELETE FROM sightings WHERE seen = 'joined'")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_who_is_much_too_early_and_stays_has_come(world: World) -> None:
    _, booking = await before_the_window(world)
    (number,) = world.zoom.meetings
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_who_comes_into_the_room_after_the_deemed_cancellation_is_heard(
    world: World,
) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED
    await world.play(minutes=2)
    await world.zoom.comes(number)
    assert AlertKind.IS_HERE in await world.alerts()


async def test_two_people_of_whom_zoom_tells_only_when_asked(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    world.zoom.is_silent = True
    for _ in range(2):
        await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await world.play(minutes=6)
    await world.zoom.host_ends(number)
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_a_meeting_that_is_opened_again_goes_on(world: World) -> None:
    parent, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await world.play(minutes=12)
    await world.zoom.host_ends(number)
    assert (await world.booking()).status == Status.COMPLETED
    answer = await parent.joins(world.app.core.links.join(booking))
    assert answer.status_code == 303
    await world.play(minutes=1)
    await world.zoom.host_starts(number)
    assert (await world.booking()).status == Status.JOINED
    await world.play(minutes=15)
    await world.zoom.host_ends(number)
    assert (await world.booking()).status == Status.COMPLETED


async def test_a_host_who_starts_after_the_grace_was_late(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=1))
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_NOT_STARTED in await world.alerts()


@pytest.mark.parametrize("has_begun", [True, False])
async def test_who_is_seen_in_the_room_has_come(world: World, has_begun: bool) -> None:
    _, booking, number = await about_to_begin(world)
    if has_begun:
        await world.zoom.host_starts(number)
    await world.zoom.comes(number)
    assert (await world.booking()).status == Status.JOINED
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_left_and_never_back_is_no_absence(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    person = await world.zoom.comes(number)
    await world.zoom.leaves(number, person)
    await world.play(minutes=5)
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.JOINED


async def test_the_host_alone_is_nobody(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    await world.zoom.host_joins(number)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_the_counselor_hears_that_somebody_waits(world: World) -> None:
    staff = await world.staff()
    _, _booking, number = await about_to_begin(world)
    await world.zoom.comes(number)
    await world.play(seconds=90)
    staff.looks().sees_no("待っています")
    await world.play(seconds=60)
    staff.looks().sees("会議室で待っています")
    await world.zoom.host_starts(number)
    alerts = await world.store(lambda store: store.alerts.open())
    assert AlertKind.HOST_IS_AWAITED not in [each.kind for each in alerts]


async def test_late_evidence_reinstates(world: World) -> None:
    _parent, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    world.zoom.is_silent = True
    await world.play(minutes=4)
    await world.zoom.comes(number)
    late = world.zoom.told[-1]
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    await world.play(minutes=80)
    assert await world.zoom.deliver(json.dumps(late).encode()) == 200
    assert (await world.booking()).status == Status.JOINED
    assert AlertKind.REINSTATED in await world.alerts()


async def test_zooms_silence_proves_nothing(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    world.zoom.is_silent = True
    await world.zoom.host_starts(number)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_while_zoom_is_away_nobody_is_judged(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    world.zoom.out = "down"
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_both_met_and_it_has_ended(world: World) -> None:
    _, _booking, number = await about_to_begin(world)
    await world.zoom.host_starts(number)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await world.play(minutes=25)
    await world.zoom.host_ends(number)
    assert (await world.booking()).status == Status.COMPLETED


async def test_webhooks_twice_shuffled_and_replayed(world: World) -> None:
    _, booking, number = await about_to_begin(world)
    world.zoom.is_silent = True
    await world.zoom.host_starts(number)
    await world.play(minutes=1)
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await world.play(minutes=20)
    await world.zoom.host_ends(number)
    told = [json.dumps(each).encode() for each in reversed(world.zoom.told)]
    for body in (*told, *told):
        assert await world.zoom.deliver(body) == 200
    assert (await world.booking()).status == Status.COMPLETED
    seen = await world.store(lambda store: store.rooms.seen(booking.id))
    assert len(seen) == len(set(seen))


async def test_forged_and_old_webhooks_are_refused(world: World) -> None:
    _, _booking, number = await about_to_begin(world)
    world.zoom.is_silent = True
    await world.zoom.comes(number)
    body = json.dumps(world.zoom.told[-1]).encode()
    old = world.clock() - timedelta(minutes=6)
    assert await world.zoom.deliver(body, at=old) == 401
    unsigned = await world.web.post("/webhooks/zoom", content=body)
    assert unsigned.status_code == 401
    assert (await world.booking()).status == Status.BOOKED


async def test_the_address_is_validated(world: World) -> None:
    body = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}, "event_ts": 1}
    ).encode()
    assert await world.zoom.deliver(body) == 200
    assert world.zoom.answers[-1]["plainToken"] == "abc"


async def test_nothing_of_a_person_is_kept(world: World) -> None:
    _, _, number = await about_to_begin(world)
    await world.zoom.comes(number)
    for table in ("rooms", "sightings", "errands", "attendance_signs"):
        for row in await world.rows(f"SELECT * FROM {table}"):
            assert "ゲスト" not in str(row)
