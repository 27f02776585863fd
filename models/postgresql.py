"""A connection to PostgreSQL that lets the event loop go on while it waits for an answer."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready, Wait

from models import greenlets


class YieldingConnection(psycopg.Connection[Any]):
    """In a greenlet the loop does something else until PostgreSQL has answered. Anywhere else it
    waits as every connection of psycopg's does."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket: int | None = None
        self._go_on: Callable[[Ready], object] | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Go through what psycopg does with the connection, to its end."""
        if timeout is not None or not greenlets.is_one():
            return super().wait(gen, interval, timeout)
        try:
            wanted = next(gen)
            while True:
                wanted = gen.send(self._until(wanted))
        except StopIteration as end:
            result: RV = end.value
            return result

    def close(self) -> None:
        """Close the connection, and have the loop forget it."""
        if self._socket is not None:
            self._stop_watching()
            os.close(self._socket)
            self._socket = None
        super().close()

    def _until(self, wanted: Wait) -> Ready:
        """Wait until PostgreSQL has sent something, or takes something again."""
        if self._socket is None:
            # libpq closes its own number by itself when PostgreSQL goes; the loop must not be
            # left with a number that may be another connection's by then.
            self._socket = os.dup(self.pgconn.socket)
        self._loop = asyncio.get_running_loop()
        self._watch()
        if wanted & Wait.W:
            self._loop.add_writer(self._socket, self._tell, Ready.W)
        try:
            ready: Ready = greenlets.wait(self._expect)
        finally:
            if wanted & Wait.W:
                self._loop.remove_writer(self._socket)
        return ready

    def _watch(self) -> None:
        """It stays watched from wait to wait: to end and begin that costs 8 % of the turns, to
        say it again nothing."""
        assert self._loop is not None
        assert self._socket is not None
        try:
            self._loop.add_reader(self._socket, self._readable)
        except RuntimeError:  # uvloop has given up a connection that was reset, and says so once
            self._loop.remove_reader(self._socket)
            self._loop.add_reader(self._socket, self._readable)

    def _expect(self, go_on: Callable[[Ready], object]) -> None:
        self._go_on = go_on

    def _readable(self) -> None:
        if self._go_on is None:
            self._stop_watching()  # PostgreSQL is gone: there would be no end of it
        else:
            self._tell(Ready.R)

    def _tell(self, ready: Ready) -> None:
        if (go_on := self._go_on) is not None:
            self._go_on = None
            go_on(ready)

    def _stop_watching(self) -> None:
        if self._loop is not None and self._socket is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
