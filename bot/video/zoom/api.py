"""Zoom's API: server-to-server OAuth, and calls with its token."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.video.base import NotReachable, Refused

API, OAUTH = "https://api.zoom.us", "https://zoom.us"
_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
# A token is renewed so long (seconds) before its end.
_RENEWED_BEFORE = 120.0


_PUT_RIGHT_AT_ZOOM = (401, 403)


class RateLimited(Exception):
    """429. `retry_after` in seconds, where Zoom says it; `is_daily`: until midnight (UTC)."""

    def __init__(self, retry_after: float | None, *, is_daily: bool) -> None:
        super().__init__("rate limit")
        self.retry_after, self.is_daily = retry_after, is_daily


class ZoomApi:
    """One long-lived client. The token is fetched when it is needed, by one request at a time."""

    def __init__(
        self, account: str, client: str, secret: SecretStr, api_base: str, oauth_base: str
    ) -> None:
        self._account = account
        self._basic = aiohttp.encode_basic_auth(client, secret.get_secret_value())
        self._api, self._oauth = api_base, oauth_base
        self._session: aiohttp.ClientSession | None = None
        self._token, self._ends = "", 0.0
        self._renewing = asyncio.Lock()

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """Call the API; returns None for 404. A token that Zoom does not take is renewed once.
        Raises NotReachable, Refused or RateLimited."""
        for is_last in (False, True):
            token = await self._valid_token()
            status, answer, headers = await self._ask(
                method,
                f"{self._api}/v2{path}",
                json=body,
                params=query,
                headers={"Authorization": f"Bearer {token}"},
            )
            if status == 401 and not is_last:
                self._forget(token)
                continue
            return _understood(status, answer, headers)
        raise AssertionError("the second try returns or raises")

    async def scopes(self) -> set[str]:
        """Return what the app may do. Raises NotReachable."""
        return set(str((await self._fetch_token()).get("scope", "")).split())

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _valid_token(self) -> str:
        async with self._renewing:
            if time.monotonic() >= self._ends:
                answer = await self._fetch_token()
                self._token = str(answer["access_token"])
                self._ends = time.monotonic() + float(answer["expires_in"]) - _RENEWED_BEFORE
            return self._token

    def _forget(self, token: str) -> None:
        if token == self._token:  # nobody has renewed it meanwhile
            self._ends = 0.0

    async def _fetch_token(self) -> dict[str, Any]:
        status, answer, _ = await self._ask(
            "POST",
            f"{self._oauth}/oauth/token",
            params={"grant_type": "account_credentials", "account_id": self._account},
            headers={"Authorization": self._basic},
        )
        if status != 200:
            why = answer.get("reason") or answer.get("error") or status
            raise NotReachable(
                f"no token ({str(why)[:100]}): check ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and"
                " ZOOM_CLIENT_SECRET, and that the app is activated"
            )
        return answer

    async def _ask(
        self, method: str, url: str, **how: Any
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)
        try:
            async with self._session.request(method, url, **how) as answer:
                body = await answer.json(content_type=None) if answer.content_length != 0 else {}
                if body and not isinstance(body, dict):
                    raise ValueError("no object")
                return answer.status, body or {}, answer.headers
        except aiohttp.ClientConnectorError as error:
            raise NotReachable(f"it cannot be reached ({type(error).__name__})") from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NotReachable(type(error).__name__, unknown=True) from error


def _understood(
    status: int, answer: dict[str, Any], headers: Mapping[str, str]
) -> dict[str, Any] | None:
    if status in (200, 201, 204):
        return answer
    if status == 404:
        return None
    if status == 429:
        after = headers.get("Retry-After", "")
        is_daily = "daily" in headers.get("X-RateLimit-Type", "").lower()
        raise RateLimited(float(after) if after.isdigit() else None, is_daily=is_daily)
    # Zoom's own words may hold an e-mail address: its number for the fault says enough.
    why = f"Zoom answers {status} (code {answer.get('code', 'none')})"
    if status >= 500:
        raise NotReachable(why, unknown=True)
    # What the office or its operator can put right at Zoom is tried again.
    lacks_scope = "scope" in str(answer.get("message", ""))
    if status in _PUT_RIGHT_AT_ZOOM or lacks_scope:
        raise NotReachable(why)
    raise Refused(why)
