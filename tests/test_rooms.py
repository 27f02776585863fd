"""Rooms at the video service: each booking has its own, made once, moved and deleted with it."""

from datetime import timedelta

import pytest
import pytest_asyncio

from models.sighting import Seen
from models.store.restoring import Restoring
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def world(channel: str, make_world: MakeWorld) -> World:
    """An office whose two counselors have users at Zoom, and no URL of their own."""
    made: World = await make_world(channel, counselors=2, with_zoom=True)
    return made


async def room_of(world: World) -> int:
    """The number of the one meeting that there is at Zoom."""
    (number,) = world.zoom.meetings
    return number


async def test_each_booking_has_a_room_of_its_own(world: World) -> None:
    first, second = world.parent(), world.parent()
    one, other = await first.has_booked(), await second.has_booked()
    one, other = [await world.booking_by_id(each.id) for each in (one, other)]
    topics = {each.asked["topic"] for each in world.zoom.meetings.values()}
    assert topics == {one.reference, other.reference}
    assert one.meeting_url
    assert other.meeting_url
    assert one.meeting_url != other.meeting_url
    answer = await first.joins_at_start(one)
    assert answer.status_code == 303
    assert answer.headers["location"] == one.meeting_url


async def test_the_confirmation_does_not_wait_for_the_room(world: World) -> None:
    world.zoom.out = "down"
    parent = world.parent()
    booking = await parent.has_booked()
    parent.sees("予約しました", "相談に入る").sees_no("URLは、まだ")
    assert booking.meeting_url is None
    world.zoom.out = ""
    await world.play(minutes=1)
    assert (await world.booking()).meeting_url
    assert AlertKind.NO_URL not in await world.alerts()


