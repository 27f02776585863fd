"""The HTTP server: uvicorn, with an end to what a connection may take its time for."""

import asyncio
import contextlib
import gc
import resource
import signal
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A request must be here as a whole, and a connection must ask something, within so many seconds.
REQUEST_SECONDS = 10.0
_LARGEST_HEAD = 65_536
_BACKLOG = 2048


class ImpatientProtocol(HttpToolsProtocol):
    """Drops a connection whose request does not arrive in time, or whose head does not end:
    uvicorn itself would wait for ever, until no descriptor is left."""

    _waiting: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._wait()

    def on_url(self, url: bytes) -> None:
        self._count_head(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(name + value)
        super().on_header(name, value)

    def on_message_complete(self) -> None:
        self._wait_no_more()
        super().on_message_complete()

    def _count_head(self, part: bytes) -> None:
        self._head += len(part)
        if self._head > _LARGEST_HEAD:
            self.transport.abort()

    def _wait(self) -> None:
        self._wait_no_more()
        self._waiting = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class _Server(uvicorn.Server):
    """uvicorn raises a signal again when it is done, which would end us before we are; so
    signals are ours (stop_on_signals)."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    """Return a server that writes no access log, since that would hold tokens."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=ImpatientProtocol,
            log_config=None,  # ours, as JSON
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=20,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Take a port. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's delay of 40 ms on.
    opened = socket.socket(family, proto=socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def allow_many_connections() -> None:
    """Use as many file descriptors as the system grants."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def spare_what_stays() -> None:
    """Spare what is loaded by now, which stays. The garbage collector would look through it again
    and again, and whoever presses a button at such a moment waits for a tenth of a second."""
    gc.collect()
    gc.freeze()


def stop_on_signals(*servers: uvicorn.Server) -> None:
    """Let SIGTERM and SIGINT stop the servers; what is under way is finished first."""

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop)
