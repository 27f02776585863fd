"""A worker: claims rows that ask for something, and performs them side by side."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

import structlog

from bot.logs import where
from models.database import DatabaseUnavailable

# How long (seconds) a worker rests when nothing wakes it: what waits for a later try needs no more.
_REST_SECONDS = 1.0

log = structlog.get_logger()

Row = TypeVar("Row")


class Worker(ABC, Generic[Row]):
    """Claims rows and performs each, `at_once` at a time."""

    name: str
    at_once: int

    def __init__(self) -> None:
        self._awake = asyncio.Event()
        self._stopping = False

    @abstractmethod
    async def claim(self, count: int) -> Sequence[Row]:
        """Claim rows that are due, this many at most. Raises DatabaseUnavailable."""

    @abstractmethod
    async def perform(self, row: Row) -> None:
        """Do what a row asks for, and note how it ended. When that cannot be noted, its lease ends
        and it is claimed again. Raises DatabaseUnavailable."""

    def wake(self) -> None:
        """Wake the worker: there is something new to do."""
        self._awake.set()

    async def run(self) -> None:
        """Work until told to stop; what is under way is finished. A slow row keeps no other one
        waiting."""
        under_way: set[asyncio.Task[None]] = set()
        while not self._stopping:
            self._awake.clear()
            claimed = await self._claim(self.at_once - len(under_way))
            for row in claimed:
                task = asyncio.create_task(self._perform(row))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                task.add_done_callback(lambda _: self.wake())
            if not claimed:
                await self._rest()
        await asyncio.gather(*under_way)

    def stop(self) -> None:
        """Make no new claims."""
        self._stopping = True
        self._awake.set()

    async def drain(self) -> None:
        """Work until nothing is due; where nobody runs the loop."""
        while claimed := await self._claim(self.at_once):
            await asyncio.gather(*(self._perform(row) for row in claimed))

    async def _claim(self, count: int) -> Sequence[Row]:
        if count <= 0:
            return ()
        try:
            return await self.claim(count)
        except DatabaseUnavailable as error:
            log.error("nothing can be claimed", worker=self.name, why=str(error))
        except Exception as error:  # a worker must outlive whatever happens here
            log.error("claiming failed", worker=self.name, **where(error))
        return ()

    async def _perform(self, row: Row) -> None:
        try:
            await self.perform(row)
        except DatabaseUnavailable as error:
            log.error("an end cannot be noted", worker=self.name, why=str(error))
        except Exception as error:  # its lease ends, and it is tried again
            log.error("an end cannot be noted", worker=self.name, **where(error))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), _REST_SECONDS)
        except TimeoutError:
            pass
