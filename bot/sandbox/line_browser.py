"""LINE's browser for pages (LIFF) on loopback: its script, and who sits in front of it."""

import json
import secrets
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.line_server import LinePerson, LineServer

_SCRIPT = (Path(__file__).parent / "line_browser.js").read_text("utf-8")


class LineBrowser:
    """LINE's side of one LIFF app, whose endpoint URL is `pages`."""

    def __init__(self, line: LineServer, pages: str) -> None:
        self._line = line
        self._pages = pages
        self._sitting: dict[str, LinePerson] = {}
        self.routes = [
            Route("/liff/edge/2/sdk.js", self._kit),
            Route("/liff/messages", self._say, methods=["POST"]),
            Route("/liff/closed", self._closed),
        ]

    def open(self, person: LinePerson, page: str) -> Response:
        """Lead somebody to the endpoint URL, as https://liff.line.me/ID/PAGE does."""
        token = secrets.token_urlsafe(16)
        self._sitting[token] = person
        asked = urlencode({"liff.state": f"/{page}"})
        return RedirectResponse(f"{self._pages}/?{asked}#access_token={token}")

    async def _kit(self, request: Request) -> Response:
        server = f"{request.base_url}liff"
        script = _SCRIPT.replace('"SERVER"', json.dumps(server))
        return Response(script, media_type="text/javascript")

    async def _say(self, request: Request) -> Response:
        """Take what a page says for the person in front of it, as LINE brings it to the webhook."""
        said = json.loads(await request.body())
        person = self._sitting.get(said["token"])
        if person is None:
            return Response(status_code=401)
        await self._line.say(person, str(said["text"]))
        return Response(headers={"Access-Control-Allow-Origin": "*"})

    async def _closed(self, request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>LINE</title><p>LINE closes the page here.</p>")
