"""The ticker: an event loop that stands still, descriptors that are gone, a clock that is moved."""

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.ticker import notify
from models.booking import Booking
from models.tables import Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE
from tests.world import World


async def _in_the_grace(make_world: MakeWorld, url: str) -> tuple[World, Booking]:
    world: World = await make_world("line", url=url)
    booking = await world.parent().has_booked()
    await world.play_to(booking.starts_at + timedelta(minutes=5))
    return world, booking


async def _ends(world: World, booking: Booking) -> tuple[Status, str]:
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    reasons = await world.rows("SELECT detail FROM alerts WHERE kind = 'decide_unheard'")
    return (await world.booking()).status, "".join(detail for (detail,) in reasons)


@contextlib.asynccontextmanager
async def _ticking(app: App) -> AsyncIterator[None]:
    task = asyncio.create_task(app.ticker.run())
    await asyncio.sleep(0)  # it begins
    try:
        yield
    finally:
        task.cancel()


async def test_who_spoke_while_the_loop_stood_still_is_not_absent(
    make_world: MakeWorld, sqlite_url: str
) -> None:
    world, booking = await _in_the_grace(make_world, sqlite_url)
    async with _ticking(world.app):
        time.sleep(6.5)  # noqa: ASYNC251  # the loop itself is to stand
        await asyncio.sleep(1.5)
    status, reason = await _ends(world, booking)
    assert (status, "stood still" in reason) == (Status.UNDECIDED, True)


async def test_who_spoke_while_no_descriptor_was_left_is_not_absent(
    make_world: MakeWorld, sqlite_url: str
) -> None:
    world, booking = await _in_the_grace(make_world, sqlite_url)
    async with _ticking(world.app):
        with _no_descriptors():
            time.sleep(1.1)  # noqa: ASYNC251  # nothing else runs meanwhile
            for _ in range(5):  # the timer, then what it wakes
                await asyncio.sleep(0)
    status, reason = await _ends(world, booking)
    assert (status, "no file descriptor" in reason) == (Status.UNDECIDED, True)


@contextlib.contextmanager
def _no_descriptors() -> Iterator[None]:
    was, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (was, most))


@pytest.mark.parametrize("minutes", [-20, 20, -60 * 24 * 400])
async def test_a_clock_that_is_moved_stops_no_work(
    make_world: MakeWorld, sqlite_url: str, minutes: int
) -> None:
    """APScheduler waits by the wall clock; set back by twenty minutes, it waits as long."""
    world: World = await make_world("line", url=sqlite_url)
    jobs = world.app.jobs
    jobs.start()
    try:
        async with _ticking(world.app):
            await asyncio.sleep(1.2)
            for job in jobs._scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC) + timedelta(minutes=20))
            world.clock._frozen = world.clock() + timedelta(minutes=minutes)
            await asyncio.sleep(2.5)
            assert jobs.last_beat == world.clock()
    finally:
        await jobs.stop()


async def test_systemds_watchdog_is_fed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
