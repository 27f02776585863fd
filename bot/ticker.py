"""The ticker: once a second, by the monotonic clock, it sees whether the event loop runs, whether
descriptors are left and whether the wall clock was moved. It feeds systemd's watchdog."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta

from bot.clock import Clock
from bot.hearing import Hearing
from models.rules.hearing import PROGRAM

TICK_SECONDS = 1.0
# A loop that stood still for so long has kept people waiting longer than platforms wait.
_STALL_SECONDS = 5.0
# Wall and monotonic clock may drift apart by this much in one tick.
_CLOCK_JUMP = timedelta(seconds=2)
# After so many seconds without a tick the process is not healthy.
_TOO_LATE_SECONDS = 10.0


class Ticker:
    """Ticks while the program runs."""

    def __init__(self, clock: Clock, hearing: Hearing, clock_moved: Callable[[], None]) -> None:
        self._clock = clock
        self._hearing = hearing
        self._clock_moved = clock_moved
        self._last_tick: float | None = None

    def is_ticking(self) -> bool:
        """Return whether the last tick is recent; also before the first one."""
        last = self._last_tick
        return last is None or time.monotonic() - last <= _TOO_LATE_SECONDS

    async def run(self) -> None:
        """Tick for ever."""
        notify("READY=1")
        last, wall = time.monotonic(), self._clock()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now, wall_now = time.monotonic(), self._clock()
            passed = timedelta(seconds=now - last)
            if now - last > TICK_SECONDS + _STALL_SECONDS:
                self._hearing.fault(PROGRAM, "the event loop stood still", wall_now - passed)
            if abs(wall_now - wall - passed) > _CLOCK_JUMP:
                self._clock_moved()
            self._look_for_descriptors()
            last, wall, self._last_tick = now, wall_now, now
            notify("WATCHDOG=1")

    def _look_for_descriptors(self) -> None:
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            self._hearing.fault(PROGRAM, "no file descriptor is left")


def notify(state: str) -> None:
    """Tell systemd a state, if it listens (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
            opened.sendto(state.encode(), address)
    except OSError:
        pass  # without the word systemd starts us again, which is what it is for
