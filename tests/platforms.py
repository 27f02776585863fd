"""LINE and Telegram for tests: one real HTTP server on loopback, a world of its own a test."""

import asyncio
import itertools
import socket
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.http_server import http_server


class Platforms:
    """Serves every world under an address of its own."""

    def __init__(self) -> None:
        self._worlds: dict[str, Starlette] = {}
        self._numbers = itertools.count(1)
        # Named TCP, or asyncio leaves Nagle's delay of 40 ms on.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = http_server(self, "127.0.0.1", 0)
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._running is not None:
            await self._running

    def serve(self, routes: Sequence[Route]) -> str:
        """Serve routes under an address of their own; returns it."""
        name = f"world{next(self._numbers)}"
        self._worlds[name] = Starlette(routes=list(routes))
        return f"{self.base}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, _, rest = scope["path"].lstrip("/").partition("/")
        inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}
        await self._worlds[name](inner, receive, send)
