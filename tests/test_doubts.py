"""Contact is what people mean by it: words that say, or may say, that somebody cannot come hold the
booking at any time, until the parent clears it up (art. 6(6))."""

from datetime import date, timedelta

import pytest

from handlers.parents.troubles import names_day, trouble
from models.database import DatabaseUnavailable
from models.tables import Status
from models.understanding.durations import minutes_in
from models.understanding.frame import Intent
from models.understanding.reading import read
from models.understanding.sayings import Trouble
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_end_of_grace, at_the_start, the_day_before
from tests.desk import booked, opens
from tests.world import World


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("インフルになったけえ明日いけんわ", Trouble.ILL),
        ("子どもが熱を出しました", Trouble.ILL),
        ("保育園から呼び出しがありました", Trouble.NURSERY),
        ("いけなくなりました", Trouble.CANNOT),
        ("お休みします", Trouble.CANNOT),
        ("辞退します", Trouble.CANNOT),
        ("予約を消してほしい", Trouble.CANNOT),
        ("都合が悪くなりました", Trouble.CANNOT),
        ("行けるかわからないです", Trouble.UNSURE),
        ("遅れるかもしれません", Trouble.LATE),
        ("My son has a fever", Trouble.ILL),
        ("Sorry, I won't make it", Trouble.CANNOT),
        ("I'm not sure I can come", Trouble.UNSURE),
        ("might be a bit late", Trouble.LATE),
        ("行けるか分かりません", Trouble.UNSURE),
        ("明日行きません", Trouble.CANNOT),
        ("よう行かんわ", Trouble.CANNOT),
        ("こんにちは。子供が熱です", Trouble.ILL),
        ("39度あります", Trouble.ILL),
        ("おなかが痛いです", Trouble.ILL),
        ("寝坊しました", Trouble.LATE),
        ("明日はパスします", Trouble.CANNOT),
        ("面接が入ったので見送ります", Trouble.CANNOT),
        ("Zoomが開かない", Trouble.ENTRY),
        ("予約を取り下げます", Trouble.CANNOT),
        ("行けたら行きます", Trouble.UNSURE),
        ("not gonna make it", Trouble.CANNOT),
        ("hi, my baby threw up", Trouble.ILL),
        ("I have to work tomorrow", Trouble.CANNOT),
        ("行けます", None),
        ("明日いけます", None),
        ("参加します", None),
        ("I will come", None),
        ("ありがとうございます", None),
        ("わかりました", None),
        ("12月3日 14時", None),
        ("間に合いますか", Trouble.LATE),
        ("間に合いません", Trouble.LATE),
        ("キャンセルしないといけません", Trouble.CANNOT),
        ("間に合います", None),
        ("遅れずに行きます", None),
        ("キャンセル待ち", None),
        ("キャンセルしないでください", None),
        ("please don't cancel my booking", None),
        ("I won't be late", None),
        ("予約の確認", None),
        ("Thank you!", None),
        ("明日休む", Trouble.CANNOT),
        ("明日行けへん", Trouble.CANNOT),
        ("就職が決まりました", Trouble.CANNOT),
        ("他で決まったので大丈夫です", Trouble.CANNOT),
        ("母が倒れたので", Trouble.ILL),
        ("I changed my mind", Trouble.CANNOT),
        ("Can I make it in time?", Trouble.LATE),
        ("熱は下がりました。行けます", Trouble.BETTER),
        ("つながらなくて入れませんでした", Trouble.ENTRY),
        ("保育園の仕事はありますか", None),
        ("病院の受付の求人を探しています", None),
        ("ご連絡遅れてすみません", None),
        ("Zoomの入り方がわかりません", None),
        ("I don't know how to use Zoom", None),
    ],
)
def test_words_that_say_so(words: str, kind: Trouble | None) -> None:
    assert trouble(words) is kind


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("30分くらい遅れます", 30),
        ("１５分遅れます", 15),
        ("1時間おくれる", 60),
        ("about 20 minutes late", 20),
        ("half an hour late", 30),
        ("遅れます", None),
        ("10時に遅れます", None),
        ("10時30分に着きます", None),
        ("1時間30分遅れます", 90),
        ("1時間半遅れます", 90),
        ("Vou atrasar uns 20 minutos", 20),
        ("atraso de meia hora", 30),
        ("uma hora e meia de atraso", 90),
        ("em đến trễ 15 phút", 15),
        ("trễ nửa tiếng ạ", 30),
        ("会晚到20分钟", 20),
        ("晚半个小时", 30),
        ("mahuhuli po ako ng kalahating oras", 30),
        ("late po ng 10 minuto", 10),
        ("下午3点20分", None),
        ("em đến trễ, 10 giờ 40 phút mới tới", None),
        ("11時間おくれる", None),
    ],
)
def test_minutes_that_are_named(words: str, minutes: int | None) -> None:
    assert minutes_in(words) == minutes


