"""The one place that wires everything."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Iterator

import aiohttp
import structlog
import uvicorn
from linebot.v3.messaging import ApiException
from starlette.types import ASGIApp
from telegram.error import TelegramError

from bot.channels.base import Channel
from bot.channels.line import LineChannel
from bot.channels.telegram import TelegramChannel
from bot.clock import Clock, machine_clock
from bot.jobs import Jobs
from bot.menus.line import LineMenus
from bot.menus.telegram import TelegramMenus
from bot.outbox import Sender
from bot.pages.calendar_file import CalendarFile
from bot.pages.desk_export import ExportPage
from bot.pages.desk_find import FindPage
from bot.pages.desk_person import PersonPage
from bot.pages.desk_terms import TermsDeskPage
from bot.pages.form import FormPage
from bot.pages.join import JoinPage
from bot.pages.my_data import MyDataPage
from bot.pages.page import Pages
from bot.pages.pictures import PicturePage
from bot.pages.refusals import Refusals
from bot.pages.terms import TermsPage
from bot.polling import Poller
from bot.settings import Settings
from bot.turns import Turns
from bot.web import DeskPages, Web
from models.database import Database
from models.links import Links
from models.office import Office
from models.writers import DatabaseUnavailable

log = structlog.get_logger()

# How long to wait before Telegram is told our address again.
_RETRY_SECONDS = 30
# How soon a new colleague sees the staff's menu.
_MENUS_SECONDS = 15
_NOT_NOW = (TelegramError, ApiException, aiohttp.ClientError, TimeoutError, DatabaseUnavailable)


class App:
    """The program: everything it is made of, ready to run."""

    def __init__(self, settings: Settings, office: Office, clock: Clock = machine_clock) -> None:
        self.settings, self.office, self.clock = settings, office, clock
        self.database = Database(settings.database_url)
        self.vault = settings.vault
        self.links = Links(settings.public_url, self.vault)
        self.line = _line(settings)
        self.telegram = _telegram(settings)
        channels: dict[str, Channel] = {}
        for channel in (self.line, self.telegram):
            if channel is not None:
                channels[channel.name] = channel
        self.channels = channels
        self.turns = Turns(self.database, office, self.vault, self.links, channels, clock)
        self.sender = Sender(self.database, channels, clock, self.turns.report, self.turns.is_busy)
        self.menus: list[LineMenus | TelegramMenus] = []
        if self.line is not None:
            self.menus.append(LineMenus(self.database, office, self.line))
        if self.telegram is not None:
            self.menus.append(TelegramMenus(self.database, office, self.telegram))
        self.jobs = Jobs(self.database, office, self.turns, self.sender, clock)
        pages = Pages(office, settings.public_url)
        self.web = Web(
            line=self.line,
            telegram=self.telegram,
            turns=self.turns,
            sender=self.sender,
            jobs=self.jobs,
            database=self.database,
            pages=pages,
            refusals=Refusals(self.database, pages, self.clock),
            desk=DeskPages(
                find=FindPage(self.database, office, self.vault, pages, clock),
                person=PersonPage(self.database, office, self.vault, pages, clock),
                terms=TermsDeskPage(self.database, office, self.vault, pages, clock),
                export=ExportPage(self.database, office, self.vault, pages, clock),
            ),
            my_data=MyDataPage(self.database, office, self.vault, self.turns, pages, clock),
            picture=PicturePage(self.database, office, self.vault, self.links, self.turns, clock),
            form=FormPage(self.database, office, self.vault, pages, clock),
            join=JoinPage(
                self.database,
                office,
                self.vault,
                self.links,
                self.turns,
                self.jobs,
                pages,
                clock,
            ),
            terms=TermsPage(self.database, pages, clock),
            calendar_file=CalendarFile(self.database, office, self.links, pages, clock),
            clock=clock,
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The scheduler ticks, the outbox sends, Telegram is connected; at the end everything
        under way is finished, and nothing new is begun."""
        self.jobs.start()
        sending = asyncio.create_task(self.sender.run())
        connecting = asyncio.create_task(self._connect_telegram())
        menus = [asyncio.create_task(_keep(each)) for each in self.menus]
        try:
            yield
        finally:
            for each in (connecting, *menus):
                each.cancel()
            await asyncio.gather(connecting, *menus, return_exceptions=True)
            await self.jobs.stop()
            await self.web.finish()
            self.sender.stop()
            await sending

    async def close(self) -> None:
        """Let go of connections and the database."""
        for channel in self.channels.values():
            await channel.close()
        await self.database.close()

    async def serve(self) -> None:
        """Serve HTTP until told to stop."""
        server = self.http_server(self.settings.host, self.settings.port)
        stop_on_signals(server)
        spare_what_stays()
        log.info("serving", host=self.settings.host, port=self.settings.port)
        async with self.running():
            await server.serve()
        await self.close()
        log.info("stopped")

    def http_server(self, host: str, port: int) -> uvicorn.Server:
        """A server for our pages and webhooks."""
        return http_server(self.web.app, host, port)

    async def _connect_telegram(self) -> None:
        if self.telegram is None:
            return
        if self.settings.telegram_webhook_secret is None:
            await Poller(self.telegram, self.web, self.clock).run()
        url = f"{self.settings.public_url}/webhooks/telegram"
        while True:
            try:
                return await self.telegram.use_webhook(url)
            except TelegramError as error:
                log.error("telegram webhook not set", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)


async def _keep(menus: LineMenus | TelegramMenus) -> None:
    while True:
        try:
            await menus.refresh()
        except _NOT_NOW as error:
            log.warning("menus not set", what=type(menus).__name__, error=type(error).__name__)
        await asyncio.sleep(_MENUS_SECONDS)


class _Server(uvicorn.Server):
    """uvicorn raises a signal again when it is done, which would end us before we are; so
    signals are ours (stop_on_signals)."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    """A server that writes no access log, since that would hold tokens."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,  # ours, as JSON
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=20,
        )
    )


def spare_what_stays() -> None:
    """All that is loaded by now stays. The garbage collector would look through it again and
    again, and whoever presses a button at such a moment waits for a tenth of a second."""
    gc.collect()
    gc.freeze()


def stop_on_signals(*servers: uvicorn.Server) -> None:
    """Let SIGTERM and SIGINT stop the servers; what is under way is finished first."""

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop)


def _line(settings: Settings) -> LineChannel | None:
    if not settings.line_channel_secret or not settings.line_channel_access_token:
        return None
    return LineChannel(
        settings.line_channel_secret, settings.line_channel_access_token, settings.line_api_base
    )


def _telegram(settings: Settings) -> TelegramChannel | None:
    if not settings.telegram_bot_token:
        return None
    return TelegramChannel(
        settings.telegram_bot_token, settings.telegram_api_base, settings.telegram_webhook_secret
    )
