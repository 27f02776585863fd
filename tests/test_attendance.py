"""The 10-minute rule: came, contact, late evidence, downtime (art. 6(6))."""

from datetime import timedelta
from typing import Any

import pytest

from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_start
from tests.world import World


async def test_nobody_came_and_nobody_wrote(world: World) -> None:
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE - timedelta(milliseconds=1))
    assert (await world.booking()).status == Status.BOOKED
    await world.play(milliseconds=1)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    parent.looks().sees("キャンセルの扱いになりました", "10分", "もう一度予約する", "082-542-8609")
    assert AlertKind.DEEMED_CANCELLED in await world.alerts()
    await world.play(hours=1)
    parent.looks().sees_nothing()
    await parent.taps_old("もう一度予約する")
    parent.sees("日をお選びください")


async def test_the_mark_comes_at_most_one_sweep_late(world: World) -> None:
    _, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=15))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


async def test_the_join_link_shows_that_they_came(world: World) -> None:
    parent, booking = await at_the_start(world)
    answer = await parent.joins(world.app.core.links.join(booking))
    assert answer.status_code == 303
    assert (await world.booking()).status == Status.JOINED
    await world.play(minutes=11)
    assert (await world.booking()).status == Status.JOINED
    parent.looks().sees_nothing()


@pytest.mark.parametrize("words", ["入りました", "I'm in"])
async def test_im_in(world: World, words: str) -> None:
    parent, _ = await at_the_start(world)
    await parent.says(words)
    parent.sees("いらしたことを窓口に伝えました")
    assert (await world.booking()).status == Status.JOINED


async def test_im_in_has_its_time(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("入りました")
    parent.sees("9:45から入れます")
    await world.play_to(booking.starts_at - timedelta(minutes=15))
    await parent.says("予約確認")
    await parent.taps("^入りました$")
    parent.sees("ありがとうございます")
    assert (await world.booking()).status == Status.JOINED


async def test_im_in_after_the_deadline_is_too_late(world: World) -> None:
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE)
    await parent.says("入りました")
    parent.sees("予約はありません|時間は過ぎました|キャンセルの扱い")
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    "words",
    ["子どもが熱を出して遅れます", "すみません、今むかっています", "I will be late", "☂️", "…"],
)
async def test_any_word_holds_the_booking(world: World, words: str) -> None:
    parent, booking = await at_the_start(world)
    await parent.says(words)
    assert parent.seen
    assert AlertKind.WROTE in await world.alerts()
    await world.play_to(booking.starts_at + GRACE + timedelta(minutes=1))
    assert (await world.booking()).status == Status.UNDECIDED
    assert AlertKind.DECIDE_CONTACT in await world.alerts()
    parent.looks().sees_nothing()


async def test_running_late(world: World) -> None:
    parent, booking = await at_the_start(world)
    await parent.says("子どもが熱を出して遅れます")
    parent.sees("予約はそのまま残り", "相談に入る")
    assert AlertKind.RUNNING_LATE in await world.alerts()
    await world.play(minutes=5)
    await parent.joins(world.app.core.links.join(booking))
    await world.play(minutes=10)
    assert (await world.booking()).status == Status.JOINED


async def test_running_late_by_button(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=30))
    await parent.taps_old("^遅れます$")
    parent.sees("予約はそのまま残り")
    assert AlertKind.RUNNING_LATE in await world.alerts()


