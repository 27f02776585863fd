"""The waiting list: who waits is told when a slot frees, the first in line first."""

import asyncio
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy.util import await_only

from handlers.parents import waiting
from handlers.shared.hours import is_quiet
from models.booking import Booking
from models.store import Store
from models.store.calendar import Calendar
from models.tables import AlertKind, Role
from models.turn import Turn
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World

DAY = "12/1"


async def full_day(world: World) -> list[Parent]:
    """12/1 has one counselor for an hour: two parents take it all."""
    await world.store(_only_ten_to_eleven)
    owners = [world.parent(), world.parent()]
    for each in owners:
        await each.has_booked(day=DAY)
    return owners


def _only_ten_to_eleven(store: Store) -> None:
    store.calendar.change_counselor(1, "https://zoom.us/j/1", [(1, time(10), time(11))])


async def waits(world: World) -> Parent:
    """A parent who waits for 12/1."""
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.taps("満席の日の空きを待つ")
    await parent.taps(DAY)
    parent.sees("空きをお待ちします：12月1日\\(火\\)", "分間お取り置き")
    return parent


async def cancels(parent: Parent) -> None:
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")


async def booked_by(world: World, parent: Parent) -> list[Booking]:
    def mine(store: Store) -> list[Booking]:
        contact = store.contacts.find(parent.channel, parent.person)
        assert contact is not None
        return store.bookings.current(contact.job_seeker_id or 0, world.clock())

    found: list[Booking] = await world.store(mine)
    return found


async def test_the_first_in_line_has_it_held_then_the_next(world: World) -> None:
    owners = await full_day(world)
    first, second = await waits(world), await waits(world)
    await cancels(owners[0])
    await world.play(seconds=15)
    first.looks().sees("空きが出ました", "10:00〜10:30", "9:30まで")
    second.looks().sees_nothing()
    await second.says(DAY)
    await second.taps("職業相談")
    second.sees("空きがなくなりました")  # it is held
    await world.play(minutes=31)
    second.looks().sees("空きが出ました")
    first.looks().sees_nothing()
    await first.taps_old("この枠を見る")
    first.sees("は予約できません")  # the time is over
    await second.taps("この枠を見る")
    await second.taps("この内容で予約する")
    second.sees("予約しました")
    assert len(await booked_by(world, second)) == 1
    await cancels(owners[1])
    await world.play(minutes=1)
    second.looks().sees_nothing()  # has a booking, waits no more
    first.looks().sees("10:30〜11:00")


async def test_a_typed_full_day_offers_to_wait(world: World) -> None:
    await full_day(world)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says(DAY)
    await parent.taps("職業相談")
    await parent.taps("空いたら知らせてほしい")
    parent.sees("空きをお待ちします：12月1日\\(火\\)")
    await parent.taps("待つのをやめる")
    parent.sees("待つのをやめました")


async def test_who_asks_in_words_waits(world: World) -> None:
    await full_day(world)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/1のキャンセル待ちをお願いします")
    parent.sees("空きをお待ちします：12月1日\\(火\\)")
    await parent.says("キャンセル待ちしたいです")
    parent.sees("空きを待つ", DAY)
    await parent.says("予約確認")
    parent.sees("予約はありません", "空きをお待ちします：12月1日\\(火\\)")
    await parent.says("12/1のキャンセル待ちを取り消してください")
    parent.sees("待つのをやめました")
    await parent.says("予約確認")
    parent.sees("予約はありません").sees_no("お待ちします")


