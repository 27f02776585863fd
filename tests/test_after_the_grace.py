"""Between the end of the grace and the end of the consultation: who still comes, and who still
writes (art. 6(6))."""

from datetime import timedelta

import pytest

from models.booking import Booking
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_start
from tests.talk import Parent
from tests.world import World

LATER = GRACE + timedelta(minutes=5)


async def held(world: World) -> tuple[Parent, Booking]:
    """A parent who wrote at the start and has not come: staff decide."""
    parent, booking = await at_the_start(world)
    await parent.says("すみません")
    await world.play_to(booking.starts_at + LATER)
    assert (await world.booking()).status == Status.UNDECIDED
    parent.looks()
    return parent, booking


async def test_who_comes_by_the_link_is_let_in_and_noted(world: World) -> None:
    parent, booking = await held(world)
    answer = await parent.joins(world.app.core.links.join(booking))
    assert answer.status_code == 303
    assert (await world.booking()).status == Status.JOINED
    assert AlertKind.CAME_LATE in await world.alerts()
    assert ("join_link",) in await world.rows("SELECT how FROM attendance_signs")


async def test_who_says_so_has_come(world: World) -> None:
    parent, booking = await held(world)
    await parent.says("入りました")
    parent.sees("いらしたことを窓口に伝えました")
    assert (await world.booking()).status == Status.JOINED
    assert AlertKind.SAYS_HERE_LATE in await world.alerts()
    await world.play_to(booking.starts_at + timedelta(minutes=30))
    await parent.says("入りました")
    parent.sees("今、予約はありません")


async def test_late_once_more(world: World) -> None:
    parent, _ = await held(world)
    await parent.says("遅れます")
    parent.sees("窓口に伝えました", "窓口が決めます", "相談に入る").sees_no(
        "そのまま残り", "60分前"
    )
    assert AlertKind.RUNNING_LATE in await world.alerts()


async def test_cancelling_is_told_to_staff_until_the_end(world: World) -> None:
    parent, booking = await held(world)
    await parent.says("キャンセル")
    parent.sees("窓口に伝わりました")
    assert AlertKind.CANCEL_AFTER_START in await world.alerts()
    await world.play_to(booking.starts_at + timedelta(minutes=30))
    await parent.taps_data(f"cancelyes/1:{booking.id}:1")
    parent.sees("窓口で確認中")


async def test_cancelling_after_coming_is_told_to_staff(world: World) -> None:
    parent, booking = await at_the_start(world)
    await parent.joins(world.app.core.links.join(booking))
    await world.play(minutes=12)
    await parent.says("キャンセル")
    parent.sees("窓口に伝わりました").sees_no("終わりました")
    assert AlertKind.CANCEL_AFTER_START in await world.alerts()


async def test_late_for_a_cancelled_booking(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=30))
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await parent.taps_data(f"late/1:{booking.id}")
    parent.sees("キャンセル済み").sees_no("残り")
    assert AlertKind.RUNNING_LATE not in await world.alerts()


@pytest.mark.parametrize("how", ["late/1", "here/1", "words", "sticker", "link", "help"])
async def test_who_turns_up_after_the_deemed_cancellation_is_heard(world: World, how: str) -> None:
    """Staff know at once, and let them in with one tap; nobody hears "not understood"."""
    admin = await world.staff()
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + LATER)
    link = world.app.core.links.join(booking)
    if how == "link":
        answer = await world.web.get(link)
        assert "窓口に伝えました" in answer.text
    elif how == "sticker":
        await parent.sends("sticker")
    elif how in ("words", "help"):
        await parent.says("入りたいのですが" if how == "words" else "予約確認")
    else:
        await parent.taps_data(f"{how}:{booking.id}")
    if how != "link":
        parent.sees("職員に伝わりました", "082-542-8609")
        parent.sees_no("読み取れません", "予約はありません")
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    await world.play(seconds=15)
    admin.looks().sees("いらっしゃいました", "入っていただく")
    await admin.taps("入っていただく")
    assert (await world.booking()).status == Status.UNDECIDED
    await world.app.sender.drain()
    parent.looks().sees("相談に入る")
    assert (await parent.joins(link)).status_code == 303
    assert (await world.booking()).status == Status.JOINED


async def test_after_the_slot_nobody_is_promised_anything(world: World) -> None:
    parent, booking = await at_the_start(world)
    await world.play_to(booking.ends_at)
    await parent.says("入りたいのですが")
    parent.sees_no("職員に伝わりました")
    assert AlertKind.IS_HERE not in await world.alerts()


async def test_who_knocks_before_the_sweep_is_judged_at_once(make_world: MakeWorld) -> None:
    """Nobody is let in and told a few seconds later that it was too late."""
    world: World = await make_world("line")
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE - timedelta(seconds=1))
    world.clock.turn_to(booking.starts_at + GRACE + timedelta(seconds=5))
    assert (await world.booking()).status == Status.BOOKED
    answer = await parent.joins(world.app.core.links.join(booking))
    assert "キャンセルの扱い" in answer.text
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


@pytest.mark.parametrize("comes", ["link", "words"])
async def test_our_downtime_shuts_no_door(world: World, comes: str) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=5))
    await world.sleep_until(booking.starts_at + LATER)
    if comes == "link":
        answer = await parent.joins(world.app.core.links.join(booking))
        assert answer.status_code == 303
    else:
        await world.sweep()
        await parent.says("I'm in")
    assert (await world.booking()).status == Status.JOINED
    assert {AlertKind.CAME_LATE, AlertKind.SAYS_HERE_LATE} & {*await world.alerts()}


@pytest.mark.parametrize("words", ["Zoomの画面が真っ暗です、こまりました", "ヘルプ"])
async def test_a_cry_for_help_gets_the_way_in_and_the_phone(world: World, words: str) -> None:
    """Whatever somebody writes while their consultation is on: the join button and a number to
    call, and staff can read it."""
    admin = await world.staff()
    parent, booking = await at_the_start(world)
    for minutes in (1, 20):
        await world.play_to(booking.starts_at + timedelta(minutes=minutes))
        await parent.says(words)
        parent.sees("相談の時間です", "相談に入る", "082-542-8609")
    (chat,) = await world.store(lambda store: store.contacts.of_seeker(booking.job_seeker_id))
    kept = await world.store(lambda store: store.inbox.kept_of(chat.id))
    assert [each.text for each in kept] == [words, words]
    await admin.says("/needs")
    admin.sees("メッセージがありました")
    await world.play_to(booking.ends_at + timedelta(minutes=1))
    await parent.says(words)
    parent.sees_no("相談の時間です")
