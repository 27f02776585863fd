"""Who must know, knows: news of a day, what is urgent, and what is asked on working days."""

from datetime import timedelta

import pytest

from models.store import Store
from models.tables import AlertKind, Role
from tests.conftest import MakeWorld
from tests.desk import booked
from tests.talk import Parent
from tests.world import World


async def _with_a_counselor(world: World, **how: str) -> tuple[Parent, Parent, Parent]:
    """An admin, a parent who has booked, and their counselor."""
    admin, parent, booking = await booked(world, **how)
    counselor = await world.staff(Role.COUNSELOR, booking.counselor_id)
    return admin, parent, counselor


async def test_a_counselor_hears_at_once_of_a_cancellation(world: World) -> None:
    admin, parent, counselor = await _with_a_counselor(world)
    booking = await world.booking()
    await world.play_to(booking.starts_at - timedelta(minutes=35))
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play(seconds=30)
    counselor.looks().sees("^キャンセルされました", booking.reference)
    await counselor.says("/today")
    counselor.sees("キャンセル")
    assert "キャンセルされました" not in str(admin.looks().seen[-1].text)


async def test_a_counselor_hears_of_what_leaves_their_day(
    make_world: MakeWorld, channel: str
) -> None:
    """Moved by an admin to another counselor: both hear, the admin knows."""
    world: World = await make_world(channel, counselors=2)
    admin, _, first = await _with_a_counselor(world)
    booking = await world.booking()
    second = await world.staff(Role.COUNSELOR, 3 - booking.counselor_id)
    start, other = booking.starts_at + timedelta(hours=1), 3 - booking.counselor_id
    await admin.taps_data(f"smovetime/1:{booking.id}:{booking.version}:{start:%Y%m%d%H%M}:{other}")
    await world.play(seconds=30)
    first.looks().sees("担当の枠から移りました", booking.reference)
    second.looks().sees("日時が変わりました", booking.reference)


async def test_what_is_far_away_waits_for_the_list(world: World) -> None:
    _, parent, counselor = await _with_a_counselor(world, day="12/7")
    counselor.looks()
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play(minutes=10)
    counselor.looks().sees_nothing()


async def test_everything_urgent_is_seen_first_and_nothing_of_it_cut_off(world: World) -> None:
    admin = await world.staff()
    for number in range(20):
        for kind in (AlertKind.EVENT_FAILED, AlertKind.REMINDER_NOT_DELIVERED):

            def tell(
                store: Store, kind: AlertKind = kind, subject: str = f"subject {number}"
            ) -> None:
                store.alerts.tell(kind, world.clock(), subject=subject)

            await world.store(tell)
    before = len(admin.looks().ever_seen)
    await admin.says("/needs")
    answers = [each.text for each in admin.looks().ever_seen[before:]]
    lines = [
        line
        for text in answers
        for line in text.splitlines()
        if "前日のお知らせが届きません" in line
    ]
    assert len(lines) == 20
    assert "ほか20件" in "\n".join(answers)


async def test_monday_is_prepared_on_friday(make_world: MakeWorld, channel: str) -> None:
    """Booked on Wednesday for Monday, without a URL."""
    world: World = await make_world(channel, meeting_url=None)
    admin = await world.staff()
    await world.play(days=2, hours=1)
    await world.parent().has_booked(day="12/7")
    await world.play_to(world.clock() + timedelta(days=2, hours=1, minutes=59))
    assert AlertKind.NO_URL not in await world.alerts()
    await world.play(minutes=2)
    admin.looks().sees("URLがまだありません", "12月7日")


@pytest.mark.parametrize(("on", "there"), [("line", True), ("telegram", False)])
async def test_links_open_in_a_browser_of_their_own_on_line(
    make_world: MakeWorld, on: str, there: bool
) -> None:
    world: World = await make_world(on)
    parent = world.parent()
    await parent.has_booked()
    assert parent.link("相談に入る").endswith("?openExternalBrowser=1") is there
    await parent.taps("準備と注意を見る")
    for label in ("カレンダー", "カメラとマイク"):
        assert parent.link(label).endswith("?openExternalBrowser=1") is there


async def test_without_a_quota_a_free_reply_says_so_first(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin, parent, _ = await booked(world)
    world.line.quota, world.line.used = 200, 200
    await parent.says("子どもが熱を出しました")
    await world.play(minutes=12)
    before = len(admin.looks().ever_seen)
    await admin.says("/today")
    first = admin.looks().ever_seen[before].text
    assert first.startswith("⚠ LINE"), first