@pytest.mark.parametrize("how", ["words", "button"])
async def test_running_late_long_before_holds_until_it_is_cleared_up(
    world: World, how: str
) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=61))
    if how == "words":
        await parent.says("遅れます")
    else:
        await parent.taps_data(f"late/1:{booking.id}")
    parent.sees("どうなさいますか", "予定どおり行きます", "日時を変える", "キャンセルする")
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_running_late_without_a_booking(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("遅れます")
    parent.sees("今、予約はありません")


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        (timedelta(minutes=-60), Status.UNDECIDED),
        (timedelta(minutes=-60, milliseconds=-1), Status.DEEMED_CANCELLED),
        (GRACE - timedelta(milliseconds=1), Status.UNDECIDED),
        (GRACE, Status.DEEMED_CANCELLED),
    ],
)
async def test_the_window_of_contact(
    make_world: MakeWorld, offset: timedelta, status: Status
) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + offset)
    await parent.says("こんにちは")
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=15))
    assert (await world.booking()).status == status


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"message": {"type": "text", "id": "1", "text": "遅れます"}}, "message"),
        ({"message": {"type": "sticker", "id": "1"}}, "message"),
        ({"postback": {"data": "mine/1"}}, "postback"),
    ],
)
async def test_contact_that_arrives_late_reinstates(
    make_world: MakeWorld, content: dict[str, Any], kind: str
) -> None:
    world: World = await make_world("line")
    parent, booking = await at_the_start(world)
    event = world.line.event(parent.person, kind, **content)  # at the start
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    parent.looks()
    assert await world.line.deliver([event]) == 200
    await world.app.sender.drain()
    assert (await world.booking()).status == Status.UNDECIDED
    assert AlertKind.REINSTATED in await world.alerts()
    parent.looks().sees("キャンセルの扱いを取り消しました")
    await world.play(minutes=30)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_coming_that_arrives_late_reinstates(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent, booking = await at_the_start(world)
    event = world.line.event(parent.person, "postback", postback={"data": f"here/1:{booking.id}"})
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    await world.line.deliver([event])
    assert (await world.booking()).status == Status.JOINED


async def test_what_was_done_after_the_deadline_reinstates_nothing(world: World) -> None:
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE)
    await parent.says("すみません!")
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("down", "up"),
    [
        (timedelta(minutes=-5), timedelta(minutes=2)),
        (timedelta(minutes=3), timedelta(minutes=4)),
        (timedelta(minutes=9), timedelta(minutes=12)),
        (timedelta(minutes=-600), timedelta(days=3)),
    ],
)
async def test_our_own_downtime_punishes_nobody(
    world: World, down: timedelta, up: timedelta
) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + down)
    parent.looks()
    await world.sleep_until(booking.starts_at + up)
    await world.sweep()
    await world.play_to(max(world.clock(), booking.starts_at + GRACE) + timedelta(seconds=15))
    assert (await world.booking()).status == Status.UNDECIDED
    assert AlertKind.DECIDE_UNWATCHED in await world.alerts()
    parent.looks().sees_no("キャンセルの扱いになりました")


async def test_a_restart_outside_the_grace_changes_nothing(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=2))
    await world.sleep_until(booking.starts_at - timedelta(minutes=18))
    await world.sweep()
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    parent.looks().sees("キャンセルの扱い")


async def test_moved_and_cancelled_bookings_are_left_alone(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.says("変更")
    await parent.taps("12/3")
    await parent.taps("14:00")
    await parent.taps("変更する")
    await world.play_to(booking.starts_at + timedelta(minutes=20))
    assert (await world.booking()).status == Status.BOOKED
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play(days=4)
    assert (await world.booking()).status == Status.CANCELLED
    assert AlertKind.DEEMED_CANCELLED not in await world.alerts()


async def test_the_history_keeps_why(world: World) -> None:
    _, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE)
    rows = await world.rows('SELECT what, "by", why FROM booking_changes ORDER BY id')
    assert rows == [
        ("booked", "parent", ""),
        ("deemed_cancelled", "clock", "no contact 10 minutes after the start"),
    ]


async def test_one_person_with_another_program_answering_is_still_heard(
    make_world: MakeWorld,
) -> None:
    """LINE's standby mode: no answer of ours, but it is contact all the same."""
    world: World = await make_world("line")
    parent, booking = await at_the_start(world)
    event = world.line.event(
        parent.person, "message", message={"type": "text", "id": "1", "text": "遅れます"}
    )
    assert await world.line.deliver([{**event, "mode": "standby"}]) == 200
    await world.app.sender.drain()
    parent.looks().sees_nothing()
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_who_is_reinstated_while_another_program_answers_is_told(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line")
    parent, booking = await at_the_start(world)
    said = {"type": "text", "id": "1", "text": "遅れます"}
    event = world.line.event(parent.person, "message", answerable=False, message=said)
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    parent.looks()
    assert await world.line.deliver([{**event, "mode": "standby"}]) == 200
    await world.app.sender.drain()
    parent.looks().sees("キャンセルの扱いを取り消しました").sees_no("メニュー")
    assert (await world.booking()).status == Status.UNDECIDED


async def test_whom_the_office_gave_no_url_is_not_deemed_absent(
    make_world: MakeWorld, channel: str
) -> None:
    """Art. 6(4): the door was shut, so staff decide."""
    world: World = await make_world(channel, meeting_url=None)
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=30))
    assert (await world.booking()).status == Status.UNDECIDED
    parent.looks().sees_no("キャンセルの扱いになりました")
    admin = await world.staff()
    await admin.says("/needs")
    admin.sees(
        "要対応 1件", "URLを伝えていないまま"
    )  # the one decision, and nothing that led to it
