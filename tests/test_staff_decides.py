"""A booking's life in the hands of staff: decided, cancelled, stopped, moved, booked again."""

from datetime import datetime, timedelta

import pytest

from models.tables import Role, Status
from tests.conftest import MakeWorld
from tests.desk import URL, booked, opens
from tests.world import World


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
    assert (await world.booking()).status == Status.JOINED
    await admin.taps("^終了$")
    admin.looks()
    parent.looks().sees("ご相談ありがとうございました", "もう一度予約する")
    assert (await world.booking()).status == Status.COMPLETED
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
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
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
    assert (await world.booking()).status == Status.UNDECIDED
    parent.looks().sees("キャンセルの扱いを取り消しました")
    history = await world.rows('SELECT what, "by", why FROM booking_changes ORDER BY id')
    assert history[-1] == ("undecided", "staff 1", "undo")


async def test_a_call_is_recorded_as_the_parents_own(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("電話で「行けません」")
    admin.sees(booking.reference)
    await admin.taps("キャンセルを記録")
    assert (await world.booking()).status == Status.CANCELLED
    parent.looks().sees("お電話でキャンセルを承りました")


async def test_the_office_cancels_with_a_reason_and_offers_other_slots(world: World) -> None:
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("担当者の都合")
    assert (await world.booking()).status == Status.WITHDRAWN
    parent.looks().sees("窓口の都合で相談を取りやめます", "担当者の都合がつかなくなりました")
    parent.sees_no("12月1日\\(火\\)\\s11:00")  # that counselor is not there that day
    await parent.taps("12月2日")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました")


async def test_the_reason_in_own_words(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.says("こんにちは")  # a stray text cancels nothing
    assert (await world.booking()).status == Status.BOOKED
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.says("停電のため\nお休みします")
    assert (await world.booking()).status == Status.BOOKED
    await admin.taps("取りやめて、理由を本人に伝える")
    parent.looks().sees("停電のため お休みします")
    assert (await world.booking()).status == Status.WITHDRAWN
    await admin.says("もう一つの文")
    admin.sees("読み取れませんでした")


async def test_a_consultation_is_stopped(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at)
    await parent.joins(world.app.core.links.join(booking))
    await opens(admin, booking)
    await admin.taps("相談を中止")
    await admin.says("大声でおどすため")
    await admin.taps("相談を中止する")
    assert (await world.booking()).status == Status.WITHDRAWN
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
    await parent.joins(world.app.core.links.join(booking))
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
    parent.looks().sees("窓口が予約の日時を変更しました", "12月3日\\(木\\)\\s14:00")
    await admin.taps_old("^14:00$")
    admin.sees("今は、それはできません")
    assert (await world.booking()).version == 2


async def test_an_old_question_is_answered_by_nothing_else(world: World) -> None:
    """Going back, or replying to another card, leaves what was asked before."""
    admin, _, booking = await booked(world)
    other = await world.parent().has_booked()
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.taps("もどる")
    await admin.says("ありがとう")
    assert (await world.bookings())[0].status == Status.BOOKED
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await opens(admin, other)
    await admin.replies(admin.seen[0], URL)
    assert [each.status for each in await world.bookings()] == [Status.BOOKED, Status.BOOKED]
    assert (await world.bookings())[1].meeting_url == URL


async def test_the_answer_to_a_question_is_no_command(world: World) -> None:
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("窓口が取りやめ")
    await admin.taps("ほかの理由を書く")
    await admin.says("休み のため")
    await admin.taps("取りやめて、理由を本人に伝える")
    assert (await world.booking()).status == Status.WITHDRAWN
    parent.looks().sees("休み のため")


async def test_nobody_is_absent_before_the_grace_is_over(world: World) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at + timedelta(minutes=2))
    await opens(admin, booking)
    assert "来なかった" not in admin.labels()
    await admin.taps_data(f"absent/1:{booking.id}")
    admin.sees("今は、それはできません")
    answer = await parent.joins(world.app.core.links.join(booking))
    assert answer.status_code == 303


async def test_staff_choose_the_counselor(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin, parent, booking = await booked(world, day="12/1", time="10:00")
    await admin.taps_data(f"reserveday/1:{booking.job_seeker_id}:consultation:20261202")
    admin.sees("担当：だれでも")
    await admin.taps("担当：鈴木")
    admin.sees("担当：鈴木")
    await admin.taps("^11:00$")
    parent.looks().sees("12月2日\\(水\\)\\s11:00", "鈴木")
    again = (await world.bookings())[1]
    assert again.counselor == "鈴木"
    await admin.taps_data(f"smoveday/1:{again.id}:20261203")
    await admin.taps("担当：佐藤")
    await admin.taps("担当：だれでも")
    await admin.taps("担当：佐藤")
    await admin.taps("^13:00$")
    assert (await world.bookings())[1].counselor == "佐藤"
    own = await world.staff(Role.COUNSELOR, 1)
    await own.taps_data(f"reserveday/1:{booking.job_seeker_id}:consultation:20261204")
    own.sees_no("担当：だれでも")  # a counselor books with oneself


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
    await admin.taps("担当：鈴木" if booking.counselor == "佐藤" else "担当：佐藤")
    await admin.taps("^10:00$")
    moved = await world.booking()
    await world.play_to(moved.starts_at + timedelta(minutes=1))
    await admin.taps_data(f"present/1:{booking.id}")
    await admin.taps("次の予約")
    await admin.taps("12/8")
    await admin.taps("^10:00$")
    assert (await world.bookings())[1].counselor == moved.counselor


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
        assert (await world.booking()).status == Status.BOOKED
    await admin.says("停電のため")
    await admin.taps("取りやめて|相談を中止する")
    assert (await world.booking()).status == Status.WITHDRAWN