@pytest.mark.parametrize(
    "words", ["キャンセル待ちの連絡は12/1にください", "waiting list for December 1"]
)
def test_who_would_wait_for_their_own_day_names_it(words: str) -> None:
    today = date(2026, 11, 30)
    assert read(words, today).intent is Intent.WAIT
    assert names_day(words, date(2026, 12, 1), today)


async def test_illness_the_day_before_is_answered_kindly_and_holds(world: World) -> None:
    admin = await world.staff()
    parent, booking = await the_day_before(world)
    await parent.says("インフルになったけえ明日いけんわ")
    parent.sees("お大事に", "予定どおり行きます", "日時を変える", "キャンセルする")
    assert (await world.booking()).status == Status.BOOKED
    await world.play(minutes=6)
    admin.looks().sees("来られないかもしれません", "インフルになったけえ明日いけんわ")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    parent.looks().sees_no("キャンセルの扱いになりました")


async def test_who_was_not_sure_is_asked_again_with_the_reminder(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await parent.says("12/1は行けないかもしれません")
    await opens(admin, booking)
    admin.sees("来られないかもしれません")
    await world.play_to(booking.starts_at - timedelta(hours=13))
    parent.looks().sees("どうなさいますか", "予定どおり行きます").sees_no("キャンセルの扱い")
    await parent.taps("予定どおり行きます")
    await opens(admin, booking)
    admin.sees_no("来られないかもしれません")


@pytest.mark.parametrize("words", ["Pakikansela", "Nagkasakit", "I'm on standby at work on Dec 1"])
async def test_a_single_word_or_a_day_at_work_holds(world: World, words: str) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says(words)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_who_says_the_day_before_that_they_will_be_late_comes_late(world: World) -> None:
    admin = await world.staff()
    parent, booking = await the_day_before(world)
    await parent.says("明日10分ほど遅れます")
    await parent.taps("遅れますが行きます")
    parent.sees("予約はそのまま残り", "相談に入る")
    await world.play(minutes=1)
    await opens(admin, booking)
    admin.sees("遅れるとの連絡").sees_no("来られないかもしれません")
    await parent.says("熱が出て行けません")
    await world.play(minutes=6)
    await opens(admin, booking)
    admin.sees("来られないかもしれません")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_staff_see_that_somebody_runs_late(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await parent.says("Tiếng Việt")
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says("em đến trễ 15 phút")
    await world.play(minutes=1)
    await opens(admin, booking)
    admin.sees("遅れるとの連絡", "Tiếng Việt")


async def test_staff_are_told_of_it_once_an_hour_however_often_it_is_said(world: World) -> None:
    admin = await world.staff()
    parent, _ = await the_day_before(world)
    for _ in range(5):
        await parent.says("行けるかわからない")
        await world.play(minutes=7)
        await parent.taps("予定どおり行きます")
    told = [each for each in admin.looks().ever_seen if "来られないかもしれません" in each.text]
    assert len(told) == 1
    await world.play(hours=1)
    await parent.says("やっぱり熱が出ました")
    await world.play(minutes=7)
    admin.looks().sees("来られないかもしれません", "やっぱり熱が出ました")


async def test_staff_hear_that_somebody_comes_after_all(world: World) -> None:
    admin = await world.staff()
    parent, _ = await the_day_before(world)
    await parent.says("熱が出ました")
    await world.play(minutes=6)
    await parent.taps("予定どおり行きます")
    await world.play(seconds=30)
    admin.looks().sees("予定どおり来られるそうです")


async def test_around_the_start_nothing_waits_and_every_word_is_told(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=50))
    await parent.says("よろしくお願いします")
    await world.play(minutes=1)
    admin.looks().sees("メッセージがありました", "よろしくお願いします")
    await world.play_to(booking.starts_at + timedelta(minutes=6))
    await parent.says("子どもが救急車で運ばれました")
    await world.play(minutes=1)
    admin.looks().sees("来られないかもしれません", "子どもが救急車で運ばれました")
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=30))
    admin.looks().sees("決めてください", "子どもが救急車で運ばれました")


