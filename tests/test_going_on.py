"""Words after buttons: a time that is typed after a day was chosen is a time of that day."""

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
    await parent.taps("職業相談")
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
    parent.sees("同席者を知らせる", "予約のあとでも")
    await parent.says("10時で")
    await parent.taps("この内容で予約する")
    await parent.says("夫と一緒に行きます")
    parent.sees("同席する方", "付き添いの人", "通訳の人")
