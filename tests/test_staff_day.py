"""A day at the office, by staff in chat: the list, the cards, and a booking's life."""

from datetime import datetime, timedelta

import pytest

from handlers import router
from handlers.staff import day
from models.store import Store
from models.store.booking import Booking
from models.turn import Turn
from tests.conftest import MakeWorld
from tests.talk import Parent, World

URL = "https://us02web.zoom.us/j/123456"


async def booked(world: World, **how: str) -> tuple[Parent, Parent, Booking]:
    """An admin, a parent, and the parent's booking (12/1 10:00 unless said otherwise)."""
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked(**how)
    return admin, parent, booking


async def opens(admin: Parent, booking: Booking) -> None:
    """Looks at the booking's card."""
    await admin.taps_data(f"booking/1:{booking.id}")


async def test_the_day_in_order_of_time(world: World) -> None:
    admin, _, booking = await booked(world, day="12/1", time="14:00")
    await world.parent().has_booked(day="12/1", time="10:00")
    await admin.says("/tomorrow")
    admin.sees("12月1日\\(火\\) 2件", "10:00.*広○ 花○.*佐藤.*予約中.*未掲載")
    text = admin.seen[0].text
    assert text.index("10:00") < text.index("14:00")
    admin.sees(
        booking.reference, "電話でキャンセル", "URLを伝える"
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
    own = await world.staff("counselor", booking.counselor_id)
    other = await world.staff("counselor", 3 - booking.counselor_id)
    await own.says("/tomorrow")
    own.sees("1件")
    await other.says("/tomorrow")
    other.sees("0件")
    for verb in ("booking", "present", "officeends", "url", "mypage"):
        await other.taps_data(f"{verb}/1:{booking.id}")
        other.sees("記録に残りました")
    refused = await world.rows("SELECT what, subject FROM audit WHERE NOT allowed ORDER BY id")
    assert refused[0] == ("booking/1", f"booking {booking.id}")
    assert (await world.booking()).status == "booked"


async def test_a_url_by_replying_to_the_card(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    admin.sees("URLなし")
    await admin.replies(admin.seen[0], f"こちらです {URL} よろしく")
    admin.sees("できました")
    assert (await world.booking()).meeting_url == URL
    parent.looks().sees("オンライン相談の準備ができました", "相談に入る")
    assert all(URL not in message.text for message in parent.ever_seen)
    if channel == "telegram":
        admin.looks()
        assert any("本人へのお知らせを送りました" in each.text for each in admin.ever_seen)


@pytest.mark.parametrize(
    "bad", ["http://zoom.us/j/1", "https://zoom.us.evil.test/1", "zoom", "https://zoom.us:1/j"]
)
async def test_a_url_by_button_and_by_command(
    make_world: MakeWorld, channel: str, bad: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("URLを伝える")
    await admin.says(bad)
    admin.sees("使えるURLではありません")
    assert (await world.booking()).meeting_url is None
    await admin.says(URL)
    assert (await world.booking()).meeting_url == URL
    await admin.says(f"/url {booking.reference.lower()} {URL}2")
    assert (await world.booking()).meeting_url == f"{URL}2"
    parent.looks().sees("準備ができました")
    await admin.says(f"/url XXXXXX {URL}")
    admin.sees("その予約番号はありません")
    rows = await world.rows("SELECT what, subject, before, after FROM audit WHERE what = 'url'")
    assert rows[0] == ("url", f"booking {booking.id}", "none", "given")


async def test_present_and_completed(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    assert "来た" not in admin.labels()
    await admin.taps_data(f"present/1:{booking.id}")
    admin.sees("今は、それはできません")
    await world.play_to(booking.starts_at + timedelta(minutes=3))
    await opens(admin, booking)
    await admin.taps("^来た$")
    admin.sees("できました", "入室")
    parent.looks().sees("窓口で入室を確認しました")
    await world.play(minutes=20)
    assert (await world.booking()).status == "joined"
    await admin.taps("^終了$")
    admin.looks()
    parent.looks().sees("ご相談ありがとうございました", "もう一度予約する")
    assert (await world.booking()).status == "completed"
    await admin.taps_data(f"completed/1:{booking.id}")
    admin.sees("今は、それはできません")
    parent.looks().sees_nothing()


async def test_staff_decide_what_the_program_could_not(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at)
    await parent.says("すみません")
    await world.play(minutes=11)
    admin.looks().sees("入室がなく、連絡はありました", booking.reference)
    await admin.taps("予約を開く")
    await admin.taps("来なかった")
    assert (await world.booking()).status == "deemed_cancelled"
    parent.looks().sees("キャンセルの扱いになりました")
    await admin.says("/needs")
    admin.sees("要対応はありません")


async def test_a_deemed_cancellation_is_undone(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    parent.looks()
    admin.looks().sees("キャンセルの扱いにしました")
    await opens(admin, booking)
    await admin.taps("取り消しをもどす")
    assert (await world.booking()).status == "undecided"
    parent.looks().sees("キャンセルの扱いを取り消しました")
    history = await world.rows('SELECT what, "by", why FROM booking_changes ORDER BY id')
    assert history[-1] == ("undecided", "staff 1", "undo")


async def test_a_call_is_recorded_as_the_parents_own(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("電話でキャンセル")
    admin.sees(booking.reference)
    await admin.taps("キャンセルを記録")
    assert (await world.booking()).status == "cancelled"
    parent.looks().sees("お電話でキャンセルを承りました")


async def test_the_office_cancels_with_a_reason_and_offers_other_slots(world: World) -> None:
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("担当者の都合")
    assert (await world.booking()).status == "withdrawn"
    parent.looks().sees("窓口の都合で相談を取りやめます", "担当者の都合がつかなくなりました")
    parent.sees_no("12月1日\\(火\\) 11:00")  # that counselor is not there that day
    await parent.taps("12月2日")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました")


async def test_the_reason_in_own_words(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.says("こんにちは")  # a stray text cancels nothing
    assert (await world.booking()).status == "booked"
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.says("停電のため\nお休みします")
    parent.looks().sees("停電のため お休みします")
    assert (await world.booking()).status == "withdrawn"
    await admin.says("もう一つの文")
    admin.sees("読み取れませんでした")


async def test_a_consultation_is_stopped(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at)
    await parent.joins(world.app.links.join(booking.id))
    await opens(admin, booking)
    await admin.taps("相談を中止")
    await admin.says("大声でおどすため")
    assert (await world.booking()).status == "withdrawn"
    parent.looks().sees("相談を中止しました").sees_no("おどす")
    history = await world.rows("SELECT why FROM booking_changes ORDER BY id DESC LIMIT 1")
    assert history == [("stopped",)]
    ((_, note),) = await world.store(lambda store: store.seekers.notes(booking.job_seeker_id))
    assert note == "相談を中止した理由: 大声でおどすため"
    assert await world.rows(f"SELECT * FROM notes WHERE body LIKE '%{'おどす'}%'") == []


async def test_the_next_one_is_booked_during_the_consultation(world: World) -> None:
    """Art. 6(5); also today, past the parents' deadline."""
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await world.play_to(booking.starts_at)
    await parent.joins(world.app.links.join(booking.id))
    await opens(admin, booking)
    await admin.taps("次の予約")
    await admin.taps("12/1")
    admin.sees("15:30").sees_no("^10:00")
    await admin.taps("15:30")
    admin.sees("できました", "2回目")
    assert len(await world.bookings()) == 2
    parent.looks().sees("窓口が予約を入れました", "15:30〜16:00")
    await admin.taps_old("15:30")
    assert len(await world.bookings()) == 2


async def test_staff_move_a_booking(world: World) -> None:
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await opens(admin, booking)
    await admin.taps("日時の変更")
    await admin.taps("12/3")
    await admin.taps("14:00")
    moved = await world.booking()
    assert moved.starts_at == datetime.fromisoformat("2026-12-03T14:00+09:00")
    parent.looks().sees("窓口が予約の日時を変更しました", "12月3日\\(木\\) 14:00")
    await admin.taps_old("^14:00$")
    admin.sees("今は、それはできません")
    assert (await world.booking()).version == 2


async def test_my_page(world: World) -> None:
    admin, _, booking = await booked(world)
    await admin.says("マイページ")
    admin.sees("1件あります")
    await admin.taps(booking.reference)
    admin.sees("オンライン相談のご予約", "予約番号: " + booking.reference, "https://zoom.us")
    await admin.taps("掲載した")
    admin.sees("未掲載の予約はありません")
    await opens(admin, booking)
    admin.sees("掲載済み")


async def test_what_was_not_delivered_comes_back_to_the_one_who_asked(world: World) -> None:
    admin, parent, booking = await booked(world)
    await parent.blocks()
    await opens(admin, booking)
    await admin.taps("電話でキャンセル")
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
    own = await world.staff("counselor", booking.counselor_id)
    other = await world.staff("counselor", 3 - booking.counselor_id)
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


async def test_an_old_question_is_answered_by_nothing_else(world: World) -> None:
    """Going back, or replying to another card, leaves what was asked before."""
    admin, _, booking = await booked(world)
    other = await world.parent().has_booked()
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.taps("もどる")
    await admin.says("ありがとう")
    assert (await world.bookings())[0].status == "booked"
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await opens(admin, other)
    await admin.replies(admin.seen[0], URL)
    assert [each.status for each in await world.bookings()] == ["booked", "booked"]
    assert (await world.bookings())[1].meeting_url == URL


async def test_the_answer_to_a_question_is_no_command(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.says("休み のため")
    assert (await world.booking()).status == "withdrawn"
    parent.looks().sees("休み のため")


async def test_nobody_is_absent_before_the_grace_is_over(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at + timedelta(minutes=2))
    await opens(admin, booking)
    assert "来なかった" not in admin.labels()
    await admin.taps_data(f"absent/1:{booking.id}")
    admin.sees("今は、それはできません")
    answer = await parent.joins(world.app.links.join(booking.id))
    assert answer.status_code == 303


async def test_another_url_is_to_be_posted_anew(world: World) -> None:
    admin, parent, booking = await booked(world)
    await admin.taps_data(f"posted/2:{booking.id}:1")
    await admin.says(f"/url {booking.reference} {URL}")
    parent.looks().sees("URLが変わりました")
    await admin.says(f"/url {booking.reference} {URL}")
    parent.looks().sees_nothing()
    await admin.says("/mypage")
    admin.sees("1件あります")


async def test_staff_choose_the_counselor(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await admin.taps_data(f"reserveday/1:{booking.job_seeker_id}:consultation:20261202")
    admin.sees("担当: だれでも")
    await admin.taps("担当: 鈴木")
    admin.sees("担当: 鈴木")
    await admin.taps("^11:00$")
    parent.looks().sees("12月2日\\(水\\) 11:00", "鈴木")
    again = (await world.bookings())[1]
    assert again.counselor == "鈴木"
    await admin.taps_data(f"smoveday/1:{again.id}:20261203")
    await admin.taps("担当: 佐藤")
    await admin.taps("担当: だれでも")
    await admin.taps("担当: 佐藤")
    await admin.taps("^13:00$")
    assert (await world.bookings())[1].counselor == "佐藤"
    own = await world.staff("counselor", 1)
    await own.taps_data(f"reserveday/1:{booking.job_seeker_id}:consultation:20261204")
    own.sees_no("担当: だれでも")  # a counselor books with oneself


async def test_nobody_is_booked_into_two_consultations_at_once(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    admin, _, booking = await booked(world, day="12/1", time="10:00")
    other = 3 - booking.counselor_id
    await admin.taps_data(
        f"reservetime/1:{booking.job_seeker_id}:consultation:2:{booking.starts_at:%Y%m%d%H%M}:{other}"
    )
    assert len(await world.bookings()) == 1


async def test_a_day_that_has_just_been_is_not_next_years(world: World) -> None:
    admin = await world.staff()
    await admin.says("/day 11/27")
    admin.sees("11月27日\\(金\\) 0件").sees_no("2027")


async def test_what_is_written_into_the_wrong_chat_is_in_no_audit(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    booking = await world.parent().has_booked()
    own = await world.staff("counselor", booking.counselor_id)
    await opens(own, booking)
    await world.staff()
    await world.store(lambda store: store.staff.set_role(1, "counselor", 3 - booking.counselor_id))
    await own.replies(own.seen[0], "田中花子さんへ電話しました")
    own.sees("記録に残りました")
    assert "田中" not in str(await world.rows("SELECT * FROM audit"))


async def test_what_cannot_be_told_silences_nothing_else(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(turn: Turn, store: Store) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(router, "UNASKED", (fails, *router.UNASKED))
    world: World = await make_world("telegram")
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says("遅れます")
    await world.play(seconds=15)
    admin.looks().sees("遅れるとの連絡")


async def test_undoing_leaves_something_to_decide(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    parent.looks()
    await world.play(days=20)
    await admin.taps_data(f"undo/1:{booking.id}")
    parent.looks()
    assert "相談に入る" not in parent.labels()
    await admin.says("/needs")
    admin.sees("来たかどうかを決めてください")
    await admin.taps("済|対応")
    admin.sees("まず、来たかどうか")
    await admin.taps("来なかった")
    await admin.says("/needs")
    admin.sees("要対応はありません")


async def test_moving_alone_ticks_off_what_staff_were_to_move(world: World) -> None:
    admin, parent, _ = await booked(world, day="12/1", time="10:00")
    await admin.says("/closures 12/1")
    await admin.taps("移す")
    await parent.says("変更")
    await parent.taps("12/2")
    await parent.taps("^11:00$")
    await parent.taps("変更する")
    await admin.says("/needs")
    admin.sees("要対応はありません")


async def test_the_next_one_is_with_the_same_counselor(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin, _, booking = await booked(world, day="12/1", time="10:00")
    await admin.taps_data(f"smoveday/1:{booking.id}:20261201")
    await admin.taps("担当: 鈴木" if booking.counselor == "佐藤" else "担当: 佐藤")
    await admin.taps("^10:00$")
    moved = await world.booking()
    await world.play_to(moved.starts_at + timedelta(minutes=1))
    await admin.taps_data(f"present/1:{booking.id}")
    await admin.taps("次の予約")
    await admin.taps("12/8")
    await admin.taps("^10:00$")
    assert (await world.bookings())[1].counselor == moved.counselor


@pytest.mark.parametrize(
    "words", ["(https://zoom.us/j/5)", "https://zoom.us/j/5, です", "こちら「https://zoom.us/j/5」"]
)
async def test_a_url_is_taken_without_what_stands_around_it(world: World, words: str) -> None:
    admin, _, booking = await booked(world)
    await admin.says(f"/url {booking.reference}\n{words}")
    assert (await world.booking()).meeting_url == "https://zoom.us/j/5"


async def test_a_changed_message_speaks_of_its_booking_no_more(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    admin, _, booking = await booked(world)
    await opens(admin, booking)
    card = admin.seen[0]
    await world.telegram.tap(admin.telegram, "agenda/1:20261201", int(card.message_id))
    await world.app.sender.send_all()
    await admin.replies(card, "https://zoom.us/j/5")
    assert (await world.booking()).meeting_url != "https://zoom.us/j/5"


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
    own = await world.staff("counselor")
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


async def test_a_text_for_my_page_that_is_out_of_date_is_not_ticked_off(world: World) -> None:
    admin, _, booking = await booked(world)
    await admin.taps_data(f"mypage/1:{booking.id}")
    await admin.says(f"/url {booking.reference} {URL}")  # by a colleague, say
    await admin.taps_old("掲載した")
    admin.sees(URL, "掲載した")
    await admin.says("/mypage")
    admin.sees("1件あります")


@pytest.mark.parametrize("ends", ["officeends", "stop"])
async def test_a_command_or_nothing_is_no_reason(world: World, ends: str) -> None:
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    for said, seen in (("明日", "12月1日\\(火\\) 1件"), ("　\u200b", "文字が入っていません")):
        await admin.taps_data(f"{ends}/1:{booking.id}")
        if ends == "officeends":
            await admin.taps("ほかの理由")
        await admin.says(said)
        admin.sees(seen)
        parent.looks().sees_nothing()
        assert (await world.booking()).status == "booked"
    await admin.says("停電のため")
    assert (await world.booking()).status == "withdrawn"
