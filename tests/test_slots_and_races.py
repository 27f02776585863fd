"""Which slots are offered, and what happens when several people want the same one."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from models.database import Conflict
from models.rules.slots import Slot
from models.store.bookings import SlotTaken
from models.tables import Companion, Status
from tests.conftest import MakeWorld
from tests.world import World

JAPAN = ZoneInfo("Asia/Tokyo")
TUESDAY_10 = datetime(2026, 12, 1, 10, 0, tzinfo=JAPAN)


async def test_days_are_paged_and_show_how_much_is_free(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    assert len([label for label in parent.labels() if "空き" in label]) == 10
    parent.sees("先の日程").sees_no("前の日程")
    await parent.taps("先の日程")
    parent.sees("前の日程", "12/28").sees_no("12/29")  # the year-end closure begins on the 29th
    await parent.taps("前の日程")
    parent.sees("12/1")


async def test_a_full_day_never_appears(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, hours=(time(10), time(11)))
    parent = world.parent()
    await parent.has_settled_everything()
    for start in ("10:00", "10:30"):
        await world.take_slot(Slot(_at(2026, 12, 1, start), 1))
    await parent.taps("職業相談")
    parent.sees_no("12/1\\(").sees("12/2")
    await parent.taps_data("day/1:consultation:20261201")
    parent.sees("空きがなくなりました", "12/2")


async def test_closures_and_holidays_are_never_offered(world: World) -> None:
    start = datetime(2026, 12, 2, 0, 0, tzinfo=JAPAN)
    await world.store(
        lambda store: store.calendar.add_closure(start, start + timedelta(days=1), "研修", None)
    )
    half = datetime(2026, 12, 3, 12, 0, tzinfo=JAPAN)
    await world.store(
        lambda store: store.calendar.add_closure(half, half + timedelta(hours=5), "会議", 1)
    )
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    parent.sees_no("12/2\\(").sees("12/3\\(木\\) 空き4")
    await parent.taps("12/3")
    parent.sees("午前").sees_no("午後")


async def test_the_counselor_of_last_time_comes_first(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=3)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("time/1:consultation:202612010100:3")
    await parent.taps("この内容で予約する")
    await parent.joins_at_start(await world.booking())
    await world.play(hours=1)
    await world.take_slot(Slot(_at(2026, 12, 2, "10:00"), 3))
    await parent.says("予約")
    await parent.taps("12/2")
    parent.sees("午前（前回の担当 高橋）", "午前")
    await parent.taps("10:30")
    parent.sees("高橋")
    await parent.taps_old("^10:00$", which=-1)  # 高橋 is taken there: somebody else
    parent.sees("佐藤")


async def test_the_last_moment_is_midnight_of_the_day_before(
    make_world: MakeWorld, channel: str
) -> None:
    just_before = datetime(2026, 11, 30, 23, 59, 59, 999_000, tzinfo=JAPAN).astimezone(UTC)
    world: World = await make_world(channel, start=just_before)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    parent.sees("12/1\\(")
    await parent.taps("12/1\\(")
    await parent.taps("10:00")
    world.clock.turn_to(just_before + timedelta(milliseconds=1))
    await parent.taps("この内容で予約する")
    parent.sees("は予約できません", "12月2日").sees_no("予約しました")
    assert await world.bookings() == []


async def test_the_loser_of_a_race_is_offered_the_nearest_slots(world: World) -> None:
    first, second = world.parent(), world.parent()
    for parent in (first, second):
        await parent.has_settled_everything()
        await parent.taps("職業相談")
        await parent.taps("12/1")
        await parent.taps("11:00")
    await first.taps("この内容で予約する")
    await second.taps("この内容で予約する")
    first.sees("予約しました")
    second.sees("は予約できません", "10:30〜11:00", "11:30〜12:00")
    await second.taps("11:30")
    await second.taps("この内容で予約する")
    second.sees("予約しました")
    assert len(await world.bookings()) == 2


async def test_many_want_one_slot_at_once(make_world: MakeWorld) -> None:
    """The database decides who gets the slot, whatever the turns saw before."""
    world: World = await make_world()
    await _seekers(world, 20)
    winners = await _everybody_books(world, 20)
    assert winners == 1


async def test_the_race_shows_without_its_guard(make_world: MakeWorld) -> None:
    """The same test double-books when the constraint is gone: so the constraint is what holds."""
    world: World = await make_world()
    await _seekers(world, 20)
    with world.app.core.database.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_bookings_active_slot"))
    assert await _everybody_books(world, 20) == 20


async def _seekers(world: World, count: int) -> None:
    with world.app.core.database.engine.begin() as connection:
        for _ in range(count):
            connection.execute(
                text("INSERT INTO job_seekers (created_at, updated_at) VALUES (:at, :at)"),
                {"at": "2026-11-01 00:00:00"},
            )


async def _everybody_books(world: World, count: int) -> int:
    slot = Slot(TUESDAY_10.astimezone(UTC), 1)

    async def book(seeker: int) -> bool:
        try:
            await world.store(
                lambda store: store.bookings.book(
                    seeker, slot, "consultation", Companion.ALONE, world.clock()
                )
            )
        except SlotTaken:
            return False
        return True

    return sum(await asyncio.gather(*(book(number) for number in range(1, count + 1))))


async def test_at_most_one_upcoming_booking(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("予約したい")
    parent.sees("予約は1件まで", "日時の変更")
    await parent.taps_data("confirm/1:consultation:202612020100:1:alone:2")
    parent.sees("予約は1件まで")
    assert len(await world.bookings()) == 1


async def test_an_office_may_allow_more(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/1", time="10:00")
    await parent.has_booked(day="12/2", time="11:00")
    await parent.says("予約確認")
    parent.sees("12月1日", "12月2日")
    await parent.taps("12月2日")
    parent.sees("11:00")
    await parent.says("キャンセル")
    parent.sees("12月1日", "12月2日")  # which one?
    await parent.says("予約")
    parent.sees("予約は2件まで")


async def test_nobody_is_in_two_consultations_at_once(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2, max_upcoming=2)
    parent = world.parent()
    booking = await parent.has_booked(day="12/1", time="10:00")
    await parent.says("予約")
    await parent.taps("12/1")
    parent.sees("10:30").sees_no("10:00")
    for counselor in (1, 2):
        data = f"confirm/1:consultation:{booking.starts_at:%Y%m%d%H%M}:{counselor}:alone:2"
        await parent.taps_data(data)
        parent.sees("この予約は入っています|は予約できません").sees_no("予約しました")
    assert len(await world.bookings()) == 1
    await parent.taps_data(f"movetime/1:{booking.id}:{booking.starts_at:%Y%m%d%H%M}:2")
    await parent.taps("変更する")  # to the other counselor at the same time: one's own is left
    assert (await world.booking()).counselor_id == 2


async def test_a_booking_keeps_its_length_when_the_office_changes_its_grid(
    make_world: MakeWorld, database_url: str
) -> None:
    before: World = await make_world("line")
    await before.parent().has_booked(day="12/1", time="10:00")
    after: World = await make_world("line", slot_minutes=20, terms="", counselors=0)
    other = after.parent()
    await other.has_settled_everything()
    await other.taps("職業相談")
    await other.taps("12/1")
    other.sees("10:40").sees_no("10:00", "10:20")
    (booking,) = await after.bookings()
    near_its_end = booking.starts_at + timedelta(minutes=25)
    assert await after.store(lambda store: store.bookings.current(1, near_its_end)) == [booking]


async def test_a_typed_day_and_time_are_kept_while_the_service_is_asked(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/3")
    await parent.taps("職業相談")
    parent.sees("12月3日", "午前", "午後")
    # The service that was chosen is that of the words which follow.
    for typed in ("12/3 14:00", "１２月３日の午後２時に予約したい", "Dec 3 2pm"):
        await parent.says(typed)
        parent.sees("この内容で予約しますか", "職業相談", "12月3日\\(木\\)\\s14:00〜14:30")
    await parent.says("12/3 20:00")
    parent.sees("12月3日\\(木\\)\\s20:00", "相談の時間は10:00〜16:00です", "15:30")
    await parent.says("12月5日")
    parent.sees("12月5日\\(土\\)は、相談を行わない日です")


async def test_a_typed_day_where_there_is_one_service(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, services=("consultation",))
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/3 14:00")
    parent.sees("この内容で予約しますか", "12月3日\\(木\\)\\s14:00〜14:30")
    await parent.says("12/3")
    parent.sees("12月3日\\(木\\)", "ご希望に合う時間です", "10:00")


def _at(year: int, month: int, day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=JAPAN).astimezone(UTC)


async def test_a_booking_that_changed_meanwhile_is_not_brought_back(world: World) -> None:
    """Staff look at a booking while its parent cancels it: what they read is true no more."""
    booking = await world.parent().has_booked(day="12/1", time="10:00")
    later = Slot(booking.starts_at + timedelta(hours=1), booking.counselor_id)
    now = world.clock()
    await world.store(
        lambda store: store.bookings.set_status(booking, Status.CANCELLED, now, by="parent")
    )
    with pytest.raises(SlotTaken):
        await world.store(lambda store: store.bookings.move(booking, later, now, by="staff 1"))
    with pytest.raises(Conflict):
        await world.store(
            lambda store: store.bookings.set_status(booking, Status.JOINED, now, by="staff 1")
        )
    assert (await world.booking()).status == Status.CANCELLED
    assert (await world.booking()).starts_at == booking.starts_at


async def test_why_a_typed_day_cannot_be_booked(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, services=("consultation",))
    parent = world.parent()
    await parent.has_settled_everything()
    for typed, why in (
        ("12/5", "相談を行わない日"),
        ("11/30", "前日までです"),
        ("2027/2/1", "まだ予約できません"),
    ):
        await parent.says(typed)
        parent.sees(why).sees_no("空きがなくなりました")
