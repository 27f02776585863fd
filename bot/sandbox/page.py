"""The page: a person is the parent on a phone-like LINE pane and staff on another, and turns the
clock."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bot.app import App
from bot.sandbox.clock import TurnableClock
from bot.sandbox.line_browser import LineBrowser
from bot.sandbox.line_server import LineServer
from bot.sandbox.playing import play_to
from bot.sandbox.staff import SandboxStaff
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.zoom_pane import ZoomPane
from locales import languages, of_speech, phrases
from models.booking import Booking
from models.office import Office
from models.rules.deadlines import day_before
from models.store import Store

_FILES = Path(__file__).parent / "page"
_KINDS = ("sticker", "image", "audio", "location")
_STEP = timedelta(minutes=10)
_LAST_ENTRIES = 12
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src 'self' data: http://127.0.0.1:*;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class SandboxPage:
    """What the page shows and does. It answers to its own page on this machine only."""

    def __init__(
        self,
        app: App,
        office: Office,
        clock: TurnableClock,
        line: LineServer,
        telegram: TelegramServer,
        zoom: ZoomPane,
        browser: LineBrowser,
        address: str,
    ) -> None:
        self._app = app
        self._office = office
        self._clock = clock
        self._line = line
        self._address = address
        self._parent = line.person()
        self._staff = SandboxStaff(app, line, telegram)
        self._zoom = zoom
        self._browser = browser
        self._turning = False
        self._secret = line.secret
        self.routes = [
            Route("/", self._index),
            Route("/page/{name}", self._file),
            Route("/menu/{number}.png", self._menu),
            Route("/liff/open/{page:path}", self._open_in_line),
            Route("/api/state", self._state),
            Route("/api/do/{what}", self._do, methods=["POST"]),
            Route("/api/clock/{to}", self._turn, methods=["POST"]),
        ]

    async def _index(self, request: Request) -> Response:
        return self._refused(request) or FileResponse(_FILES / "index.html", headers=_HEADERS)

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ("page.js", "page.css"):
            return Response(status_code=404)
        return FileResponse(_FILES / name, headers=_HEADERS)

    async def _menu(self, request: Request) -> Response:
        """Answer with the picture of a rich menu."""
        picture = self._line.menus.pictures.get(request.path_params["number"])
        if picture is None:
            return Response(status_code=404)
        return Response(picture, media_type="image/png", headers=_HEADERS)

    async def _open_in_line(self, request: Request) -> Response:
        page = request.path_params["page"]
        return self._refused(request) or self._browser.open(self._parent, page)

    async def _state(self, request: Request) -> Response:
        if refusal := self._refused(request):
            return refusal
        zone, now = self._office.zone, self._clock()
        loading = self._parent.loading_until
        return JSONResponse(
            {
                "now": now.astimezone(zone).isoformat(),
                "office": self._office.words(self._office.name, self._parent.language),
                "language": self._parent.language,
                "languages": _phone_languages(),
                "follows": self._parent.follows,
                "loading": loading is not None and loading > now,
                "turning": self._turning,
                "broken": self._line.secret != self._secret,
                "chat": [self._in_zone(item) for item in self._parent.chat],
                "menu": self._line.menus.menu_of(self._parent.user_id),
                "staff": {
                    "on": self._staff.channel,
                    "menu": self._staff.menu(),
                    "chat": [self._in_zone(item) for item in self._staff.chat()],
                },
                "zoom": self._zoom.state(),
                "used": self._line.used,
                "quota": self._line.quota,
                "ledger": [
                    {
                        "at": entry.at.astimezone(zone).isoformat(),
                        "how": entry.how,
                        "messages": len(entry.messages),
                        "delivered": entry.delivered,
                    }
                    for entry in self._line.ledger[-_LAST_ENTRIES:]
                ],
            },
            headers=_HEADERS,
        )

    async def _do(self, request: Request) -> Response:
        if refusal := self._refused(request):
            return refusal
        body = await request.json()
        match request.path_params["what"]:
            case "follow":
                status = await self._line.follow(self._parent)
            case "block":
                status = await self._line.block(self._parent)
            case "say":
                status = await self._line.say(self._parent, str(body["text"]))
            case "tap":
                shown = str(body.get("shown", ""))
                status = await self._line.tap(self._parent, str(body["data"]), shown)
            case "send" if body.get("kind") in _KINDS:
                status = await self._line.send(self._parent, body["kind"])
            case "staff-start" if body.get("on") in ("telegram", "line"):
                status = await self._staff.start(body["on"])
            case "staff-say":
                status = await self._staff.say(str(body["text"]), body.get("replies_to"))
            case "staff-tap":
                status = await self._staff.tap(
                    str(body["data"]), str(body.get("shown", "")), body.get("message")
                )
            case "break" | "mend" as how:
                # As when somebody issued a new secret: what LINE signs is refused.
                self._line.secret = self._secret if how == "mend" else "another"
                status = 200
            case "zoom" if await self._zoom.do(str(body["what"]), int(body.get("number", 0))):
                status = 200
            case "language" if body.get("language") in _phone_languages():
                self._parent.language, status = body["language"], 200
            case _:
                return Response(status_code=404)
        return JSONResponse({"webhook": status}, headers=_HEADERS)

    async def _turn(self, request: Request) -> Response:
        """Turn the clock: to the reminder, to the start, or ten minutes on."""
        if refusal := self._refused(request):
            return refusal
        target = await self._target(request.path_params["to"])
        if target is None or self._turning:
            return JSONResponse({"turned": False}, headers=_HEADERS)
        self._turning = True
        try:
            await play_to(self._app, self._clock, target)
        finally:
            self._turning = False
        return JSONResponse({"turned": True}, headers=_HEADERS)

    async def _target(self, to: str) -> datetime | None:
        now = self._clock()
        if to == "later":
            return now + _STEP
        booking = await self._app.core.database.run(
            lambda tx: self._next(Store(tx, self._office, self._app.core.vault), now)
        )
        if booking is None:
            return None
        office, start = self._office, booking.starts_at
        target = {
            "reminder": day_before(start, office.reminder_at, office.zone),
            "start": start,
        }.get(to)
        return target if target is not None and target > now else None

    def _next(self, store: Store, now: datetime) -> Booking | None:
        contact = store.contacts.find("line", self._parent.user_id)
        if contact is None or contact.job_seeker_id is None:
            return None
        return next(iter(store.bookings.current(contact.job_seeker_id, now)), None)

    def _in_zone(self, item: dict[str, Any]) -> dict[str, Any]:
        at = datetime.fromisoformat(item["at"]).astimezone(self._office.zone)
        return {**item, "at": at.isoformat()}

    def _refused(self, request: Request) -> Response | None:
        """Another site's page must not reach this one, whatever name it gives this machine."""
        ours = urlsplit(self._address)
        host = urlsplit(f"//{request.headers.get('host', '')}")
        origin = request.headers.get("origin")
        if host.port == ours.port and host.hostname in ("127.0.0.1", "localhost"):
            own = (f"http://127.0.0.1:{ours.port}", f"http://localhost:{ours.port}")
            if origin is None or origin in own:
                return None
        return Response(status_code=403)


def _phone_languages() -> dict[str, str]:
    """Return the languages in which a phone can be, each by its own name."""
    return {each: phrases(each)("language.name") for each in languages() if each == of_speech(each)}