async def test_a_day_that_is_not_full_is_offered_to_who_would_wait(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/1の10時か14時のキャンセル待ちをお願いします")
    parent.sees("10:00", "14:00")
    await parent.says("12/1のキャンセル待ちをお願いします")
    await parent.taps("職業相談")
    parent.sees("12月1日\\(火\\)", "10:00")


async def test_who_has_a_booking_may_wait_for_the_full_day_that_they_type(world: World) -> None:
    await full_day(world)
    parent = world.parent()
    await parent.has_booked(day="12/2")
    await parent.says("12/1に変更したいです")
    await parent.taps("空いたら知らせてほしい")
    parent.sees("空きをお待ちします：12月1日\\(火\\)")


async def test_any_day(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, horizon_days=4)
    owners = await full_day(world)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    parent.sees("空きがありません|空いて")
    await parent.taps("空いたら知らせてほしい")
    await cancels(owners[1])
    await world.play(seconds=15)
    parent.looks().sees("空きが出ました", "10:30〜11:00")


async def test_nobody_is_disturbed_in_the_quiet_hours(world: World) -> None:
    owners = await full_day(world)
    parent = await waits(world)
    await world.play(hours=12)  # 21:00 in Hiroshima, the evening before
    parent.looks()
    await cancels(owners[0])
    await world.play(hours=2)
    parent.looks().sees_nothing()
    await world.play(hours=10)  # the day itself: past the deadline, never offered
    parent.looks().sees_nothing()


@pytest.mark.parametrize(
    ("hour", "quiet"), [(20, False), (21, True), (23, True), (0, True), (7, True), (8, False)]
)
async def test_quiet_hours(make_world: MakeWorld, hour: int, quiet: bool) -> None:
    world: World = await make_world("line")
    contact = await world.store(lambda store: store.contacts.add("line", "Ux", "ja", world.clock()))
    turn: Turn = world.app.core.turn_of(contact)
    begin = turn.now.astimezone(turn.office.zone).replace(hour=hour, minute=0)
    world.clock.turn_to(
        max(begin, world.clock()) if begin > world.clock() else begin + timedelta(days=1)
    )
    assert is_quiet(world.app.core.turn_of(contact)) is quiet


async def test_at_most_three_offers_a_person_and_day(make_world: MakeWorld) -> None:
    world: World = await make_world("line", hold_minutes=5)
    await world.store(
        lambda store: store.calendar.add_counselor("鈴木", None, [(1, time(10), time(12))])
    )
    owners = await full_day(world)
    more = [world.parent() for _ in range(4)]
    for each in more:
        await each.has_booked(day=DAY)
    parent = await waits(world)
    for owner in (*owners, *more):
        await cancels(owner)
        await world.play(minutes=6)
    parent.looks()
    offers = [each for each in parent.ever_seen if "空きが出ました" in each.text]
    assert len(offers) == 3


async def test_any_day_is_waited_for_only_where_none_is_free(world: World) -> None:
    await full_day(world)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業相談")
    await parent.taps("満席の日の空きを待つ")
    assert "どの日でも" not in parent.labels()
    await parent.taps_data("waitany/1:consultation")
    parent.sees("日をお選びください")
    assert await world.rows("SELECT * FROM waits") == []


async def test_one_slot_is_offered_once_however_somebody_waits(world: World) -> None:
    owners = await full_day(world)
    parent = await waits(world)
    await world.store(lambda store: store.waiting.wait(3, "consultation", None, world.clock()))
    await cancels(owners[0])
    await world.play(seconds=15)
    parent.looks().sees("空きが出ました", "12月1日")
    await world.play(minutes=31)
    parent.looks().sees_no("12月1日\\(火\\)\\s10:00")


async def test_who_works_here_by_now_is_offered_nothing(world: World) -> None:
    owners = await full_day(world)
    parent, other = await waits(world), world.parent()
    code = await world.store(lambda store: store.staff.invite("x", Role.ADMIN, None, world.clock()))
    await parent.says(code)
    await cancels(owners[0])
    await world.play(seconds=15)
    parent.looks().sees_no("空きが出ました")
    await other.has_settled_everything()
    await other.says("12/1")
    await other.taps("職業相談")
    other.sees("10:00|10:30")


async def test_what_the_office_cannot_hold_is_offered_to_nobody(world: World) -> None:
    admin, owners = await world.staff(), await full_day(world)
    parent = await waits(world)
    (booking,) = await booked_by(world, owners[0])
    await admin.taps_data(f"officeendsyes/1:{booking.id}:1:counselor")
    owners[0].looks().sees("担当者の都合")
    await world.play(seconds=15)
    parent.looks().sees_no("空きが出ました")
    await admin.says("/closures")
    admin.sees("取り消す 12/1")


@pytest.mark.parametrize("guarded", [True, False])
async def test_nobody_books_what_is_being_offered(
    make_world: MakeWorld, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """And without the lock somebody does."""
    if not guarded:
        monkeypatch.setattr(Calendar, "lock", lambda self, *, change=False: None)
    world: World = await make_world("line", url=postgresql_url)
    owner, _ = await full_day(world)
    (booking,) = await booked_by(world, owner)
    first_in_line, quick = await waits(world), world.parent()
    await quick.has_settled_everything()
    await cancels(owner)
    await quick.taps_data(f"time/1:consultation:{booking.starts_at:%Y%m%d%H%M}:1")
    offer = waiting._offer
    under_way: list[asyncio.Future[Parent]] = []

    def offer_late(*arguments: Any) -> None:
        if not under_way:
            under_way.append(asyncio.ensure_future(quick.taps("この内容で予約する")))
            await_only(asyncio.wait(under_way, timeout=2))
        offer(*arguments)

    monkeypatch.setattr(waiting, "_offer", offer_late)
    await world.play(seconds=15)
    await asyncio.wait_for(under_way[0], 20)
    first_in_line.looks().sees("空きが出ました")
    await first_in_line.taps("この枠を見る")
    assert ("この内容で予約しますか" in first_in_line) is guarded, first_in_line.seen


async def test_who_has_a_booking_waits_for_an_earlier_day_and_moves(world: World) -> None:
    """The offer is a move: the booking stays until its parent presses."""
    owners = await full_day(world)
    parent = world.parent()
    mine = await parent.has_booked(day="12/8")
    await parent.says("変更")
    await parent.taps("ほかの日の空きを待つ")
    await parent.taps(DAY)
    parent.sees("空きをお待ちします：12月1日")
    await cancels(owners[0])
    await world.play(minutes=1)
    parent.looks().sees("空きが出ました", "12月1日\\(火\\)\\s10:00", "今の予約（12月8日")
    (booking,) = await booked_by(world, parent)
    assert booking.starts_at == mine.starts_at
    await parent.taps("この枠を見る")
    parent.sees("この日時に変えますか", "12月1日\\(火\\)\\s10:00")
    await parent.taps("変更する")
    (booking,) = await booked_by(world, parent)
    assert (booking.id, booking.version) == (mine.id, 2)
    await cancels(owners[1])
    await world.play(minutes=1)
    parent.looks().sees_nothing()


async def test_a_slot_that_is_freed_anew_is_offered_anew(world: World) -> None:
    owners = await full_day(world)
    parent, other = await waits(world), world.parent()
    await cancels(owners[0])
    await world.play(minutes=1)
    parent.looks().sees("空きが出ました")
    await world.play(minutes=90)  # nobody took it
    parent.looks().sees_nothing()
    await other.has_booked(day=DAY)
    await cancels(other)
    await world.play(minutes=1)
    parent.looks().sees("空きが出ました")


async def test_what_is_cancelled_leaves_the_calendar_too(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await cancels(parent)
    taken_out = await world.web.get(parent.link("カレンダーから消す"))
    assert "METHOD:CANCEL" in taken_out.text


@pytest.mark.parametrize("words", ["キャンセル待ちやめます", "please take me off the waiting list"])
async def test_who_waits_no_more_cancels_nothing(world: World, words: str) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says(words)
    parent.sees_no("キャンセルする", "Cancel")
    assert AlertKind.MAY_NOT_COME not in await world.alerts()


async def test_who_would_wait_for_a_day_with_free_slots_need_not(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/8のキャンセル待ちをお願いします")
    parent.sees("12月8日\\(火\\)には空きがあります。待たずに予約できます", "どの相談")
    await parent.taps("職業相談")
    parent.sees("12月8日", "10:00")
    await parent.says("12/5のキャンセル待ちをお願いします")  # a Saturday
    parent.sees_no("空きがあります")
