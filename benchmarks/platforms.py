"""LINE and Telegram on loopback: bare ones, which take everything at once, and the sandbox's LINE,
which looks at what it gets."""

import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.line_server import LineServer

# What LINE takes of one channel (platforms.md: POST /v2/bot/message/push).
LINE_A_SECOND = 2000


def platforms() -> Starlette:
    """Accept every send; a profile says that its person reads Japanese."""

    async def accept(request: Request) -> Response:
        await request.body()
        return JSONResponse({"sentMessages": [{"id": "1"}]})

    async def profile(request: Request) -> Response:
        person = request.path_params["person"]
        return JSONResponse({"userId": person, "displayName": "Parent", "language": "ja"})

    async def telegram(request: Request) -> Response:
        await request.body()
        sent = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return JSONResponse({"ok": True, "result": sent})

    return Starlette(
        routes=[
            Route("/v2/bot/profile/{person}", profile),
            Route("/v2/bot/message/{how}", accept, methods=["POST"]),
            Route("/bot{token}/{method}", telegram, methods=["POST"]),
        ]
    )


class BusyLine(LineServer):
    """The sandbox's LINE with its rate limit, which counts what it takes each second."""

    def __init__(self, token: str) -> None:
        super().__init__(lambda: datetime.now(UTC), httpx.AsyncClient())
        self.token, self.quota = token, None
        self.taken: Counter[int] = Counter()
        self.routes += [
            Route("/bench/people/{count:int}", self.add_people),
            Route("/bench/taken", self.tell),
        ]

    async def add_people(self, request: Request) -> Response:
        """Return some who have added the office as a friend."""
        for number in range(request.path_params["count"]):
            self.person(person_number(number)).follows = True
        return Response()

    async def tell(self, request: Request) -> Response:
        """Return how many reminders were taken, how many people got one, the most in one second."""
        pushed = [each.person for each in self.ledger if each.how == "push"]
        most = max(self.taken.values(), default=0)
        return PlainTextResponse(f"{len(pushed)} {len(set(pushed))} {most}")

    def _troubled(self) -> tuple[Response | None, bool]:
        second = int(time.time())
        if self.taken[second] >= LINE_A_SECOND:
            self.trouble.append(429)
        return super()._troubled()

    def _accept(self, *arguments: Any, **named: Any) -> list[str]:
        self.taken[int(time.time())] += 1
        return super()._accept(*arguments, **named)


def person_number(number: int) -> str:
    """LINE's name for one of many people."""
    return f"U{number:032x}"


def line(token: str) -> Starlette:
    return Starlette(routes=BusyLine(token).routes)
