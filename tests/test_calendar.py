"""The calendar in chat: counselors, shifts, closures, and bookings that a change hits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.util import await_only

from handlers.staff import affected
from models.store.calendar import Calendar
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.desk import books_the_whole_day
from tests.talk import Parent
from tests.world import World


async def test_a_counselor_is_added_and_gets_shifts(world: World) -> None:
    admin = await world.staff()
    await admin.says("/counselors")
    await admin.taps("相談員を足す")
    await admin.says("佐藤")
    admin.sees("その名前は使えません")
    await admin.says("渡辺")
    admin.sees("渡辺", "URLなし")
    await admin.taps("会議のURL")
    await admin.says("https://evil.test/1")
    admin.sees("使えるURLではありません")
    await admin.says("https://zoom.us/j/9")
    await admin.taps("シフトを足す")
    await admin.says("いつでも")
    admin.sees("読み取れませんでした")
    await admin.says("火 10:00-11:00 12/8から")
    admin.sees("火 10:00-11:00 2026/12/08〜")
    assert await world.rows("SELECT * FROM shifts WHERE counselor_id = 2") == []
    await admin.taps("このシフトを入れる")
    await admin.taps("シフトを足す")
    await admin.says("火 10:00-11:00 12/8から")
    await admin.taps("このシフトを入れる")
    assert len(await world.rows("SELECT * FROM shifts WHERE counselor_id = 2")) == 1
    await admin.taps("名前を変える")
    await admin.says("渡邉")
    admin.sees("渡邉")
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("12/8")
    await parent.taps("職業相談")
    await parent.taps("10:00")
    audited = await world.rows("SELECT what FROM audit WHERE subject = 'counselor 2' ORDER BY id")
    assert [what for (what,) in audited] == [
        *("add counselor", "counselor url", "add shift", "rename")
    ]


async def hit(world: World) -> tuple[Parent, Parent]:
    """An admin, and a parent with a booking on 12/1 at 10:00."""
    admin, parent = await world.staff(), world.parent()
    await parent.has_booked(day="12/1", time="10:00")
    return admin, parent


@pytest.mark.parametrize("how", ["取りやめる", "そのまま", "移す"])
async def test_a_closure_asks_what_becomes_of_the_bookings_it_hits(
    make_world: MakeWorld, channel: str, how: str
) -> None:
    world: World = await make_world(channel)
    admin, parent = await hit(world)
    await admin.says("/closures 12/1 9:00-10:15")
    admin.sees("1件の予約にかかります", "12月1日\\(火\\)\\s10:00", "広○ 花○")
    assert await world.rows("SELECT * FROM closures") == []
    await admin.taps(how)
    assert len(await world.rows("SELECT * FROM closures")) == 1
    if how == "取りやめる":
        parent.looks().sees("窓口の都合で相談を取りやめます", "閉めることに")
        assert not any("12月1日" in label for label in parent.labels())
        assert (await world.booking()).status == Status.WITHDRAWN
    elif how == "移す":
        await admin.taps("12月1日")
        await admin.taps("12/2")
        await admin.taps("11:00")
        parent.looks().sees("窓口が予約の日時を変更しました", "12月2日\\(水\\)\\s11:00")
    else:
        parent.looks().sees_nothing()
        assert (await world.booking()).status == Status.BOOKED
    other = world.parent()
    await other.has_settled_everything()
    await other.says("12/1")
    await other.taps("職業相談")
    other.sees_no("^10:00").sees("10:30")
    await admin.says("休み")
    await admin.taps("取り消す 12/1.* 09:00〜10:15")
    admin.sees("よろしいですか")
    await admin.taps("休みを取り消す")
    assert await world.rows("SELECT * FROM closures") == []


async def test_only_what_was_listed_is_cancelled(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin, parent = await hit(world)
    await admin.says("/closures 12/1")
    admin.sees("1件の予約にかかります")
    other = world.parent()
    await other.has_booked(day="12/1", time="11:00")
    await admin.taps_old("取りやめる")
    admin.sees("一覧が変わりました", "2件の予約にかかります", "11:00")
    assert await world.rows("SELECT * FROM closures") == []
    parent.looks().sees_nothing()
    await admin.taps("取りやめる")
    for person in (parent, other):
        person.looks().sees("窓口の都合で相談を取りやめます")
    assert len(await world.rows("SELECT * FROM closures")) == 1


async def test_vacation_of_one_counselor(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin = await world.staff()
    await admin.says("/counselors")
    await admin.taps("佐藤")
    await admin.taps("休みを入れる")
    await admin.says("12/1-12/2")
    await admin.taps("休みにする")
    admin.sees("取り消す 12/1.*〜12/2.* 終日 佐藤")
    parent = world.parent()
    booking = await parent.has_booked(day="12/1")
    assert booking.counselor == "鈴木"


async def test_taking_a_shift_away_or_ending_it_asks_too(world: World) -> None:
    admin, parent = await hit(world)
    await admin.says("/counselors")
    await admin.taps("佐藤")
    await admin.taps("火 10:00")
    await admin.taps("終わりの日")
    await admin.says("12/8")
    admin.sees("火 10:00-16:00 〜2026/12/08")  # nothing hit: nothing asked
    await admin.taps("火 10:00")
    await admin.taps("なくす")
    admin.sees("1件の予約にかかります")
    await admin.taps("取りやめる")
    parent.looks().sees("窓口の都合で", "担当者の都合")
    assert (await world.booking()).status == Status.WITHDRAWN


async def test_retiring_asks_first(world: World) -> None:
    admin, _ = await hit(world)
    await admin.says("/counselors")
    await admin.taps("佐藤")
    await admin.taps("新しい予約を止める")
    admin.sees("1件の予約にかかります")
    await admin.taps("そのまま")
    admin.sees("佐藤さんの予約を再開する").sees_no("^佐藤$")
    other = world.parent()
    await other.has_settled_everything()
    other.sees("相談")
    await other.taps("職業相談")
    other.sees("空きがありません|空いている")


async def test_a_closure_of_another_year_says_so(world: World) -> None:
    admin = await world.staff()
    await admin.says("/closures 11/1")
    admin.sees("2027年11月1日")


@pytest.mark.parametrize("how", ["取りやめる", "移す"])
async def test_a_closure_that_is_there_already_is_settled_all_the_same(
    world: World, how: str
) -> None:
    admin, parent = await hit(world)
    await admin.says("/closures 12/1")
    await admin.taps("そのまま")
    await admin.says("/closures 12/1")
    await admin.taps(how)
    if how == "移す":
        await admin.taps("12月1日")
    else:
        parent.looks().sees("窓口の都合で相談を取りやめます")
    assert len(await world.rows("SELECT * FROM closures")) == 1


async def test_what_was_kept_is_not_hit_by_another_change(world: World) -> None:
    admin, _ = await hit(world)
    shifts = dict(await world.rows("SELECT weekday, id FROM shifts"))
    await admin.taps_data(f"dropshift/1:{shifts[1]}:ask")
    await admin.taps("そのまま")
    await admin.taps_data(f"dropshift/1:{shifts[4]}:ask")
    admin.sees_no("予約にかかります")
    assert (await world.booking()).status == Status.BOOKED


async def test_a_counselors_url_reaches_those_who_have_a_booking(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent = await hit(world)
    await admin.taps_data("posted/2:1:1")
    await world.play_to((await world.booking()).starts_at - timedelta(hours=15))
    admin.looks()
    assert AlertKind.NO_URL in await world.alerts()
    parent.looks()
    await admin.taps_data("counselorurl/1:1")
    await admin.says("https://zoom.us/j/77")
    parent.looks().sees("準備ができました")
    await admin.says("/needs")
    admin.sees_no("URLがまだ")
    await admin.says("/mypage")
    admin.sees("未掲載の予約はありません")  # the text in My Page holds the join link, which stays


async def test_english_staff_read_shifts_in_english(world: World) -> None:
    admin = await world.staff()
    await admin.taps_data("stafflanguage/1:en")
    await admin.taps_data("counselor/1:1")
    admin.sees("Mon 10:00-16:00")


async def test_nobody_books_into_a_closure_while_it_is_made(
    make_world: MakeWorld, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without the lock somebody does, unseen."""
    world: World = await make_world("line", url=postgresql_url)
    for guarded in (True, False):
        if not guarded:
            monkeypatch.setattr(Calendar, "lock", lambda self, *, change=False: None)
        day = "12/2" if guarded else "12/3"
        admin, parent = await world.staff(), world.parent()
        await parent.has_settled_everything()
        await parent.taps("職業相談")
        await parent.taps(day)
        await parent.taps("^10:00$")
        await admin.says(f"/closures {day}")
        booking = _in_between(world, parent, monkeypatch)
        await admin.taps("休みにする")
        await asyncio.wait_for(booking(), 20)
        inside = [each for each in await world.bookings() if each.status == Status.BOOKED]
        assert bool(inside) is not guarded
        if guarded:  # whichever of the two who send at once was faster
            parent.looks()
            assert any("は予約できません" in each.text for each in parent.ever_seen)


