"""python-telegram-bot's requests over aiohttp, which LINE's SDK brings along: a message costs a
fraction of what it costs over httpx (docs/performance.md)."""

from typing import Any

import aiohttp
import orjson
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_SECONDS = 5.0  # for connecting, and for each wait for bytes


class AiohttpRequest(BaseRequest):
    """One long-lived client. An error's cause tells whether anything was sent."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Return how many seconds an answer is waited for."""
        return _SECONDS

    async def initialize(self) -> None:
        """Open the client, inside the running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)

    async def shutdown(self) -> None:
        """Close the client."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return status and body. Raises TimedOut or NetworkError."""
        assert self._session is not None, "initialize() comes first"
        assert request_data is None or not request_data.contains_files, "we send no files"
        timeout = aiohttp.ClientTimeout(
            sock_connect=_seconds(connect_timeout), sock_read=_seconds(read_timeout)
        )
        data = request_data.json_parameters if request_data else None
        try:
            async with self._session.request(method, url, data=data, timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error

    async def call(self, url: str, parameters: dict[str, str], read_timeout: float) -> Any:
        """Return the result of a method as plain JSON. Raises TimedOut or NetworkError."""
        assert self._session is not None, "initialize() comes first"
        timeout = aiohttp.ClientTimeout(sock_connect=_SECONDS, sock_read=read_timeout)
        try:
            async with self._session.post(url, data=parameters, timeout=timeout) as answer:
                body = orjson.loads(await answer.read())
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, orjson.JSONDecodeError) as error:
            raise NetworkError(type(error).__name__) from error
        if not isinstance(body, dict) or not body.get("ok"):
            raise NetworkError(f"Telegram answered {answer.status}")
        return body.get("result")


def was_never_sent(error: NetworkError) -> bool:
    """Return whether a request has certainly not reached Telegram: there was no connection."""
    never = aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
    return isinstance(error.__cause__, never)


def _seconds(given: object) -> float | None:
    """Return what the SDK asks for: a number, no end (None), or what is usual here."""
    return given if given is None or isinstance(given, float | int) else _SECONDS
