"""Words after buttons: a time that is typed after a day was chosen is a time of that day."""

import pytest

from tests.conftest import MakeWorld
from tests.world import World


async def test_a_typed_time_is_one_of_the_day_that_was_tapped(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("面接")
    await parent.taps("12/8")
    await parent.says("10時半でお願いします")
    parent.sees("この内容で予約しますか", "面接", "12月8日\\(火\\)\\s10:30")
    await parent.says("やっぱり午後がいいです")
    parent.sees("12月8日\\(火\\) 午後", "13:00").sees_no("10:30", "どの相談")
    await parent.says("10時か14時でお願いします")  # which of the two is asked, not guessed
    parent.sees("どちらですか", "12月8日\\(火\\)\\s10:00", "12月8日\\(火\\)\\s14:00")


async def test_a_typed_time_is_one_of_the_days_that_were_offered(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.says("来週の水曜")
    parent.sees("12月9日")
    await parent.says("11:00")
    parent.sees("この内容で予約しますか", "12月9日\\(水\\)\\s11:00")
    await parent.says("12/10")  # another day has all its times
    parent.sees("12月10日", "10:00", "15:30")


async def test_who_begins_anew_chooses_among_all_days(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.taps("12/8")
    await parent.says("予約したい")
    parent.sees("職業相談：日を", "ほかの相談にする")
    await parent.says("11:00")
    parent.sees("11:00", "12月1日", "12月2日")


async def test_a_typed_time_is_one_of_the_day_to_move_to(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, services=("consultation",), max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.taps("日時の変更")
    await parent.taps("12/8")
    await parent.says("14:30")
    parent.sees("この日時に変えますか", "12月8日\\(火\\)\\s14:30")
    await parent.says("12/9の午前")
    parent.sees("12月9日\\(水\\) 午前", "10:00").sees_no("14:30")
    await parent.says("11時")
    await parent.taps("変更する")
    (moved,) = await world.bookings()
    assert moved.starts_at.hour == 2  # UTC


async def test_who_booked_has_chosen_nothing_more(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/8", time="10:00")
    await parent.says("11時に変えてください")
    parent.sees("12月8日\\(火\\)\\s11:00", "変更する")


async def test_words_that_are_no_wish_keep_the_day(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("面接")
    await parent.taps("12/8")
    await parent.says("ありがとうございます")
    await parent.says("費用はかかりますか")
    await parent.says("15時")
    parent.sees("この内容で予約しますか", "面接", "12月8日\\(火\\)\\s15:00")


async def test_a_question_in_between_leads_back(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("面接")
    await parent.says("費用はかかりますか")
    await parent.taps("つづきを選ぶ")
    parent.sees("面接", "12/1", "12/8")
    await parent.taps("12/8")
    await parent.says("何を準備したらいいですか")
    await parent.taps("つづきを選ぶ")
    parent.sees("12月8日\\(火\\)", "10:00", "15:30")
    await parent.taps("10:00")
    parent.sees("この内容で予約しますか", "面接")


async def test_a_question_while_moving_leads_back_to_the_move(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.taps("日時の変更")
    await parent.says("費用はかかりますか")
    await parent.taps("つづきを選ぶ")
    parent.sees("12月3日\\(木\\) 10:00", "12/8")
    await parent.taps("12/8")
    await parent.says("費用はかかりますか")
    await parent.taps("つづきを選ぶ")
    await parent.taps("11:00")
    parent.sees("この日時に変えますか", "12月8日\\(火\\)")


async def test_who_brings_somebody_hears_where_to_say_so(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.taps("12/8")
    await parent.taps("10:00")
    await parent.says("友だちが通訳します")
    parent.sees("同席者を知らせる", "予約のあとでも").sees_no("予約はありません")
    await parent.says("10時で")
    await parent.taps("この内容で予約する")
    await parent.says("夫と一緒に行きます")
    parent.sees("同席する方", "付き添いの人", "通訳の人")


@pytest.mark.parametrize("typed", ["やっぱり11時に変更してください", "can I have 11:00 instead?"])
async def test_a_change_of_what_is_shown_is_no_move(
    make_world: MakeWorld, channel: str, typed: str
) -> None:
    world: World = await make_world(channel, max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.taps_data("time/1:interview:202612080100:1")
    await parent.says(typed)
    parent.sees("この内容で予約しますか", "面接", "12月8日\\(火\\)\\s11:00")


async def test_while_moving_every_answer_moves(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, max_upcoming=2)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    for typed, tapped in (
        ("10時か14時でお願いします", "12月8日\\(火\\)\\s14:00"),
        ("10時半でよろしくお願いします", ""),
        ("明日の10時半、お願いします", ""),
        ("12/9の同じ時間でお願いします", "12月9日\\(水\\)\\s10:00"),
    ):
        await parent.taps_data("moveday/1:1:20261208")
        await parent.says(typed)
        if tapped:
            await parent.taps(tapped)
        parent.sees("この日時に変えますか", "今の予約")


async def test_tomorrow_please_is_no_courtesy_while_moving(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says("明日お願いします")
    parent.sees("お待ちしています")
    await parent.taps_data("move/1:1:0")
    await parent.says("明日お願いします")
    parent.sees("12月1日", "10:00")


@pytest.mark.parametrize("typed", ["翌日の11時で", "第二天11点", "no dia seguinte às 11"])
async def test_another_day_in_words_is_not_the_chosen_one(world: World, typed: str) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("day/1:interview:20261208")
    await parent.says(typed)
    parent.sees_no("この内容で予約しますか")


async def test_days_that_were_excluded_stay_so(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("days/1:interview:0")
    await parent.says("来週の水曜か金曜")  # next week begins on 7 December
    await parent.says("11:00")
    parent.sees("12月9日", "12月11日").sees_no("12月10日")


async def test_a_service_that_is_named_is_that_of_the_wish(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("day/1:interview:20261208")
    await parent.says("その前に面接の練習があるので15時でお願いします")
    parent.sees("この内容で予約しますか", "面接")
    await parent.says("職業相談の費用はいくらですか")  # a question chooses nothing
    await parent.says("11時")
    parent.sees("この内容で予約しますか", "面接")
    await parent.says("職業相談で11時")
    parent.sees("この内容で予約しますか", "職業相談", "12月8日\\(火\\)\\s11:00")
    await parent.says("10時か14時で")
    await parent.taps("14:00")
    parent.sees("この内容で予約しますか", "職業相談")


async def test_a_day_without_anything_free_is_kept_for_nothing(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("days/1:interview:0")
    await parent.says("12/6がいいです")  # a Sunday
    await parent.says("15:30")
    parent.sees("15:30", "12月1日").sees_no("行わない日")


async def test_what_is_moved_no_more_is_forgotten(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, services=("consultation",))
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await parent.taps("日時の変更")
    await world.change(f"UPDATE bookings SET status='cancelled' WHERE id={booking.id}")
    await parent.says("12/10の14時")
    parent.sees("この内容で予約しますか", "12月10日\\(木\\)\\s14:00")


@pytest.mark.parametrize(
    "subject", ["wishfor/1:gone:20261208-1-1-0", "movewish/1:99:20261208-1-1-0", "garbage"]
)
async def test_what_cannot_be_chosen_any_more_is_forgotten(world: World, subject: str) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("days/1:interview:0")
    await world.change(f"UPDATE awaited SET subject='{subject}'")
    await parent.says("費用はかかりますか")
    parent.sees("かかりません|無料").sees_no("つづきを選ぶ")
    await world.change(f"UPDATE awaited SET what='chosen', subject='{subject}'")
    await parent.says("12/8の10時半")
    parent.sees("どの相談をご希望ですか")


async def test_a_service_that_was_chosen_is_waited_for(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("days/1:interview:0")
    await parent.says("12/8が空いたら教えてください")
    parent.sees("空きがあります", "面接|12月8日").sees_no("どの相談")


@pytest.mark.parametrize("typed", ["実家に母と行きます", "tomorrow my mother comes"])
async def test_who_may_not_come_is_not_taken_for_company(world: World, typed: str) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/1", time="10:00")
    await world.play(hours=8)
    await parent.says(typed)
    parent.sees_no("同席する方|Who comes along")
