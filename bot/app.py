"""The one place that wires everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import structlog
import uvicorn

from bot import web_client
from bot.alarm import Alarm
from bot.channels.base import Channel
from bot.clock import Clock, machine_clock
from bot.core import Core
from bot.errand_owner import Owner
from bot.errands import ErrandRunner
from bot.hearing import Fetch, Hearing
from bot.http_server import (
    allow_many_connections,
    http_server,
    listen,
    spare_what_stays,
    stop_on_signals,
)
from bot.jobs import Jobs
from bot.menus import keep_menus
from bot.outbox import Sender
from bot.quota import Quota
from bot.settings import Settings
from bot.supervising import keep_running
from bot.ticker import Ticker
from bot.turns import Turns
from bot.video.base import VideoService
from bot.video.rooms import RoomKeeper, WitnessAsker
from bot.web import Web
from models.database import Database
from models.office import Office
from models.understanding.reading import warm_up

log = structlog.get_logger()


class App:
    """The program: everything it is made of, ready to run."""

    def __init__(
        self,
        settings: Settings,
        office: Office,
        channels: Sequence[Channel],
        clock: Clock = machine_clock,
        video: VideoService | None = None,
        fetch: Fetch = web_client.fetch,
    ) -> None:
        by_name = {each.name: each for each in channels}
        core = Core(settings, office, Database(settings.database_url), by_name, clock, video)
        self.core = core
        self.turns = Turns(core)
        self.quota = Quota(core)
        self.sender = Sender(core, self.turns.note_end, self.turns.is_busy, self.quota)
        self.errands = ErrandRunner(core, self.turns, _owners(core))
        self.hearing = Hearing(core, fetch)
        alarm = Alarm(office, settings.heartbeat_url)
        self.jobs = Jobs(core, self.turns, self.sender, self.hearing, self.quota, alarm)
        self.ticker = Ticker(clock, self.hearing, self.jobs.rearm)
        self.web = Web(core, self.turns, self.sender, self.jobs, self.hearing, self.ticker)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the scheduler tick and the outbox send, with channels connected; at the end
        everything under way is finished, and nothing new is begun."""
        self.jobs.start()
        workers = (self.sender, self.errands)
        working = [asyncio.create_task(each.run()) for each in workers]
        others = [
            asyncio.create_task(keep_running("ticker", self.ticker.run)),
            *(
                asyncio.create_task(keep_running("menus", partial(keep_menus, self.core, each)))
                for each in self.core.channels.values()
            ),
            *(
                asyncio.create_task(
                    keep_running("connecting", self._connecting(each), has_end=True)
                )
                for each in self.core.channels.values()
            ),
        ]
        try:
            yield
        finally:
            for each in others:
                each.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self.jobs.stop()
            await self.web.finish()
            for worker in workers:
                worker.stop()
            await asyncio.gather(*working)

    async def drain(self) -> None:
        """Perform and send everything that is due; where nobody runs the workers."""
        await self.errands.drain()
        await self.sender.drain()

    def _connecting(self, channel: Channel) -> Callable[[], Awaitable[None]]:
        return partial(
            channel.connect, self.core.webhook_of(channel.name), self.web, self.core.clock
        )

    async def close(self) -> None:
        """Let go of connections and the database."""
        for channel in self.core.channels.values():
            await channel.close()
        if self.core.video is not None:
            await self.core.video.close()
        await self.core.database.close()

    async def serve(self) -> None:
        """Serve HTTP until told to stop."""
        # First of all: a second program on this port must not beat for one that nobody reaches.
        opened = listen(self.core.settings.host, self.core.settings.port)
        server = self.http_server(self.core.settings.host, self.core.settings.port)
        allow_many_connections()
        stop_on_signals(server)
        spare_what_stays()
        log.info("serving", host=self.core.settings.host, port=self.core.settings.port)
        async with self.running():
            # Beside the work: until it is done, the first of a language waits a little longer.
            warming = asyncio.create_task(
                keep_running("warming up", partial(asyncio.to_thread, warm_up), has_end=True)
            )
            await server.serve(sockets=[opened])
            await warming
        await self.close()
        log.info("stopped")

    def http_server(self, host: str, port: int) -> uvicorn.Server:
        """Return a server for our pages and webhooks."""
        return http_server(self.web.app, host, port)


def _owners(core: Core) -> list[Owner]:
    """Return who performs errands."""
    if core.video is None:
        return []
    return [
        RoomKeeper(core.video, core.database, core.office, core.clock),
        WitnessAsker(core.video, core.database),
    ]
