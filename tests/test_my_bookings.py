"""Looking up, cancelling and moving; old, foreign and forged buttons."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.slots import Slot
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.world import World

JAPAN = ZoneInfo("Asia/Tokyo")


async def test_none(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("予約確認")
    parent.sees("予約はありません", "予約する")
    await parent.says("キャンセル")
    parent.sees("予約はありません")
    await parent.says("変更")
    parent.sees("予約はありません")


async def test_cancel_with_one_question(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("予約をキャンセルしたいです")
    parent.sees("この予約をキャンセルしますか", "12月1日", "日時を変える")
    await parent.taps("キャンセルしない")
    parent.sees("お待ちしています")
    await parent.taps("キャンセル")
    await parent.taps("キャンセルする")
    parent.sees("キャンセルしました", "もう一度予約する")
    assert (await world.booking()).status == Status.CANCELLED
    await parent.taps_old("キャンセルする")
    parent.sees("この予約はキャンセル済みです")
    other = world.parent()
    await other.has_booked(day="12/1", time="10:00")  # the slot is free again


async def test_ones_own_cancellation_can_be_taken_back(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play_to(booking.starts_at - timedelta(hours=1))  # too late for a new booking
    await parent.taps_old("予約を元に戻す")
    parent.sees("12月1日", "相談に入る")
    assert (await world.booking()).status == Status.BOOKED


async def test_not_when_somebody_else_has_the_slot(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.take_slot(booking.slot)
    await parent.taps_old("予約を元に戻す")
    parent.sees_no("相談に入る").sees("もう一度予約する|予約する")
    assert [each.status for each in await world.bookings()] == [Status.CANCELLED, Status.BOOKED]


async def test_cancelling_is_possible_until_the_start(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(milliseconds=1))
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    parent.sees("キャンセルしました")


async def test_a_cancellation_pressed_in_time_counts_though_it_arrives_late(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("キャンセル")
    await world.play_to(booking.starts_at - timedelta(seconds=10))
    event = world.line.event(
        parent.person, "postback", postback={"data": f"cancelyes/1:{booking.id}:1"}
    )
    await world.play_to(booking.starts_at + timedelta(minutes=12))
    # Asking for it the day before was a doubt, which staff were to hear of.
    assert (await world.booking()).status == Status.UNDECIDED
    assert await world.line.deliver([event]) == 200
    assert (await world.booking()).status == Status.CANCELLED


async def test_after_the_start_a_cancellation_is_contact(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("キャンセル")
    await world.play_to(booking.starts_at + timedelta(minutes=3))
    await parent.taps("キャンセルする")
    parent.sees("窓口に伝わりました")
    assert AlertKind.CANCEL_AFTER_START in await world.alerts()
    await world.play(minutes=10)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_move_in_one_step(world: World) -> None:
    parent = world.parent()
    before = await parent.has_booked()
    await parent.says("日時を変更したい")
    await parent.taps("12/3")
    await parent.taps("14:00")
    parent.sees("この日時に変えますか", "今の予約", "12月3日\\(木\\)\\s14:00")
    await parent.taps("変更する")
    parent.sees("日時を変更しました", "12月3日\\(木\\)\\s14:00", before.reference)
    moved = await world.booking()
    assert (moved.id, moved.version, moved.status) == (before.id, 2, Status.BOOKED)
    await parent.taps_old("変更する")
    parent.sees("この予約は入っています")


async def test_move_to_a_typed_day(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("12月4日に変更したい")
    parent.sees("12月4日", "ご希望に合う時間です")
    await parent.says("12/4 20時に変更")
    parent.sees("相談の時間は10:00〜16:00です", "12月4日\\(金\\)\\s15:30")
    await parent.says("12/4 15時半に変更")
    await parent.taps("変更する")
    parent.sees("日時を変更しました", "12月4日\\(金\\)\\s15:30〜16:00")


async def test_a_move_that_fails_keeps_the_old_slot(world: World) -> None:
    parent = world.parent()
    before = await parent.has_booked()
    await parent.says("変更")
    await parent.taps("12/3")
    await parent.taps("14:00")
    wanted = datetime(2026, 12, 3, 14, 0, tzinfo=JAPAN).astimezone(UTC)
    await world.take_slot(Slot(wanted, 1))
    await parent.taps("変更する")
    parent.sees("そのまま残っています", "は予約できません", "14:30")
    assert (await world.bookings())[0] == before
    await parent.taps("14:30〜")
    await parent.taps("変更する")
    parent.sees("日時を変更しました")


async def test_an_old_question_does_not_cancel_a_moved_booking(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("キャンセル")
    await parent.says("変更")
    await parent.taps("12/3")
    await parent.taps("14:00")
    await parent.taps("変更する")
    await parent.taps_old("^キャンセルする$")
    parent.sees("この予約をキャンセルしますか", "12月3日")
    assert (await world.booking()).status == Status.BOOKED


async def test_a_confirm_button_books_once(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.taps_old("この内容で予約する")
    parent.sees("この予約は入っています")
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await parent.taps_old("この内容で予約する")
    parent.sees("この内容で予約しますか")  # asked anew, not done again
    assert [each.status for each in await world.bookings()] == [Status.CANCELLED]
    await parent.taps("この内容で予約する")
    parent.sees("予約しました")


async def test_other_peoples_buttons_do_nothing(world: World) -> None:
    owner, stranger = world.parent(), world.parent()
    booking = await owner.has_booked()
    await stranger.has_settled_everything()
    for data in (
        f"show/1:{booking.id}",
        f"cancel/1:{booking.id}",
        f"cancelyes/1:{booking.id}:1",
        f"move/1:{booking.id}:0",
        f"moveday/1:{booking.id}:20261203",
        f"movetime/1:{booking.id}:202612030500:1",
        f"moveyes/1:{booking.id}:1:202612030500:1",
        f"late/1:{booking.id}",
        f"here/1:{booking.id}",
        f"company/1:{booking.id}",
        f"comes/1:{booking.id}:interpreter",
    ):
        await stranger.taps_data(data)
        stranger.sees("そのボタンは今は使えません", "予約する")
    assert await world.booking() == booking


async def test_forged_and_ancient_buttons_lead_to_the_menu(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    for data in (
        "nonsense",
        "day/1",
        "day/1:consultation:20261301",
        "day/1:consultation:２０２６１２０１",
        "day/1:nothing:20261201",
        "time/1:consultation:000000000000:1",
        "time/1:consultation:202612010100:-1",
        "time/1:consultation:202612010100:99999999999999999999",
        "time/1:consultation:202612010100: 1",
        "time/1:consultation:999912312359:1",
        "time/1:consultation:000101010000:1",
        "day/1:consultation:99991231",
        "with/1:consultation:202612010100:1:army",
        "confirm/1:consultation:202612010100:1:alone:01",
        "agree/1:999999999999999",
        "text/1:1:99",
        "text/1:99:0",
        "text/1:9007199254740991:0",
        "all/1:x",
        "item/1:e:x",
        "language/1:xx",
        "show/1:1",
        ":" * 60,
        "\u0000day/1",
        "day/1:" + "9" * 50,
    ):
        await parent.taps_data(data)
        parent.sees("予約する|同意する")
    parent.sees("そのボタンは今は使えません")
    assert await world.bookings() == []
    assert await world.alerts() == []


async def test_a_month_later_every_button_still_makes_sense(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    buttons = [b.data for message in parent.ever_seen for b in message.buttons if b.data]
    await world.sleep_until(world.clock() + timedelta(days=31))
    await world.sweep()
    for data in dict.fromkeys(buttons):
        await parent.taps_data(data)
        assert parent.seen, data
        parent.sees_no("うまく処理できませんでした")
    assert await world.alerts() == [] or AlertKind.EVENT_FAILED not in await world.alerts()