async def test_what_zoom_is_told(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    meeting = world.zoom.meetings[await room_of(world)]
    start = booking.starts_at.astimezone(world.app.core.office.zone)
    assert meeting.asked["start_time"] == f"{start:%Y-%m-%dT%H:%M:%S}"
    assert meeting.asked["timezone"] == "Asia/Tokyo"
    assert meeting.asked["duration"] == 30
    settings = meeting.asked["settings"]
    assert settings["waiting_room"]
    assert not settings["join_before_host"]
    assert settings["auto_recording"] == "none"


async def test_a_move_moves_the_room(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    number = await room_of(world)
    await parent.taps("日時の変更")
    await parent.taps("空き")
    await parent.taps("^14:00$")
    await parent.taps("変更する")
    moved = await world.booking()
    assert moved.starts_at != booking.starts_at
    start = moved.starts_at.astimezone(world.app.core.office.zone)
    same_host = moved.counselor_id == booking.counselor_id
    assert (await room_of(world) == number) == same_host
    asked = world.zoom.meetings[await room_of(world)].asked
    assert asked["start_time"] == f"{start:%Y-%m-%dT%H:%M:%S}"


async def test_another_counselor_has_another_room(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    number = await room_of(world)
    slots = await world.store(
        lambda store: store.calendar.free_on(
            booking.starts_at.date(), world.clock(), holder=booking.job_seeker_id
        )
    )
    other = next(each for each in slots if each.counselor_id != booking.counselor_id)
    await staff.taps_data(
        f"smovetime/1:{booking.id}:{booking.version}:{other.starts_at:%Y%m%d%H%M}:{other.counselor_id}"
    )
    assert (await world.booking()).counselor_id == other.counselor_id
    assert await room_of(world) != number
    meeting = world.zoom.meetings[await room_of(world)]
    assert meeting.host_id == world.zoom.user(f"host{other.counselor_id}@office.example")


async def test_a_cancelled_booking_has_no_room(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.taps("キャンセル")
    await parent.taps("はい|キャンセルする")
    assert (await world.booking()).status == Status.CANCELLED
    assert not world.zoom.meetings


async def test_an_answer_that_was_lost_makes_no_second_room(world: World) -> None:
    world.zoom.out = "lost"
    parent = world.parent()
    await parent.has_booked()
    assert len(world.zoom.meetings) == 1
    world.zoom.out = ""
    await world.play(minutes=2)
    assert len(world.zoom.meetings) == 1
    meeting = world.zoom.meetings[await room_of(world)]
    assert (await world.booking()).meeting_url == world.zoom._shown(meeting)["join_url"]


async def test_a_lost_room_of_a_cancelled_booking_goes(world: World) -> None:
    world.zoom.out = "lost"
    parent = world.parent()
    await parent.has_booked()
    await parent.taps("キャンセル")
    await parent.taps("はい|キャンセルする")
    world.zoom.out = ""
    await world.play(minutes=2)
    assert not world.zoom.meetings


async def test_the_day_before_a_missing_room_is_made_again(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    world.zoom.meetings.clear()
    await world.play_to(booking.starts_at - timedelta(hours=12))
    meeting = world.zoom.meetings[await room_of(world)]
    assert (await world.booking()).meeting_url == world.zoom._shown(meeting)["join_url"]


async def test_the_day_before_a_changed_room_is_mended_and_a_second_one_deleted(
    world: World,
) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    number = await room_of(world)
    meeting = world.zoom.meetings[number]
    right = meeting.asked["start_time"]
    meeting.asked = {**meeting.asked, "start_time": "2027-01-05T09:00:00"}
    world.zoom.copy(number)
    await world.play_to(booking.starts_at - timedelta(hours=12))
    assert list(world.zoom.meetings) == [number]
    assert world.zoom.meetings[number].asked["start_time"] == right


async def test_the_day_before_recording_is_switched_off_again(world: World) -> None:
    booking = await world.parent().has_booked()
    meeting = world.zoom.meetings[await room_of(world)]
    changed = {**meeting.asked["settings"], "auto_recording": "cloud"}
    meeting.asked = {**meeting.asked, "settings": changed}
    await world.play_to(booking.starts_at - timedelta(hours=12))
    meeting = world.zoom.meetings[await room_of(world)]
    assert meeting.asked["settings"]["auto_recording"] == "none"


async def test_a_room_stays_while_people_are_in_it(world: World) -> None:
    """Also where the user is given by its id, and Zoom lists no meeting that goes on."""
    user = world.zoom.user("host1@office.example")
    await world.change(f"UPDATE counselors SET video_user = '{user}'")
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    number = await room_of(world)
    await world.play_to(booking.starts_at)
    await world.zoom.host_starts(number)
    await parent.joins(world.app.core.links.join(booking))
    await staff.taps_data(f"completed/1:{booking.id}")
    await world.play(minutes=5)
    assert await room_of(world) == number


async def test_a_booking_that_is_moved_closer_has_its_room_at_once(world: World) -> None:
    await world.change(
        "INSERT INTO room_changes (host, day, count)"
        f" VALUES ('host1@office.example', '{world.clock():%Y-%m-%d}', 80),"
        f" ('host2@office.example', '{world.clock():%Y-%m-%d}', 80)"
    )
    parent = world.parent()
    late = await parent.has_booked(day=r"\(金\)")
    assert (await world.booking_by_id(late.id)).meeting_url is None
    await parent.taps("日時の変更")
    await parent.taps(r"\(火\)")
    await parent.taps("^14:00$")
    await parent.taps("変更する")
    assert (await world.booking()).meeting_url


async def test_a_url_that_staff_give_comes_first(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    await staff.says(f"/url {booking.reference} https://zoom.us/j/95550001")
    assert (await world.booking()).meeting_url == "https://zoom.us/j/95550001"
    assert not world.zoom.meetings


async def test_while_zoom_is_away_staff_hear_in_time(world: World) -> None:
    await world.staff()
    world.zoom.out = "down"
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play(minutes=10)
    assert AlertKind.ROOM_NOT_MADE in await world.alerts()
    world.zoom.out = ""
    await world.play_to(booking.starts_at - timedelta(hours=12))
    alerts = await world.store(lambda store: store.alerts.open())
    assert AlertKind.ROOM_NOT_MADE not in [each.kind for each in alerts]
    assert AlertKind.NO_URL not in [each.kind for each in alerts]


async def test_what_starts_soon_goes_first_when_the_days_rooms_run_out(world: World) -> None:
    await world.change(
        "INSERT INTO room_changes (host, day, count)"
        f" VALUES ('host1@office.example', '{world.clock():%Y-%m-%d}', 80),"
        f" ('host2@office.example', '{world.clock():%Y-%m-%d}', 80)"
    )
    later, sooner = world.parent(), world.parent()
    late = await later.has_booked(day=r"\(金\)")
    soon = await sooner.has_booked()
    assert late.starts_at - world.clock() > timedelta(hours=48)
    assert (await world.booking_by_id(soon.id)).meeting_url
    assert (await world.booking_by_id(late.id)).meeting_url is None
    await world.play_to(world.clock() + timedelta(days=1, minutes=3))
    assert (await world.booking_by_id(late.id)).meeting_url


async def test_a_counselors_user_is_given_in_chat(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    await staff.taps_data(f"counselor/1:{booking.counselor_id}")
    staff.sees(f"host{booking.counselor_id}@office.example")
    await staff.taps("Zoomのユーザー")
    await staff.says("だれか さん")
    staff.sees("メールアドレス")
    world.zoom.user("new@office.example")
    await staff.says("new@office.example")
    staff.sees("new@office.example")
    assert world.zoom.meetings[await room_of(world)].host_id == world.zoom.user(
        "new@office.example"
    )
    await staff.taps("Zoomのユーザー")
    await staff.says("-")
    assert not world.zoom.meetings


async def test_who_waits_stands_on_the_card(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=3))
    person = await world.zoom.comes(await room_of(world))
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("から待っています")
    await world.zoom.host_starts(await room_of(world))
    await world.zoom.is_let_in(await room_of(world), person)
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("会議に入っています")
    seen = await world.store(lambda store: store.rooms.seen(booking.id))
    assert {each.seen for each in seen} >= {Seen.WAITING, Seen.STARTED, Seen.JOINED}


async def test_the_own_room_pasted_is_no_other_url(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    pasted = str(booking.meeting_url).replace("https://zoom.us", "https://us02web.zoom.us")
    await staff.says(f"/url {booking.reference} {pasted}")
    await world.play(minutes=2)
    assert (await world.booking()).meeting_url == booking.meeting_url
    assert await room_of(world)


@pytest.mark.parametrize("minutes", [-2, 2])
async def test_a_user_is_changed_while_it_goes_on(world: World, minutes: int) -> None:
    parent, staff = world.parent(), await world.staff()
    booking = await parent.has_booked()
    link = world.app.core.links.join(booking)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    await parent.joins(link)
    await world.play_to(booking.starts_at + timedelta(minutes=minutes))
    world.zoom.user("new@office.example")
    await staff.taps_data(f"counselor/1:{booking.counselor_id}")
    await staff.taps("Zoomのユーザー")
    await staff.says("new@office.example")
    await world.play(minutes=2)
    assert (await parent.joins(link)).status_code == 303


async def test_who_was_told_that_there_is_no_url_hears_of_the_room(world: World) -> None:
    parent, staff = world.parent(), await world.staff()
    world.zoom.out = "down"
    booking = await parent.has_booked(day=r"\(金\)")
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("会議室を準備中")
    await world.play_to(booking.starts_at - timedelta(hours=16))
    parent.looks().sees("まだ決まっていません")
    await parent.taps_data("mine/1")
    parent.sees("まだ決まっていません")
    await staff.taps_data(f"booking/1:{booking.id}")
    staff.sees("会議室を作れていません")
    world.zoom.out = ""
    await world.play(minutes=30)
    parent.looks().sees("準備ができました", "相談に入る")
    still_open = {each.kind for each in await world.store(lambda store: store.alerts.open())}
    assert AlertKind.REMINDED_WITHOUT_URL not in still_open


async def test_what_was_refused_costs_none_of_the_days_rooms(world: World) -> None:
    world.zoom.out = "revoked"
    parent = world.parent()
    booking = await parent.has_booked(day=r"\(金\)")
    await world.play(hours=2)
    assert await world.rows("SELECT count FROM room_changes WHERE count > 0") == []
    world.zoom.out = ""
    await world.play(minutes=30)
    assert (await world.booking_by_id(booking.id)).meeting_url


async def test_a_backup_that_is_put_back_has_its_rooms_compared(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    made_at = world.clock()
    world.zoom.meetings.clear()  # as after what happened since the backup was made
    world.clock.turn_to(booking.starts_at - timedelta(hours=13))
    core = world.app.core
    await core.database.run(
        lambda tx: Restoring(tx, core.office).settle(made_at, world.clock(), known_again=())
    )
    await world.play(minutes=2)
    assert str(await room_of(world)) in str((await world.booking()).meeting_url)
