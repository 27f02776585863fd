"""The HTTP side: webhooks, the parent's pages, health and metrics."""

import asyncio
import time
from collections.abc import Coroutine, Sequence, Set
from datetime import timedelta

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
from bot.core import Core
from bot.hearing import Hearing
from bot.jobs import Jobs
from bot.logs import where
from bot.outbox import Sender
from bot.pace import Pace
from bot.pages.page import Encoded, Pages, TooLarge, read_body
from bot.pages.refusals import Refusals
from bot.pages.registry import PAGES as EVERY_PAGE
from bot.pages.site import Site
from bot.ticker import Ticker
from bot.turns import Turns
from bot.video_webhook import VideoWebhook
from models.chat import Event
from models.database import DatabaseUnavailable, query
from models.rules.hearing import DATABASE, PAGES, chat_way

# Platforms' own webhooks stay far below this.
LARGEST_WEBHOOK = 1_999_999
_SLOW_SECONDS = 1.0
# Anybody can send unsigned webhooks; so many a minute are logged.
_UNSIGNED_LOGGED = 1
_OLDEST_BEAT = timedelta(minutes=2)
_CLOCK_SLACK = timedelta(seconds=5)

log = structlog.get_logger()


class Web:
    """The ASGI application's endpoints."""

    def __init__(
        self,
        core: Core,
        turns: Turns,
        sender: Sender,
        jobs: Jobs,
        hearing: Hearing,
        ticker: Ticker,
    ) -> None:
        self._core = core
        self._turns = turns
        self._sender = sender
        self._jobs = jobs
        self._hearing = hearing
        self._ticker = ticker
        self._pages = Pages(core.office, core.settings.public_url)
        self._unsigned = Pace(_UNSIGNED_LOGGED)
        self._background: set[asyncio.Task[None]] = set()
        site = Site(core, self._pages, jobs.judge_now)
        pages = [route for page in EVERY_PAGE for route in page(site).routes()]
        routes = [
            *pages,
            *self._video_routes(),
            Route("/webhooks/{channel}", self.webhook, methods=["POST"]),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
        ]
        guard = Middleware(
            _Guard,
            core=core,
            pages=self._pages,
            hearing=hearing,
            behind_a_link={first_part(each.path) for each in pages if "{token}" in each.path},
            known={first_part(each.path) for each in routes},
        )
        self.app = Starlette(
            routes=routes,
            exception_handlers={404: self.not_found, 405: self.not_found},
            middleware=[guard],
        )

    async def webhook(self, request: Request) -> Response:
        """Take a platform's events: signature on the raw bytes, then each event by itself."""
        channel = self._core.channels.get(request.path_params["channel"])
        if channel is None:
            return Response(status_code=404)
        try:
            body = await read_body(request, LARGEST_WEBHOOK)
        except TooLarge:
            return self._refuse(channel, "too large", 413)
        except Encoded:
            return self._refuse(channel, "compressed", 400)
        if not channel.is_signed(body, request.headers):
            metrics.webhooks_refused.labels(channel.name, "not signed").inc()
            if self._unsigned.is_kept(channel.name):
                log.warning("webhook not signed", channel=channel.name)
            return Response(status_code=401)
        try:
            events, unreadable = channel.read(body, self._core.clock())
        except Unreadable:
            self._hearing.fault(channel.name, "a signed message could not be read")
            return self._refuse(channel, "unreadable", 400)
        status = await self.receive(channel, events, unreadable)
        acknowledgement = channel.acknowledgement(events) if status == 200 else b""
        return Response(
            acknowledgement, status, media_type="application/json" if acknowledgement else None
        )

    def _video_routes(self) -> list[Route]:
        video = self._core.video
        if video is None:
            return []
        receiving = VideoWebhook(self._core, video, self._turns, self._hearing)
        return [Route(f"/webhooks/{video.name}", receiving.receive, methods=["POST"])]

    async def healthz(self, request: Request) -> Response:
        """Answer whether it is alive: the ticker ticks."""
        if not self._ticker.is_ticking():
            return PlainTextResponse("the ticker stands still", 503)
        return PlainTextResponse("ok")

    async def readyz(self, request: Request) -> Response:
        """Answer whether it is ready: the database answers, and the heart beats."""
        faults = []
        try:
            await self._core.database.run(lambda tx: tx.row(_ONE))
        except DatabaseUnavailable:
            faults.append("the database does not answer")
        beat, now = self._jobs.last_beat, self._core.clock()
        if beat is None or now - beat > _OLDEST_BEAT:
            faults.append("the scheduler does not beat")
        elif beat > now + _CLOCK_SLACK:
            faults.append("the last beat lies in the future: the clock was set back")
        faults += [f"the job {name} does not go well" for name in self._jobs.faults()]
        faults += [f"{each.way} does not hear: {each.why}" for each in self._hearing.deaf()]
        return JSONResponse({"ready": not faults, "faults": faults}, 503 if faults else 200)

    async def metrics(self, request: Request) -> Response:
        """Return counters for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """Say that there is no such page; for people, in words."""
        if request.url.path.startswith("/webhooks/"):
            return Response(status_code=getattr(error, "status_code", 404))
        say = self._pages.language(request)
        return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)

    async def finish(self) -> None:
        """Let what runs in the background end."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def receive(
        self, channel: Channel, events: Sequence[Event], unreadable: Sequence[Event] = ()
    ) -> int:
        """Take events one after the other, and keep those that cannot be read; returns the status
        that the platform gets: 200 when all are stored, and 503 when the database is away: then
        it sends them again."""
        status, arrived = 200, self._core.clock()
        if unreadable:
            metrics.events.labels(channel.name, "unreadable").inc(len(unreadable))
            log.warning("unreadable events", channel=channel.name, count=len(unreadable))
            self._not_heard(channel.name, [event.person or "" for event in unreadable])
        for event in (*events, *unreadable):
            try:
                if event in unreadable:
                    await self._turns.keep_unreadable(event)
                else:
                    await self._receive_one(channel, event)
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

    def prove(self, channel: Channel) -> None:
        """Note that a channel hears at this moment."""
        self._hearing.proof(channel.name, self._core.clock())

    def _not_heard(self, channel: str, people: Sequence[str]) -> None:
        """Note whom we could not hear: nobody else is concerned, and nobody can make others
        unheard."""
        for person in filter(None, people):
            self._hearing.fault(chat_way(channel, person), "a message could not be taken")

    async def _receive_one(self, channel: Channel, event: Event) -> None:
        slow = asyncio.get_running_loop().call_later(
            _SLOW_SECONDS, lambda: self._in_background(channel.working(event))
        )
        try:
            await self._turns.handle(event)
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
        self,
        app: ASGIApp,
        core: Core,
        pages: Pages,
        hearing: Hearing,
        behind_a_link: Set[str],
        known: Set[str],
    ) -> None:
        self._app = app
        self._core = core
        self._pages = pages
        self._hearing = hearing
        self._refusals = Refusals(core, pages)
        self._behind_a_link = behind_a_link
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 0
        arrived = self._core.clock()
        instead: Response | None = None
        page = first_part(scope["path"])

        async def note(message: Message) -> None:
            nonlocal status, instead
            if message["type"] == "http.response.start":
                status = message["status"]
                if page in self._behind_a_link:
                    instead = self._refusals.too_many(Request(scope), status)
            if instead is None:
                await send(message)

        try:
            await self._app(scope, receive, note)
            if instead is not None:
                status = instead.status_code
                await instead(scope, receive, send)
            elif page in self._behind_a_link:
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
            known = page if page in self._known else "other"
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


def first_part(path: str) -> str:
    """Return what an address begins with: which page it is."""
    return path.split("/")[1]


_ONE = query(select(literal(1)), int)
