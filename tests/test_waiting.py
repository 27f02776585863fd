"""The waiting list: who waits is told when a slot frees, the first in line first."""

from datetime import time, timedelta

import pytest

from handlers.parents.waiting import is_quiet
from models.store import Store
from models.store.booking import Booking
from models.turn import Turn
from tests.conftest import MakeWorld
from tests.talk import Parent, World

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
    parent.sees("12月1日\\(火\\)の空きをお待ちします", "分間お取り置き")
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
    second.sees("空いていません|満席|埋まって")  # it is held
    await world.play(minutes=31)
    second.looks().sees("空きが出ました")
    first.looks().sees_nothing()
    await first.taps_old("この枠を見る")
    first.sees("予約できなくなりました")  # the time is over
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
    parent.sees("12月1日\\(火\\)の空きをお待ちします")
    await parent.taps("待つのをやめる")
    parent.sees("待つのをやめました")


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
    turn: Turn = world.app.turns.turn_of(contact)
    begin = turn.now.astimezone(turn.office.zone).replace(hour=hour, minute=0)
    world.clock.turn_to(
        max(begin, world.clock()) if begin > world.clock() else begin + timedelta(days=1)
    )
    assert is_quiet(world.app.turns.turn_of(contact)) is quiet


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
