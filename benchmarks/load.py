"""The load: whole booking conversations over a few connections, as LINE would send them."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.server import SECRET


class Measured(NamedTuple):
    """What one round came to."""

    turns: int
    seconds: float
    latencies: list[float]

    @property
    def turns_a_second(self) -> float:
        return self.turns / self.seconds

    def latency(self, share: float) -> float:
        """A percentile, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000


class Connection:
    """One kept-alive HTTP connection."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; returns status and body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return int(head[9:12]), await self._reader.readexactly(length)

    async def get(self, path: str) -> bytes:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        _, body = await self.ask(request.encode())
        return body


def new_person() -> str:
    return "U" + secrets.token_hex(16)


def webhook(person: str, kind: str, **content: object) -> bytes:
    """A signed webhook request with one event."""
    event = {
        "type": kind,
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": person},
        "webhookEventId": secrets.token_hex(13).upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": secrets.token_hex(16),
        **content,
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    head = (
        "POST /webhooks/line HTTP/1.1\r\nHost: localhost\r\n"
        f"X-Line-Signature: {base64.b64encode(digest).decode()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def conversation(person: str, slot: str) -> Iterator[bytes | None]:
    """A first booking, turn by turn; None where the form is filled in. Following is not part of
    it, since the bot then asks LINE for the language."""
    day = slot[:8]
    taps = ["terms/1", "agree/1:1", "all/1:e", "all/1:v", None, "next/1"]
    taps += ["days/1:consultation:0", f"day/1:consultation:{day}", f"time/1:consultation:{slot}"]
    taps += [f"confirm/1:consultation:{slot}:alone:1", "mine/1"]
    for data in taps:
        yield webhook(person, "postback", postback={"data": data}) if data else None


async def play(port: int, slots: Sequence[str], connections: int, *, form: bool) -> Measured:
    """Play a conversation for each slot; the form's request is not counted as a turn."""
    waiting = [(new_person(), slot) for slot in slots]
    # Made beforehand, so that the load generator does not measure itself.
    prepared = [(person, list(conversation(person, slot))) for person, slot in waiting]
    latencies: list[float] = []

    async def talk() -> None:
        async with Connection(port) as connection:
            while prepared:
                person, turns = prepared.pop()
                for request in turns:
                    if request is None:
                        if form:
                            await connection.get(f"/bench/form/{person}")
                        continue
                    began = time.perf_counter()
                    status, _ = await connection.ask(request)
                    latencies.append(time.perf_counter() - began)
                    assert status == 200, status

    began = time.perf_counter()
    await asyncio.gather(*(talk() for _ in range(connections)))
    return Measured(len(latencies), time.perf_counter() - began, latencies)
