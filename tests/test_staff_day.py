"""A day at the office, by staff in chat: the list, the digest, what is urgent."""

from datetime import timedelta

import pytest

from handlers import router
from handlers.staff import day
from models.store import Store
from models.tables import Role, Status
from models.turn import Turn
from tests.conftest import MakeWorld
from tests.desk import booked, opens
from tests.world import World


async def test_the_day_in_order_of_time(world: World) -> None:
    admin, _, booking = await booked(world, day="12/1", time="14:00")
    await world.parent().has_booked(day="12/1", time="10:00")
    await admin.says("/tomorrow")
    admin.sees("12月1日\\(火\\) 2件", "10:00.*広○ 花○.*佐藤.*予約中.*未掲載")
    text = admin.seen[0].text
    assert text.index("10:00") < text.index("14:00")
    admin.sees(
        booking.reference, "電話で「行けません」", "URLを伝える"
    )  # the cards of those who come next
    await admin.says("明日")
    admin.sees("2件")
    await admin.says("/day 12/1")
    admin.sees("2件")
    await admin.taps("次の日")
    admin.sees("12月2日", "予約はありません")
    await admin.says("/week")
    admin.sees("12/1.*2件")
    await admin.taps("12/1")
    admin.sees("2件")
    await admin.says("/day 12/5")
    admin.sees("休みの日です")
    await admin.says("/day いつか")
    admin.sees("日付が読み取れません")


async def test_a_counselor_sees_and_touches_only_their_own(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    parent = world.parent()
    booking = await parent.has_booked()
    own = await world.staff(Role.COUNSELOR, booking.counselor_id)
    other = await world.staff(Role.COUNSELOR, 3 - booking.counselor_id)
    await own.says("/tomorrow")
    own.sees("1件")
    await other.says("/tomorrow")
    other.sees("0件")
    for verb in ("booking", "present", "officeends", "url", "mypage"):
        await other.taps_data(f"{verb}/1:{booking.id}")
        other.sees("記録に残りました")
    refused = await world.rows("SELECT what, subject FROM audit WHERE NOT allowed ORDER BY id")
    assert refused[0] == ("booking/1", f"booking {booking.id}")
    assert (await world.booking()).status == Status.BOOKED


async def test_what_was_not_delivered_comes_back_to_the_one_who_asked(world: World) -> None:
    admin, parent, booking = await booked(world)
    await parent.blocks()
    await opens(admin, booking)
    await admin.taps("電話で「行けません」")
    await admin.taps("キャンセルを記録")
    admin.looks()
    assert any("届きませんでした。お電話" in each.text for each in admin.ever_seen)


async def test_the_digest_comes_once_each_working_morning(world: World) -> None:
    admin, _, booking = await booked(world, day="12/1", time="10:00")
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=20, seconds=1))
    admin.looks().sees_no("12月1日\\(火\\) 1件")
    await world.play(seconds=30)
    admin.looks().sees("12月1日\\(火\\) 1件", "要対応 1件", "マイページに未掲載")
    await world.play(hours=3)
    admin.looks().sees_no("12月1日\\(火\\) 1件")
    await world.play(days=4)
    digests = await world.rows("SELECT day FROM done_once WHERE what = 'digest' ORDER BY day")
    assert [str(day) for (day,) in digests] == [
        f"2026-{each}" for each in ("11-30", "12-01", "12-02", "12-03", "12-04")
    ]


async def test_urgent_alerts_reach_whose_business_it_is(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    parent = world.parent()
    booking = await parent.has_booked()
    admin = await world.staff()
    own = await world.staff(Role.COUNSELOR, booking.counselor_id)
    other = await world.staff(Role.COUNSELOR, 3 - booking.counselor_id)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    for each in (admin, own, other):
        each.looks()
    await parent.says("遅れます")
    await world.play(seconds=15)
    admin.looks().sees("遅れるとの連絡")
    own.looks().sees("遅れるとの連絡", booking.reference)
    other.looks().sees_no("遅れるとの連絡")
    await own.taps("済み")
    own.sees("要対応")


async def test_a_day_that_has_just_been_is_not_next_years(world: World) -> None:
    admin = await world.staff()
    await admin.says("/day 11/27")
    admin.sees("11月27日\\(金\\) 0件").sees_no("2027")


async def test_what_is_written_into_the_wrong_chat_is_in_no_audit(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    booking = await world.parent().has_booked()
    own = await world.staff(Role.COUNSELOR, booking.counselor_id)
    await opens(own, booking)
    await world.staff()
    await world.store(
        lambda store: store.staff.set_role(1, Role.COUNSELOR, 3 - booking.counselor_id)
    )
    await own.replies(own.seen[0], "田中花子さんへ電話しました")
    own.sees("記録に残りました")
    assert "田中" not in str(await world.rows("SELECT * FROM audit"))


async def test_what_cannot_be_told_silences_nothing_else(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(turn: Turn, store: Store) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(router, "NEWS", (fails, *router.NEWS))
    world: World = await make_world("telegram")
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says("遅れます")
    await world.play(seconds=15)
    admin.looks().sees("遅れるとの連絡")


async def test_a_long_day_says_what_it_leaves_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "_LISTED", 1)
    admin = await world.staff()
    for _ in range(2):
        await world.parent().has_booked(day="12/1")
    await admin.says("/day 12/1")
    admin.sees("2件", "ほか1件")
    await admin.says("/week いつか")
    admin.sees("日付が読み取れません")


async def test_the_counselor_who_was_asked_may_answer_afterwards(world: World) -> None:
    _, parent, booking = await booked(world)
    own = await world.staff(Role.COUNSELOR)
    await parent.says("質問")
    await parent.says("服装の決まりはありますか、教えて")
    await world.play(seconds=15)
    own.looks()
    question = own.seen[0]
    await world.play_to(booking.ends_at + timedelta(minutes=1))
    await own.replies(question, "ありません。")
    own.sees("答えを送りました")
    await own.taps_data("question/1:1")
    own.sees("もう")