def _in_between(
    world: World, parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Awaitable[object]]:
    """Lets a parent book after staff were shown what a closure hits, before it is stored."""
    asked = affected.ask
    under_way: list[asyncio.Future[Parent]] = []

    def ask(*arguments: Any, **more: Any) -> Any:
        if not under_way:
            under_way.append(asyncio.ensure_future(parent.taps("この内容で予約する")))
            await_only(asyncio.wait(under_way, timeout=2))
        return asked(*arguments, **more)

    monkeypatch.setattr(affected, "ask", ask)
    return lambda: under_way[0]


async def test_every_change_of_a_counselors_url_is_told(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent = await hit(world)
    for number in (77, 78):
        await admin.taps_data("counselorurl/1:1")
        await admin.says(f"https://zoom.us/j/{number}")
        parent.looks().sees("準備ができました" if number == 77 else "URLが変わりました")


async def test_all_that_a_closure_hits_is_listed_however_many(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=4)
    admin = await world.staff()
    bookings = await world.store(partial(books_the_whole_day, now=world.clock()))
    assert len(bookings) == 48
    await admin.says("/closures 12/1")
    listed = "\n".join(each.text for each in admin.seen)
    assert "48件" in listed
    assert listed.count("・12月1日") == 48
    await admin.taps("移す")
    assert sum(reference in admin for reference in bookings) == 48


async def test_who_was_retired_comes_back(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await admin.taps_data("retire/1:1")
    await admin.taps("新しい予約|はい|止める|そのまま")
    assert await world.store(lambda store: store.calendar.counselors()) == []
    await admin.says("/counselors")
    await admin.taps("佐藤さんの予約を再開する")
    admin.sees("佐藤", "月 10:00-16:00")
    await world.parent().has_booked()


@pytest.mark.parametrize("words", ["土 10:00-12:00", "月 18:00-20:00", "火 10:00-10:20"])
async def test_a_shift_in_which_nothing_can_be_offered_is_not_taken(
    make_world: MakeWorld, channel: str, words: str
) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await admin.taps_data("addshift/1:1")
    await admin.says(words)
    admin.sees("相談を行っていません")
    assert len(await world.rows("SELECT * FROM shifts")) == 5
