"""The way out of the office: by a proxy where the environment names one."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import orjson
import pytest
import pytest_asyncio

from bot.channels.base import Channel, Request
from bot.channels.line.channel import LineChannel
from bot.channels.telegram.channel import TelegramChannel

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
CHANNELS = ["line", "telegram"]


class Anywhere:
    """A server that notes what it is asked for, and takes every message."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(" ".join(head.split()[:2]))
        message = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
        answer = orjson.dumps({"sentMessages": [], "ok": True, "result": message})
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + f"Content-Length: {len(answer)}\r\n\r\n".encode()
            + answer
        )
        await writer.drain()
        writer.close()


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[Anywhere]:
    found = Anywhere()
    async with await asyncio.start_server(found.serve, "127.0.0.1") as opened:
        found.address = f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}"
        yield found


async def send_to(base: str, name: str) -> None:
    """A message by a channel whose platform has this address."""
    channel: Channel
    payload: object
    if name == "line":
        channel, payload = LineChannel("secret", "token", base), [{"type": "text", "text": "x"}]
    else:
        channel, payload = TelegramChannel("1:token", base, None), {"text": "x"}
    body = orjson.dumps(payload).decode()
    try:
        await channel.send(Request("1", body, None, None, "key", first_try=True), NOW)
    finally:
        await channel.close()


@pytest.mark.parametrize("name", CHANNELS)
async def test_a_proxy_that_is_set_is_used(
    server: Anywhere, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    await send_to("http://platform.invalid", name)
    assert [each.split("/")[2] for each in server.asked] == ["platform.invalid"]
