"""Typed wishes: the answer is an offer that repeats what was heard; it never books by itself."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.shared.wish import Wish
from models.chat import NotAButton, button
from models.rules.slots import Slot
from models.tables import Status
from models.understanding.frame import Days, Times
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.test_calendar_words import JAPAN
from tests.world import World

NEAR = st.dates(date(2026, 12, 1), date(2027, 3, 1))
CLOCKS = st.times().map(lambda each: time(each.hour, each.minute))


DAYS = st.lists(NEAR, min_size=2, max_size=2).map(sorted).map(lambda each: Days(*each))
TIMES = st.lists(CLOCKS, min_size=2, max_size=2).map(sorted).map(lambda each: Times(*each))
EXCLUDED = st.sets(NEAR, max_size=5).map(sorted).map(tuple)


async def settled(make_world: MakeWorld, channel: str) -> tuple[World, Parent]:
    """A parent who may book, at an office with one service. It is Monday, 30 November."""
    world: World = await make_world(channel, services=("consultation",))
    parent = world.parent()
    await parent.has_settled_everything()
    return world, parent


async def test_the_day_that_is_to_be_moved_is_no_choice(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3")
    await parent.says("予約変更をお願いします。12/3、できれば12/8")
    parent.sees("12月8日").sees_no("12月3日\\(木\\)$")


@given(st.builds(Wish, st.none() | DAYS, st.none() | TIMES, EXCLUDED))
def test_a_button_carries_a_wish_whole(wish: Wish) -> None:
    first = wish.days.first if wish.days else min(wish.without, default=date.min)
    carried = wish._replace(without=tuple(each for each in wish.without if each >= first))
    data = button("", "movewish/1", 2**20, wish.packed()).data
    assert Wish.unpacked(data.split(":")[2]) == carried


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "20261201",
        "20261201-1-900-800",
        "20261201--1-1-0",
        "20261301-1-1-0",
        "x-1-1-0",
        "1-1-1-1",
    ],
)
def test_no_other_wish_is_read(forged: str) -> None:
    with pytest.raises(NotAButton):
        Wish.unpacked(forged)


async def test_days_that_are_excluded_stay_so_while_the_service_is_chosen(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("来週、火曜と木曜以外でお願いします")
    await parent.taps("職業相談")
    parent.sees("12月8日\\(火\\)、12月10日\\(木\\)を除く", "12/9").sees_no("12/8", "12/10")


@pytest.mark.parametrize(
    ("typed", "heard", "offered", "not_offered"),
    [
        ("来週の火曜の午後がいいです", "12月8日\\(火\\) 午後", "13:00", "10:00"),
        ("来週の火曜日、11時以降で", "12月8日\\(火\\)\\s11:00以降", "11:00", "10:30"),
        ("12/3 13時まで", "12月3日\\(木\\)\\s13:00まで", "12:30", "13:30"),
        ("明日か明後日の10時ごろ", "12月1日\\(火\\)〜12月2日\\(水\\)", "10:00", "11:00"),
        ("来週お願いします", "12月7日\\(月\\)〜12月13日\\(日\\)", "12/7", "12/3"),
        ("来週、火曜以外で", "12月8日\\(火\\)を除く", "12/9", "12/8"),
    ],
)
async def test_what_is_wished_is_repeated_and_offered(
    make_world: MakeWorld, channel: str, typed: str, heard: str, offered: str, not_offered: str
) -> None:
    world, parent = await settled(make_world, channel)
    await parent.says(typed)
    parent.sees(heard, offered).sees_no(not_offered)
    assert await world.bookings() == []


async def test_one_day_and_time_need_one_confirmation(make_world: MakeWorld, channel: str) -> None:
    world, parent = await settled(make_world, channel)
    await parent.says("12/3の14時でお願いできますか")
    parent.sees("この内容で予約しますか", "12月3日\\(木\\)\\s14:00〜14:30")
    await parent.taps("予約する")
    assert (await world.booking()).starts_at == datetime(2026, 12, 3, 14, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12/6", "相談を行わない日"),
        ("今日の午後", "前日までです"),
        ("11月3日", "過ぎた日です"),
        ("3月3日", "まだ予約できません"),
        ("12/3の19時以降", "相談の時間は10:00〜16:00です"),
    ],
)
async def test_why_nothing_fits_is_said_with_what_is_nearest(
    make_world: MakeWorld, channel: str, typed: str, why: str
) -> None:
    _, parent = await settled(make_world, channel)
    await parent.says(typed)
    parent.sees(why, "近い時間は、こちらです", "12月")


async def test_a_full_half_of_a_day_is_said_to_be_full(make_world: MakeWorld, channel: str) -> None:
    world, parent = await settled(make_world, channel)
    for hour in (10, 11):
        for minute in (0, 30):
            await world.take_slot(
                Slot(datetime(2026, 12, 3, hour, minute, tzinfo=JAPAN).astimezone(UTC), 1)
            )
    await world.take_slot(Slot(datetime(2026, 12, 3, 12, tzinfo=JAPAN).astimezone(UTC), 1))
    await parent.says("12/3の午前")
    parent.sees("12月3日\\(木\\) 午前は、空きがなくなりました", "12:30")


async def test_two_readings_are_two_buttons(make_world: MakeWorld, channel: str) -> None:
    _, parent = await settled(make_world, channel)
    await parent.says("12/3(金)がいいです")
    parent.sees("どちらですか", "12月3日\\(木\\)", "12月4日\\(金\\)")
    await parent.taps("12月4日")
    parent.sees("12月4日\\(金\\)", "ご希望に合う時間です")


async def test_a_move_is_typed_in_one_sentence(world: World) -> None:
    parent = world.parent()
    before = await parent.has_booked(day="12/3", time="10:00")
    await parent.says("12/3の予約を12/10の午後に変えてもらえますか")
    parent.sees("12月10日\\(木\\) 午後", "13:00").sees_no("10:00")
    await parent.says("保育園の都合で、予約を12/10の14時に変えたいです")
    await parent.taps("変更する")
    moved = await world.booking()
    assert moved.id == before.id
    assert moved.starts_at == datetime(2026, 12, 10, 14, tzinfo=JAPAN)


@pytest.mark.parametrize("typed", ["need to reschedule my booking for the 3rd", "3日のを変えたい"])
async def test_the_day_of_the_booking_itself_is_no_wish(world: World, typed: str) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says(typed)
    parent.sees("12/1", "12/4").sees_no("11:00")
    await parent.says("同じ日の11時に変更してください")
    parent.sees("この日時に変えますか", r"12月3日\(木\)\s11:00")


async def test_of_two_bookings_none_is_guessed_for_a_move(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, services=("consultation",), max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says("12/8 11:00")
    await parent.taps("予約する")
    await parent.says("move my booking to the 8th")
    parent.sees("12月3日", "12月8日").sees_no("この日時に変えますか", "日をお選び")


async def test_the_same_time_is_that_of_the_booking(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="11:00")
    await parent.says("12/3の予約、12/9の同じ時間に変更できますか")
    parent.sees("12月9日\\(水\\)\\s11:00", "変更する")


async def test_of_two_bookings_the_one_that_is_named_is_meant(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, services=("consultation",), max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says("12/8 11:00")
    await parent.taps("予約する")
    await parent.says("12/8のほうをキャンセルしたいです")
    parent.sees("キャンセル", "12月8日\\(火\\)\\s11:00").sees_no("12月3日")
    await parent.taps("キャンセルする")
    first, second = sorted(await world.bookings(), key=lambda each: each.starts_at)
    assert (first.status, second.status) == (Status.BOOKED, Status.CANCELLED)


@pytest.mark.parametrize(
    "typed",
    [
        "キャンセルしないでください",
        "先週キャンセルしました",
        "キャンセルは何日前までできますか",
        "please don't cancel my booking",
        "娘が12/8に3歳になります",
    ],
)
async def test_what_is_no_wish_changes_nothing_and_asks_nothing(world: World, typed: str) -> None:
    parent = world.parent()
    before = await parent.has_booked()
    await parent.says(typed)
    parent.sees_no("キャンセルしますか", "キャンセルする", "日時を変更する")
    assert await world.booking() == before


@pytest.mark.parametrize(
    "typed",
    [
        "予約をキャンセルしたいです",
        "I want to cancel my booking",
        "我想取消预约",
        "hủy lịch giúp em",
        "quero cancelar minha consulta",
        "pa-cancel po ng booking ko",
    ],
)
async def test_a_cancellation_by_its_name_asks_once_in_any_language(
    world: World, typed: str
) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says(typed)
    parent.sees("この予約をキャンセルしますか").sees_no("どうなさいますか")


@pytest.mark.parametrize("typed", ["明日", "tomorrow", "明日お願いします", "bukas po"])
async def test_a_day_alone_is_a_wish_and_no_courtesy(
    make_world: MakeWorld, channel: str, typed: str
) -> None:
    _, parent = await settled(make_world, channel)
    await parent.says(typed)
    parent.sees(r"12月1日\(火\)", "ご希望に合う時間です")


async def test_a_greeting_is_answered_in_kind(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("おはようございます")
    parent.sees("よろしくお願いします")


async def test_a_wish_waits_for_what_must_be_settled_first(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("来週の火曜の午後がいいです")
    parent.sees("同意する")


async def test_of_days_that_are_named_one_by_one_only_those_are_offered(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/3か12/8がいいです")
    await parent.taps("職業相談")
    parent.sees("12月3日\\(木\\).{1,2}12月8日\\(火\\)")
    days = [label for label in parent.labels() if "空き" in label]
    assert [label.split()[0] for label in days] == ["12/3(木)", "12/8(火)"]


@pytest.mark.parametrize("words", ["12/3の10時か14時", "10am or 2pm on December 3"])
async def test_of_times_that_are_named_one_by_one_one_chooses(world: World, words: str) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says(words)
    assert [label for label in parent.labels() if "10:00" in label or "14:00" in label]
    await parent.taps("14:00")
    await parent.taps("職業相談")
    parent.sees("12月3日\\(木\\)\\s14:00")
