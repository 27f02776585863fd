"""What nobody can read may say anything: it holds the booking after the reminder."""

from datetime import timedelta

import pytest

from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import at_the_end_of_grace, the_day_before
from tests.world import World


async def test_a_language_that_we_do_not_speak_may_say_anything(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked(day="12/3")
    await parent.says("con tôi bị sốt")
    parent.sees("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize(
    ("hours", "status"), [(13, Status.UNDECIDED), (18, Status.DEEMED_CANCELLED)]
)
async def test_what_is_not_understood_counts_after_the_reminder(
    world: World, hours: int, status: Status
) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=hours))
    await parent.says("ぬるぽぬるぽぬるぽ")
    if status == Status.UNDECIDED:
        parent.sees("どうなさいますか", "予定どおり行きます")
    assert await at_the_end_of_grace(world, booking) == status


@pytest.mark.parametrize(
    "words",
    [
        "090-1234-5678",
        "いいえ",
        "12月8日",
        "予約いらないかな",
        "電話ください",
        "not tomorrow, sorry",
        "予約の日は子どもの参観日でした",
        "12月8日はどうでしょうか、子どもがまだ熱っぽくて",
    ],
)
async def test_words_that_we_know_hide_no_others(world: World, words: str) -> None:
    """A number, a "no", a known word or a day beside something else, after the reminder."""
    parent, booking = await the_day_before(world)
    await parent.says(words)
    parent.sees("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize("words", ["予約の確認", "はい", "please don't cancel my booking"])
async def test_what_is_understood_is_no_doubt(world: World, words: str) -> None:
    parent, booking = await the_day_before(world)
    await parent.says(words)
    parent.sees_no("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_a_letter_to_the_office_after_the_reminder_holds(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("質問")
    await parent.says("カメラはどちらを向けておけばよいのでしょう")
    parent.sees("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_whoever_cannot_be_answered_is_heard_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their step fails, long before the start."""
    parent, booking = await the_day_before(world)
    monkeypatch.setattr("handlers.router._said", _breaks)
    await parent.says("熱が出ました")
    monkeypatch.undo()
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


def _breaks(*_: object) -> None:
    raise RuntimeError("broken")


async def test_what_cannot_be_read_may_say_anything(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin = await world.staff()
    parent, booking = await the_day_before(world)
    source = {"type": "user", "userId": parent.person}
    event = {"type": "message", "source": source, "webhookEventId": "1", "timestamp": "?"}
    assert await world.line.deliver([event]) == 200
    assert await world.line.deliver([event]) == 200
    assert AlertKind.EVENT_FAILED in await world.alerts()
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert await world.rows("SELECT count(*) FROM inbox WHERE failed") == [(1,)]
    assert await world.app.turns.retry_failed() == (1, 0)
    admin.looks()


@pytest.mark.parametrize(
    "words",
    [
        "ありがとうございます",
        "予定どおり行きます",
        "はい、大丈夫です",
        "ご丁寧にありがとうございます",
        "了解しました。当日よろしくお願いいたします。",
        "確認しました",
        "ok thanks",
        "I'll be there at 10",
        "👍",
        "遅れずに行きます",
        "了解しました。よろしくお願いします!",
        "Thank you so much!",
        "わかりました🙇",
    ],
)
async def test_a_courtesy_is_no_doubt(world: World, words: str) -> None:
    parent, booking = await the_day_before(world)
    await parent.says(words)
    parent.sees("お待ちしています").sees_no("どうなさいますか", "読み取れません")
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("kind", "status"), [("voice", Status.UNDECIDED), ("sticker", Status.DEEMED_CANCELLED)]
)
async def test_a_voice_may_say_anything(world: World, kind: str, status: Status) -> None:
    parent, booking = await the_day_before(world)
    await parent.sends(kind)
    assert await at_the_end_of_grace(world, booking) == status


@pytest.mark.parametrize(
    "words", ["明日はちょっと…", "明日は仕事", "I work tomorrow", "amanhã não", "我明天不来"]
)
async def test_before_the_reminder_the_day_itself_tells(world: World, words: str) -> None:
    """Nobody wishes to book on the day that is booked."""
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=20))
    await parent.says(words)
    parent.sees("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_whoever_comes_at_another_time_is_asked(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("I'll be there at 10:20")
    parent.sees("どうなさいますか")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize(
    "words",
    ["/help 子どもが高熱なので明日は行けません", "/language please, I can't come, kid in hospital"],
)
async def test_a_slash_before_it_silences_nobody(world: World, words: str) -> None:
    parent, booking = await the_day_before(world)
    await parent.says(words)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
