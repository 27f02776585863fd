"""The one place that wires everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

import aiohttp
import structlog
import uvicorn
from linebot.v3.messaging import ApiException
from telegram.error import TelegramError

from bot import web_client
from bot.alarm import Alarm
from bot.channels.base import Channel
from bot.channels.line import LineChannel
from bot.channels.telegram import TelegramChannel
from bot.clock import Clock, machine_clock
from bot.hearing import Fetch, Hearing
from bot.http_server import (
    allow_many_connections,
    http_server,
    listen,
    spare_what_stays,
    stop_on_signals,
)
from bot.jobs import Jobs
from bot.menus.line import LineMenus
from bot.menus.telegram import TelegramMenus
from bot.outbox import Sender
from bot.pages.calendar_file import CalendarFile
from bot.pages.desk_code import CodePage
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
from bot.quota import Quota
from bot.settings import Settings
from bot.supervising import keep_running
from bot.ticker import Ticker
from bot.turns import Turns
from bot.web import DeskPages, Web
from models.database import Database, DatabaseUnavailable
from models.links import Links
from models.office import Office

log = structlog.get_logger()

# How long to wait before Telegram is told our address again.
_RETRY_SECONDS = 30
# How soon a new colleague sees the staff's menu.
_MENUS_SECONDS = 15
_NOT_NOW = (TelegramError, ApiException, aiohttp.ClientError, TimeoutError, DatabaseUnavailable)


class App:
    """The program: everything it is made of, ready to run."""

    def __init__(
        self,
        settings: Settings,
        office: Office,
        clock: Clock = machine_clock,
        fetch: Fetch = web_client.fetch,
    ) -> None:
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
        self.quota = Quota(self.database, office, channels, clock)
        self.sender = Sender(
            self.database, channels, clock, self.turns.note_end, self.turns.is_busy, self.quota
        )
        self.menus: list[LineMenus | TelegramMenus] = []
        if self.line is not None:
            self.menus.append(LineMenus(self.database, office, self.line))
        if self.telegram is not None:
            self.menus.append(TelegramMenus(self.database, office, self.telegram))
        self.hearing = Hearing(self.database, office, channels, settings.public_url, fetch, clock)
        self.jobs = Jobs(
            self.database,
            office,
            self.turns,
            self.sender,
            self.hearing,
            self.quota,
            Alarm(office, settings.heartbeat_url),
            clock,
        )
        self.ticker = Ticker(clock, self.hearing, self.jobs.rearm)
        pages = Pages(office, settings.public_url)
        self.web = Web(
            line=self.line,
            telegram=self.telegram,
            turns=self.turns,
            sender=self.sender,
            jobs=self.jobs,
            hearing=self.hearing,
            ticker=self.ticker,
            database=self.database,
            pages=pages,
            refusals=Refusals(self.database, pages, self.clock),
            desk=DeskPages(
                find=FindPage(self.database, office, self.vault, pages, clock),
                person=PersonPage(self.database, office, self.vault, pages, clock),
                terms=TermsDeskPage(self.database, office, self.vault, pages, clock),
                export=ExportPage(self.database, office, self.vault, pages, clock),
                code=CodePage(self.database, office, self.vault, pages, channels.values(), clock),
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
        others = [
            asyncio.create_task(keep_running("ticker", self.ticker.run)),
            *(
                asyncio.create_task(keep_running("menus", partial(_keep, each)))
                for each in self.menus
            ),
        ]
        if self.telegram is not None:
            others.append(asyncio.create_task(self._connect_telegram(self.telegram)))
        try:
            yield
        finally:
            for each in others:
                each.cancel()
            await asyncio.gather(*others, return_exceptions=True)
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
        # First of all: a second program on this port must not beat for one that nobody reaches.
        opened = listen(self.settings.host, self.settings.port)
        server = self.http_server(self.settings.host, self.settings.port)
        allow_many_connections()
        stop_on_signals(server)
        spare_what_stays()
        log.info("serving", host=self.settings.host, port=self.settings.port)
        async with self.running():
            await server.serve(sockets=[opened])
        await self.close()
        log.info("stopped")

    def http_server(self, host: str, port: int) -> uvicorn.Server:
        """A server for our pages and webhooks."""
        return http_server(self.web.app, host, port)

    async def _connect_telegram(self, telegram: TelegramChannel) -> None:
        if self.settings.telegram_webhook_secret is None:
            await keep_running("poller", Poller(telegram, self.web, self.hearing, self.clock).run)
        url = f"{self.settings.public_url}/webhooks/telegram"
        while True:
            try:
                return await telegram.use_webhook(url)
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
