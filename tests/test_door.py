"""The door: the join page, the room behind it, and who knows its address."""

from datetime import timedelta

import pytest

from models.tables import AlertKind, Status
from tests.conftest import MEETING_URL, MakeWorld
from tests.consultation import at_the_end_of_grace, at_the_start, before_the_window
from tests.desk import URL, booked, opens
from tests.world import World


async def test_a_browser_that_opens_the_page_after_the_start_holds(world: World) -> None:
    _, booking = await at_the_start(world)
    await world.play(minutes=3)
    page = await world.web.get(world.app.core.links.join(booking))
    assert "<button" in page.text
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize("looks", ["before", "preview", "head"])
async def test_a_preview_holds_nothing(world: World, looks: str) -> None:
    _, booking = await before_the_window(world)
    link = world.app.core.links.join(booking)
    if looks == "before":
        await world.web.get(link)
    await world.play_to(booking.starts_at + timedelta(minutes=1))
    if looks == "preview":
        await world.web.get(link, headers={"User-Agent": "TelegramBot (like TwitterBot)"})
    elif looks == "head":
        await world.web.head(link)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_one_standing_room_opens_when_the_one_before_has_ended(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    await world.play_to(earlier.starts_at + timedelta(minutes=16))
    answer = await world.web.post(world.app.core.links.join(later))
    assert answer.status_code == 200
    assert "もう少しお待ちください" in answer.text
    assert "zoom.us" not in answer.headers.get("location", "")
    began = await world.booking_by_id(earlier.id)
    await world.store(
        lambda store: store.bookings.set_status(
            began, Status.COMPLETED, world.clock(), by="staff 1"
        )
    )
    assert (await world.web.post(world.app.core.links.join(later))).status_code == 303


async def test_two_at_once_in_one_room_are_told_to_staff_the_day_before(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    admin = await world.staff()
    for _ in range(2):
        await world.parent().has_booked(day="12/3", time="^10:00")
    await world.change(f"UPDATE counselors SET meeting_url = '{MEETING_URL}?pwd=a' WHERE id = 2")
    await world.play(days=2, hours=4)
    await admin.says("/needs")
    admin.sees("同じ会議室")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_waited_at_the_door_is_not_absent(make_world: MakeWorld, method: str) -> None:
    """Also who only saw that they have to wait: there was no button to press."""
    world: World = await make_world("line")
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    await world.play_to(earlier.starts_at + timedelta(minutes=16))
    page = await world.web.request(method, world.app.core.links.join(later))
    assert page.headers["Refresh"] == "20"  # and sees the button as soon as there is one
    assert await at_the_end_of_grace(world, later) == Status.UNDECIDED


async def test_at_the_start_the_room_opens_whatever_is_before(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    assert (await second.joins_at_start(later)).status_code == 303


@pytest.mark.parametrize("reacts", [False, True])
@pytest.mark.parametrize("what", ["moved", "url"])
async def test_what_the_office_changes_counts_once_the_parent_knows(
    world: World, what: str, reacts: bool
) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=45))
    if what == "moved":
        start = booking.starts_at + timedelta(hours=1)
        await admin.taps_data(f"smovetime/1:{booking.id}:{booking.version}:{start:%Y%m%d%H%M}:1")
    else:
        await opens(admin, booking)
        await admin.taps("URLを伝える")
        await admin.says(URL)
    await world.app.sender.drain()
    if reacts:
        await world.play(seconds=30)
        await parent.says("ありがとうございます")
    booking = await world.booking()
    found = await at_the_end_of_grace(world, booking)
    assert found == (Status.DEEMED_CANCELLED if reacts else Status.UNDECIDED)
    if not reacts:
        assert AlertKind.DECIDE_NOT_TOLD in await world.alerts()


async def test_an_act_before_the_word_arrives_is_no_answer_to_it(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=45))
    world.line.trouble = [500] * 50
    start = booking.starts_at + timedelta(hours=1)
    await admin.taps_data(f"smovetime/1:{booking.id}:{booking.version}:{start:%Y%m%d%H%M}:1")
    await world.play(seconds=30)
    await parent.says("ありがとうございます")
    world.line.trouble = []
    await world.play(minutes=10)
    parent.looks().sees("日時の変更")
    assert await at_the_end_of_grace(world, await world.booking()) == Status.UNDECIDED
    assert AlertKind.DECIDE_NOT_TOLD in await world.alerts()


async def test_a_url_that_is_given_for_the_first_time_needs_no_answer(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, _, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("URLを伝える")
    await admin.says(URL)
    await world.app.sender.drain()
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_a_raw_meeting_url_in_circulation_makes_nobody_absent(world: World) -> None:
    _, booking = await before_the_window(world)
    await world.change("UPDATE bookings SET raw_url_out = true")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_RAW_URL in await world.alerts()


async def test_who_was_in_the_same_room_before_knows_its_address(world: World) -> None:
    parent, booking = await at_the_start(world)
    await parent.joins(world.app.core.links.join(booking))
    await world.play(hours=1)
    await parent.says("予約")
    again = await parent.has_booked()
    assert await at_the_end_of_grace(world, again) == Status.UNDECIDED
    assert AlertKind.DECIDE_RAW_URL in await world.alerts()


async def test_nothing_gives_the_meeting_url_away(world: World) -> None:
    admin, parent, booking = await booked(world)
    for words in ("/today", "/mypage", "/needs", "/counselors"):
        await admin.says(words)
    await admin.taps_data(f"mypage/1:{booking.id}")
    admin.sees(world.app.core.links.join(booking))
    await admin.taps_data(f"booking/1:{booking.id}")
    calendar = await world.web.get(parent.link("カレンダー"))
    everything = [*admin.looks().ever_seen, *parent.looks().ever_seen, calendar.text]
    assert MEETING_URL not in str(everything)
