"""The load: whole booking conversations over a few connections, as LINE and Telegram send them."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

SECRET = "0123456789abcdef"  # noqa: S105  # between processes on loopback
CHANNELS = ("line", "telegram")


class Measured(NamedTuple):
    """What one round came to. `seconds` lasts until the last answer, or the last send."""

    turns: int
    seconds: float
    latencies: list[float]

    @property
    def turns_a_second(self) -> float:
        return self.turns / self.seconds

    def latency(self, share: float) -> float:
        """Return a percentile, in milliseconds."""
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


async def get(port: int, path: str) -> str:
    """One answer of a server."""
    async with Connection(port) as connection:
        return (await connection.ask(get_request(path)))[1].decode()


def get_request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def new_person(channel: str) -> str:
    if channel == "line":
        return "U" + secrets.token_hex(16)
    return str(secrets.randbelow(10**9) + 10**9)


def press(channel: str, person: str, data: str) -> bytes:
    """Return the signed webhook request of a button that is pressed."""
    return _line(person, data) if channel == "line" else _telegram(int(person), data)


def _line(person: str, data: str) -> bytes:
    event = {
        "type": "postback",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": person},
        "webhookEventId": secrets.token_hex(13).upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": secrets.token_hex(16),
        "postback": {"data": data},
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return _post("line", "X-Line-Signature", base64.b64encode(digest).decode(), body)


def _telegram(person: int, data: str) -> bytes:
    user = {"id": person, "is_bot": False, "first_name": "Parent", "language_code": "ja"}
    query = {
        "id": str(secrets.randbelow(10**18)),
        "from": user,
        "message": {
            "message_id": 1,
            "date": int(time.time()),
            "chat": {"id": person, "type": "private"},
        },
        "chat_instance": "1",
        "data": data,
    }
    body = json.dumps({"update_id": secrets.randbelow(2**40), "callback_query": query}).encode()
    return _post("telegram", "X-Telegram-Bot-Api-Secret-Token", SECRET, body)


def _post(channel: str, header: str, proof: str, body: bytes) -> bytes:
    head = (
        f"POST /webhooks/{channel} HTTP/1.1\r\nHost: localhost\r\n{header}: {proof}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def first_booking(channel: str, slot: str) -> list[bytes]:
    """Somebody new agrees, declares, sends the form, and books. In place of the form's page the
    server keeps the details itself: the form's link waits in the outbox, since nothing is sent."""
    person = new_person(channel)
    settling = ["terms/1", "agree/1:1", "all/1:e", "all/1:v", None, "next/1"]
    return [
        press(channel, person, data) if data else get_request(f"/bench/form/{channel}/{person}")
        for data in [*settling, *_booking(slot, nth=1)]
    ]


def next_booking(channel: str, person: str, slot: str) -> list[bytes]:
    """Somebody who has been here before books again."""
    return [press(channel, person, data) for data in ["book/1", *_booking(slot, nth=2)]]


def confirmation(channel: str, person: str, slot: str) -> bytes:
    """Somebody who has been here before presses the last button."""
    return press(channel, person, f"confirm/1:consultation:{slot}:alone:2")


def _booking(slot: str, nth: int) -> list[str]:
    return [
        "days/1:consultation:0",
        f"day/1:consultation:{slot[:8]}",
        f"time/1:consultation:{slot}",
        f"confirm/1:consultation:{slot}:alone:{nth}",
        "mine/1",
    ]


async def play(
    ports: Sequence[int], conversations: Sequence[Sequence[bytes]], connections: int
) -> Measured:
    """Play conversations, each over one connection; all that one server takes in turn."""
    waiting = [iter(conversation) for conversation in conversations]
    latencies: list[float] = []

    async def talk(port: int) -> None:
        async with Connection(port) as connection:
            while waiting:
                for request in waiting.pop():
                    began = time.perf_counter()
                    status, _ = await connection.ask(request)
                    latencies.append(time.perf_counter() - began)
                    assert status == 200, status

    began = time.perf_counter()
    await asyncio.gather(*(talk(ports[number % len(ports)]) for number in range(connections)))
    return Measured(len(latencies), time.perf_counter() - began, latencies)
