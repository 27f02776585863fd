"""What is known or written later: faults, beats and clocks."""

from datetime import timedelta

import httpx
import pytest

from bot.hearing import Hearing
from models.tables import Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE, at_the_end_of_grace, at_the_start, before_the_window
from tests.world import World


async def test_a_fault_that_is_known_later_undoes_the_deemed_cancellation(world: World) -> None:
    parent, booking = await before_the_window(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    parent.looks()
    world.app.hearing.fault("database", "locked", booking.starts_at + timedelta(minutes=9))
    await world.sweep()
    assert (await world.booking()).status == Status.UNDECIDED
    parent.looks().sees("キャンセルの扱いを取り消しました", "相談に入る")


async def test_staffs_own_word_is_not_undone(world: World) -> None:
    admin = await world.staff()
    parent, booking = await at_the_start(world)
    await parent.says("すみません")
    await world.play_to(booking.starts_at + GRACE)
    await admin.taps_data(f"absent/1:{booking.id}")
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.app.hearing.fault("database", "locked", booking.starts_at)
    await world.sweep()
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


async def test_a_clock_that_was_ahead_has_watched_nothing(world: World) -> None:
    await world.play(minutes=5)
    world.clock._frozen = world.clock() - timedelta(hours=9)
    await world.sweep()
    now = world.clock()
    ahead = [
        each
        for each in await world.store(
            lambda store: store.hearing.between(now, now + timedelta(days=1))
        )
        if each.end > now
    ]
    assert ahead == []


async def test_a_beat_in_the_future_is_a_fault(world: World) -> None:
    assert (await world.web.get("/readyz")).status_code == 200
    world.clock._frozen = world.clock() - timedelta(minutes=5)
    ready = await world.web.get("/readyz")
    assert ready.status_code == 503
    assert "future" in ready.text


async def test_what_cannot_be_written_is_written_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing: Hearing = world.app.hearing
    hearing.fault("pages", "seen")

    async def away(*_: object) -> None:
        raise httpx.HTTPError("away")

    with monkeypatch.context() as patch:
        patch.setattr(world.app.core.database, "run", away)
        with pytest.raises(httpx.HTTPError):
            await hearing.save()
    await hearing.save()
    assert await world.rows("SELECT why FROM watches WHERE way = 'pages'") == [("seen",)]


async def test_a_fault_that_began_in_the_grace_counts_though_it_was_known_later(
    make_world: MakeWorld,
) -> None:
    """Beside one that is known already; and whoever was judged by then is looked at again."""
    world: World = await make_world("line")
    _, booking = await before_the_window(world)
    end = booking.starts_at + GRACE
    await world.play_to(end + timedelta(seconds=20))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.app.hearing.fault("database", "locked", end + timedelta(seconds=3))
    world.app.hearing.fault("database", "locked", end - timedelta(seconds=4))
    await world.sweep()
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_fault_that_is_written_before_a_judgement_is_looked_into(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line", counselors=2)
    first, second = world.parent(), world.parent()
    booking = await first.has_booked(time="^10:00")
    await second.has_booked(time="^10:30")
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=20))
    world.app.hearing.fault("line", "late news", booking.starts_at)
    await world.app.jobs._prove_for_judgement()  # writes it
    await world.sweep()
    ends = {each.id: each.status for each in await world.bookings()}
    assert ends[booking.id] == Status.UNDECIDED


async def test_a_late_promise_clears_no_later_doubt(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent, booking = await before_the_window(world)
    await parent.says("子どもが熱を出しました")
    event = world.line.event(
        parent.person, "postback", postback={"data": f"willcome/1:{booking.id}"}
    )
    await world.play(minutes=5)
    await parent.says("やっぱり行けません")
    assert await world.line.deliver([event]) == 200
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED
