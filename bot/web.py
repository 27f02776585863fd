"""The HTTP side: webhooks, the parent's pages, health and metrics."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import literal, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.channels.base import Channel, Unreadable
from bot.channels.line import LineChannel
from bot.channels.telegram import TelegramChannel
from bot.clock import Clock
from bot.hearing import Hearing
from bot.jobs import Jobs
from bot.logs import where
from bot.outbox import Sender
from bot.pace import Pace
from bot.pages.calendar_file import CalendarFile
from bot.pages.desk_code import CodePage
from bot.pages.desk_export import ExportPage
from bot.pages.desk_find import FindPage
from bot.pages.desk_person import PersonPage
from bot.pages.desk_terms import TermsDeskPage
from bot.pages.form import FormPage
from bot.pages.join import JoinPage
from bot.pages.my_data import MyDataPage
from bot.pages.page import Encoded, Pages, TooLarge, read_body
from bot.pages.pictures import PicturePage
from bot.pages.refusals import BEHIND_A_LINK, Refusals
from bot.pages.terms import TermsPage
from bot.ticker import Ticker
from bot.turns import Turns
from models.chat import Event
from models.database import Database, DatabaseUnavailable, query
from models.rules.hearing import DATABASE, PAGES, chat_way

# LINE's own webhooks stay far below this.
LARGEST_WEBHOOK = 1_999_999
_SLOW_SECONDS = 1.0
# Anybody can send unsigned webhooks; so many a minute are logged.
_UNSIGNED_LOGGED = 1
_OLDEST_BEAT = timedelta(minutes=2)
_CLOCK_SLACK = timedelta(seconds=5)

log = structlog.get_logger()


class DeskPages(NamedTuple):
    """The pages for staff."""

    find: FindPage
    person: PersonPage
    terms: TermsDeskPage
    export: ExportPage
    code: CodePage


class Web:
    """The ASGI application's endpoints."""

    def __init__(
        self,
        *,
        line: LineChannel | None,
        telegram: TelegramChannel | None,
        turns: Turns,
        sender: Sender,
        jobs: Jobs,
        hearing: Hearing,
        ticker: Ticker,
        database: Database,
        pages: Pages,
        refusals: Refusals,
        form: FormPage,
        desk: DeskPages,
        picture: PicturePage,
        my_data: MyDataPage,
        join: JoinPage,
        terms: TermsPage,
        calendar_file: CalendarFile,
        clock: Clock,
    ) -> None:
        self._line = line
        self._telegram = telegram
        self._turns = turns
        self._sender = sender
        self._jobs = jobs
        self._hearing = hearing
        self._ticker = ticker
        self._database = database
        self._pages = pages
        self._clock = clock
        self._unsigned = Pace(_UNSIGNED_LOGGED)
        self._background: set[asyncio.Task[None]] = set()
        self.app = Starlette(
            routes=[
                Route("/webhooks/line", self.line_webhook, methods=["POST"]),
                Route("/webhooks/telegram", self.telegram_webhook, methods=["POST"]),
                Route("/form/{token}", form.show, methods=["GET"]),
                Route("/form/{token}", form.take, methods=["POST"]),
                Route("/join/{token}", join.show, methods=["GET"]),
                Route("/join/{token}", join.enter, methods=["POST"]),
                Route("/desk/find/{token}", desk.find.show, methods=["GET"]),
                Route("/desk/find/{token}", desk.find.take, methods=["POST"]),
                Route("/desk/person/{token}", desk.person.show, methods=["GET"]),
                Route("/desk/person/{token}", desk.person.take, methods=["POST"]),
                Route("/desk/note/{token}", desk.person.take_note, methods=["POST"]),
                Route("/desk/export/{token}", desk.export.show, methods=["GET"]),
                Route("/desk/export/{token}", desk.export.take, methods=["POST"]),
                Route("/desk/code/{token}", desk.code.show, methods=["GET"]),
                Route("/desk/code/{token}", desk.code.take, methods=["POST"]),
                Route("/mydata/{token}", my_data.show, methods=["GET"]),
                Route("/mydata/{token}", my_data.take, methods=["POST"]),
                Route("/desk/terms/{token}", desk.terms.show, methods=["GET"]),
                Route("/desk/terms/{token}", desk.terms.take, methods=["POST"]),
                Route("/terms/{version}", terms.show),
                Route("/terms/{version}/changes", terms.show_changes),
                Route("/calendar/{token}.ics", calendar_file.show),
                Route("/picture/{token}.png", picture.show),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
                Route("/metrics", self.metrics),
            ],
            exception_handlers={404: self.not_found, 405: self.not_found},
            middleware=[
                Middleware(_Guard, pages=pages, refusals=refusals, hearing=hearing, clock=clock)
            ],
        )

    async def line_webhook(self, request: Request) -> Response:
        """LINE's events: signature on the raw bytes, then each event by itself."""
        if (line := self._line) is None:
            return Response(status_code=404)
        signature = request.headers.get("x-line-signature")
        return await self._webhook(request, line, lambda body: line.is_signed(body, signature))

    async def telegram_webhook(self, request: Request) -> Response:
        """Telegram's updates."""
        if (telegram := self._telegram) is None:
            return Response(status_code=404)
        secret = request.headers.get("x-telegram-bot-api-secret-token")
        return await self._webhook(request, telegram, lambda _: telegram.is_signed(secret))

    async def healthz(self, request: Request) -> Response:
        """Alive: the ticker ticks."""
        if not self._ticker.is_ticking():
            return PlainTextResponse("the ticker stands still", 503)
        return PlainTextResponse("ok")

    async def readyz(self, request: Request) -> Response:
        """Ready: the database answers, and the heart beats."""
        faults = []
        try:
            await self._database.run(lambda tx: tx.row(_ONE))
        except DatabaseUnavailable:
            faults.append("the database does not answer")
        beat, now = self._jobs.last_beat, self._clock()
        if beat is None or now - beat > _OLDEST_BEAT:
            faults.append("the scheduler does not beat")
        elif beat > now + _CLOCK_SLACK:
            faults.append("the last beat lies in the future: the clock was set back")
        faults += [f"the job {name} does not go well" for name in self._jobs.faults()]
        faults += [f"{each.way} does not hear: {each.why}" for each in self._hearing.deaf()]
        return JSONResponse({"ready": not faults, "faults": faults}, 503 if faults else 200)

    async def metrics(self, request: Request) -> Response:
        """Counters for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """No such page; for people, in words."""
        if request.url.path.startswith("/webhooks/"):
            return Response(status_code=getattr(error, "status_code", 404))
        say = self._pages.language(request)
        return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)

    async def finish(self) -> None:
        """Let what runs in the background end."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _webhook(
        self,
        request: Request,
        channel: LineChannel | TelegramChannel,
        is_signed: Callable[[bytes], bool],
    ) -> Response:
        try:
            body = await read_body(request, LARGEST_WEBHOOK)
        except TooLarge:
            return self._refuse(channel, "too large", 413)
        except Encoded:
            return self._refuse(channel, "compressed", 400)
        if not is_signed(body):
            metrics.webhooks_refused.labels(channel.name, "not signed").inc()
            if self._unsigned.is_kept(channel.name):
                log.warning("webhook not signed", channel=channel.name)
            return Response(status_code=401)
        try:
            events, unreadable = channel.read(body, self._clock())
        except Unreadable:
            self._hearing.fault(channel.name, "a signed message could not be read")
            return self._refuse(channel, "unreadable", 400)
        status = await self.take(channel, events, unreadable)
        acknowledgement = channel.acknowledgement(events) if status == 200 else b""
        return Response(
            acknowledgement, status, media_type="application/json" if acknowledgement else None
        )

    async def take(
        self, channel: Channel, events: Sequence[Event], unreadable: Sequence[Event] = ()
    ) -> int:
        """Take events one after the other, and keep those that cannot be read; returns the status
        that the platform gets: 200 when all are stored, and 503 when the database is away: then
        it sends them again."""
        status, arrived = 200, self._clock()
        if unreadable:
            metrics.events.labels(channel.name, "unreadable").inc(len(unreadable))
            log.warning("unreadable events", channel=channel.name, count=len(unreadable))
            self._not_heard(channel.name, [event.person or "" for event in unreadable])
        for event in (*events, *unreadable):
            try:
                if event in unreadable:
                    await self._turns.keep_unreadable(event)
                else:
                    await self._take_one(channel, event)
            except DatabaseUnavailable as error:
                log.error("database unavailable", channel=channel.name, why=str(error))
                self._hearing.fault(DATABASE, str(error), arrived)
                self._not_heard(channel.name, [event.person or ""])
                status = 503
            except Exception as error:  # one bad event spoils no other
                log.error("event not taken", channel=channel.name, **where(error))
                self._not_heard(channel.name, [event.person or ""])
                status = 500
        self._sender.wake()
        return status

    def _not_heard(self, channel: str, people: Sequence[str]) -> None:
        """Note whom we could not hear: nobody else is concerned, and nobody can make others
        unheard."""
        for person in filter(None, people):
            self._hearing.fault(chat_way(channel, person), "a message could not be taken")

    async def _take_one(self, channel: Channel, event: Event) -> None:
        slow = asyncio.get_running_loop().call_later(
            _SLOW_SECONDS, lambda: self._in_background(channel.working(event))
        )
        try:
            await self._turns.take(event)
        finally:
            slow.cancel()

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _refuse(self, channel: Channel, why: str, status: int) -> Response:
        metrics.webhooks_refused.labels(channel.name, why).inc()
        log.warning("webhook refused", channel=channel.name, why=why)
        return Response(status_code=status)


class _Guard:
    """Around everything: measures, logs without addresses, turns errors into a page, and puts on
    record who was not let in."""

    def __init__(
        self, app: ASGIApp, pages: Pages, refusals: Refusals, hearing: Hearing, clock: Clock
    ) -> None:
        self._hearing = hearing
        self._clock = clock
        self._app = app
        self._pages = pages
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 0
        arrived = self._clock()
        instead: Response | None = None
        page = scope["path"].split("/")[1]

        async def note(message: Message) -> None:
            nonlocal status, instead
            if message["type"] == "http.response.start":
                status = message["status"]
                if page in BEHIND_A_LINK:
                    instead = self._refusals.too_many(Request(scope), status)
            if instead is None:
                await send(message)

        try:
            await self._app(scope, receive, note)
            if instead is not None:
                status = instead.status_code
                await instead(scope, receive, send)
            elif page in BEHIND_A_LINK:
                await self._refusals.note(Request(scope), page, status)
        except (TooLarge, Encoded):
            await self._answer(scope, receive, note, 413)
        except DatabaseUnavailable as error:
            log.error("database unavailable", why=str(error))
            self._hearing.fault(DATABASE, str(error), arrived)
            if not status:
                await self._answer(scope, receive, note, 503)
        except Exception as error:
            log.error("request failed", **where(error))
            if page == "join":
                self._hearing.fault(PAGES, type(error).__name__, arrived)
            if status:
                raise
            await self._answer(scope, receive, note, 500)
        finally:
            known = page if page in _PAGES else "other"
            seconds = time.monotonic() - started
            metrics.requests.labels(known, status).observe(seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, status: int) -> None:
        request = Request(scope)
        say = self._pages.language(request)
        response = self._pages.word(
            say,
            "page.broken_title",
            "page.broken_text",
            status=status,
            phone=self._pages.phone(say),
        )
        await response(scope, receive, send)


_PAGES = (*BEHIND_A_LINK, "webhooks", "terms", "healthz", "readyz", "metrics")
_ONE = query(select(literal(1)), int)