async def test_staff_see_the_last_words_and_not_only_the_last(world: World) -> None:
    admin = await world.staff()
    parent, _ = await the_day_before(world)
    await parent.says("熱が出ました")
    await world.play(minutes=1)
    await parent.says("熱は下がりました。行けます")
    parent.sees("それはよかったです", "予定どおり行きます")
    await world.play(minutes=6)
    admin.looks().sees("「熱が出ました」", "「熱は下がりました。行けます」")


async def test_writing_that_one_comes_leads_to_the_button(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("行けないかもしれません")
    parent.sees("どうなさいますか").sees_no("キャンセルしますか")
    await parent.says("予定どおり行きます")
    parent.sees("どうなさいますか", "予定どおり行きます")
    await parent.taps("予定どおり行きます")
    await parent.says("予定どおり行きます")
    parent.sees("12月1日", "お待ちしています")
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_what_is_asked_gets_no_sympathy_and_can_be_sent(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("保育園の仕事はありますか")
    parent.sees("どうなさいますか", "この文を窓口").sees_no("大変ですね", "読み取れません")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_words_after_the_end_reach_staff_while_it_is_undecided(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    parent, booking = await the_day_before(world)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    right, world.line.secret = world.line.secret, "rotated"
    await world.play_to(booking.ends_at + timedelta(minutes=30))
    world.line.secret = right
    await parent.says("つながらなくて入れませんでした")
    parent.sees("窓口に伝えました")
    await world.play(minutes=1)
    admin.looks().sees("つながらなくて入れませんでした")


async def test_what_was_refused_the_evening_before_holds_until_it_comes_again(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world("line")
    parent, booking = await the_day_before(world)
    monkeypatch.setattr(world.app.turns, "handle", _away)
    said = {"type": "text", "id": "1", "text": "インフルで明日行けません"}
    event = world.line.event(parent.person, "message", message=said)
    assert await world.line.deliver([event]) == 503
    monkeypatch.undo()
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def _away(*_: object) -> None:
    raise DatabaseUnavailable("away")


async def test_a_doubt_that_arrives_late_undoes_the_deemed_cancellation(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line")
    parent, booking = await the_day_before(world)
    said = {"type": "text", "id": "1", "text": "熱が出ました"}
    event = world.line.event(parent.person, "message", message=said)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    assert await world.line.deliver([event]) == 200
    assert (await world.booking()).status == Status.UNDECIDED


async def test_staff_see_the_words_without_name_and_number(world: World) -> None:
    admin = await world.staff()
    parent, _ = await the_day_before(world)
    await parent.says("広島花子です。熱が出ました。090-1234-5678")
    await world.play(minutes=6)
    admin.looks().sees("熱が出ました").sees_no("花子", "5678")


async def test_phoned_will_come_late(world: World) -> None:
    admin, _, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(minutes=20))
    await admin.taps_data(f"booking/1:{booking.id}")
    admin.sees("電話で「行けません」")
    await admin.taps("電話で「遅れます」")
    admin.sees("記録しました")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert ("phoned late",) in await world.rows("SELECT what FROM audit")


async def test_thirty_minutes_late_for_thirty_minutes(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=40))
    await parent.says("30分遅れます")
    parent.sees("10:30に終わります", "日時を変える")
    await parent.says("5分遅れます")
    parent.sees_no("に終わります")


async def test_the_rule_is_told_where_it_matters(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    parent.sees("10分がたつと、キャンセルの扱い")
    await world.play_to(booking.starts_at - timedelta(hours=12))
    parent.looks().sees("10分がたつと、キャンセルの扱い")


async def test_a_question_that_is_asked_for_can_hold_too(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("質問")
    await parent.says("熱があるのですが、どうしたらよいですか")
    parent.sees("質問を受け付けました")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_without_a_booking_nothing_is_held(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("熱が出ました")
    parent.sees_no("どうなさいますか")


async def test_on_the_spot_it_is_still_contact(world: World) -> None:
    parent, booking = await at_the_start(world)
    await parent.says("熱が出ました")
    parent.sees("お大事に", "予定どおり行きます").sees_no("日時を変える")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
