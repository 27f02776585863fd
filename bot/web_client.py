"""Requests of our own to other addresses than the platforms'."""

import aiohttp

_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
_LONGEST_ANSWER = 1000
# What says that nobody has answered.
NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


async def fetch(url: str, most: int = _LONGEST_ANSWER) -> str:
    """Return what an address answers with success, up to so many bytes. Raises one of NO_ANSWER."""
    async with _session() as session, session.get(url, allow_redirects=False) as answer:
        if not answer.ok or answer.status >= 300:
            raise ValueError(f"answered {answer.status}")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) >= most:
                break
        return body[:most].decode("utf-8", "replace").strip()


async def post(url: str, body: dict[str, object]) -> None:
    """Send JSON to an address. Raises one of NO_ANSWER."""
    async with _session() as session, session.post(url, json=body) as answer:
        answer.raise_for_status()


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)
