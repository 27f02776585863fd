"""The reminder of the day before, and what staff must have prepared."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from bot.turns import BESIDE_TURNS, BREATH_SECONDS
from handlers.due import What
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.desk import books_the_whole_day
from tests.world import World

JAPAN = ZoneInfo("Asia/Tokyo")
REMINDER = datetime(2026, 12, 2, 17, 0, tzinfo=JAPAN).astimezone(UTC)  # for 12/3


async def test_the_day_before_at_five(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await world.play_to(REMINDER - timedelta(milliseconds=1))
    parent.looks().sees_nothing()
    await world.play(milliseconds=1)
    parent.looks().sees(
        "オンライン相談のお知らせ",
        "12月3日\\(木\\)\\s10:00〜10:30",
        booking.reference,
        "相談に入る",
        "Zoomを試す",
        "最新",
        "ファイアウォール",
        "人に聞かれない部屋",
        "録画・録音はしない",
        "通信料",
        "キャンセル",
    )
    await world.play(hours=10)
    parent.looks().sees_nothing()
    assert world.pushes() == (1 if world.channel == "line" else 0)


async def test_what_is_not_due_any_more_is_left(world: World) -> None:
    """A sweep finds a booking due, and the parent moves it before its turn has come."""
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await world.app.turns.do_due(What.REMINDER, booking.id)
    await world.app.sender.drain()
    parent.looks().sees_nothing()


async def test_a_whole_life_costs_one_counted_push(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await parent.says("予約確認")
    await parent.says("変更")
    await parent.taps("12/3")
    await parent.taps("11:00")
    await parent.taps("変更する")
    await parent.joins_at_start(await world.booking())
    await world.play(hours=2)
    assert (await world.booking()).status == Status.JOINED
    assert booking.id == (await world.booking()).id
    assert world.pushes() == 1


async def test_booked_after_the_reminder_hour_gets_it_at_once(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, start=REMINDER)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    parent.sees("予約しました", "ご準備のお願い", "人に聞かれない部屋", "通信料")
    await world.play(hours=12)
    parent.looks().sees_nothing()


async def test_booked_before_it_does_not(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    parent.sees_no("ご準備のお願い").sees("前日にもう一度お知らせします")


async def test_a_moved_booking_is_reminded_for_its_new_date_only(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says("変更")
    await parent.taps("12/7")
    await parent.taps("10:00")
    await parent.taps("変更する")
    await world.play_to(REMINDER + timedelta(hours=1))
    parent.looks().sees_nothing()
    await world.play_to(datetime(2026, 12, 6, 17, 0, tzinfo=JAPAN).astimezone(UTC))
    parent.looks().sees("オンライン相談のお知らせ", "12月7日")


async def test_moved_after_its_reminder_it_is_reminded_again(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await world.play_to(REMINDER)
    parent.looks().sees("12月3日")
    await parent.says("変更")
    await parent.taps("12/7")
    await parent.taps("10:00")
    await parent.taps("変更する")
    await world.play_to(datetime(2026, 12, 6, 17, 0, tzinfo=JAPAN).astimezone(UTC))
    parent.looks().sees("オンライン相談のお知らせ", "12月7日")


async def test_a_cancelled_booking_is_never_reminded(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await world.play_to(REMINDER + timedelta(hours=12))
    parent.looks().sees_nothing()


async def test_late_start_up_sends_late(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await world.sleep_until(booking.starts_at - timedelta(hours=1, milliseconds=1))
    await world.sweep()
    parent.looks().sees("本日、オンライン相談があります")


async def test_too_late_it_is_expired_and_staff_are_told(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked(day="12/3", time="10:00")
    await world.sleep_until(booking.starts_at - timedelta(hours=1))
    await world.sweep()
    parent.looks().sees_nothing()
    assert AlertKind.REMINDER_EXPIRED in await world.alerts()
    rows = await world.rows("SELECT state FROM outbox WHERE kind = 'reminder'")
    assert rows == [("expired",)]


async def test_without_a_url_it_says_so(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, meeting_url=None)
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    parent.sees("URLはまだ決まっていません")
    await world.play_to(REMINDER - timedelta(hours=5))
    assert {AlertKind.NO_URL, AlertKind.NOT_IN_MY_PAGE} <= set(await world.alerts())
    await world.play_to(REMINDER)
    parent.looks().sees("URLはまだ決まっていません", "082-542-8609")
    assert AlertKind.REMINDED_WITHOUT_URL in await world.alerts()


async def test_what_is_not_in_my_page_is_raised_at_noon(world: World) -> None:
    await world.parent().has_booked(day="12/3", time="10:00")
    await world.play_to(REMINDER - timedelta(hours=5, milliseconds=1))
    assert await world.alerts() == []
    await world.play(milliseconds=1)
    assert await world.alerts() == [AlertKind.NOT_IN_MY_PAGE]


async def test_someone_who_blocked_us_is_left_to_staff(world: World) -> None:
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await parent.blocks()
    await world.play_to(REMINDER)
    parent.looks().sees_nothing()
    assert AlertKind.REMINDER_NOT_DELIVERED in await world.alerts()
    assert world.pushes() == 0
    await parent.follows()  # unblocked: everything is as before
    await parent.says("予約確認")
    parent.sees("ご予約", "12月3日")


async def test_the_quota_is_gone(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    world.line.quota = 0
    await world.play_to(REMINDER)
    assert {AlertKind.QUOTA_GONE, AlertKind.REMINDER_NOT_DELIVERED} <= set(await world.alerts())
    await parent.says("予約確認")  # replies are free
    parent.sees("ご予約")


async def test_reminded_once_by_two_schedulers(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await parent.has_booked(day="12/3", time="10:00")
    await world.sleep_until(REMINDER)
    import asyncio

    from handlers.due import What

    await asyncio.gather(*(world.app.turns.do_due(What.REMINDER, 1) for _ in range(10)))
    await asyncio.gather(world.app.sender.drain(), world.app.sender.drain())
    assert world.pushes() == 1


async def test_in_the_parents_language(world: World) -> None:
    parent = world.parent(language="en")
    await parent.has_booked(day="Dec 3", time="10:00")
    await world.play_to(REMINDER)
    parent.looks().sees("Your online consultation", "Thu, Dec 3")


@pytest.mark.parametrize("somebody_waits", [True, False])
async def test_reminders_go_on_slowly_while_somebody_waits_for_an_answer(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, somebody_waits: bool
) -> None:
    world: World = await make_world("line")
    bookings = await world.store(partial(books_the_whole_day, now=world.clock()))
    turns, under_way, most = world.app.turns, 0, 0
    do = turns.do_due

    async def watched(what: What, booking_id: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await do(what, booking_id)
        under_way -= 1

    monkeypatch.setattr(turns, "do_due", watched)
    monkeypatch.setattr(turns, "is_busy", lambda: somebody_waits)
    await world.sleep_until(datetime(2026, 11, 30, 17, tzinfo=JAPAN))
    began = time.monotonic()
    await world.app.jobs.sweep()
    assert most == BESIDE_TURNS if somebody_waits else most >= len(bookings)
    breaths = len(bookings) // BESIDE_TURNS if somebody_waits else 0
    assert time.monotonic() - began >= breaths * BREATH_SECONDS
    assert await world.rows("SELECT id FROM bookings WHERE remind_at IS NOT NULL") == []
