"""LIFF: LINE's browser for pages that are opened from a chat (decision 0022)."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from bot.channels.chat_browser import ChatBrowser
from bot.channels.line.api import BASE
from bot.web_client import NO_ANSWER, fetch
from models.chat import Button, Group, Link, Message

LIFF_ID = re.compile(r"\d{10}-[A-Za-z0-9]{8}", re.ASCII)
_OPENS = "https://liff.line.me"
_KIT_SERVER, _KIT = "https://static.line-scdn.net", "/liff/edge/2/sdk.js"
_KIT_BYTES = 2_000_000
_A_DAY, _PAUSE = 86_400, 60  # seconds
# What LINE's script asks: its API, and its own texts.
_SERVERS = f"{BASE} https://liffsdk.line-scdn.net"
_SCRIPT = (Path(__file__).parent / "liff.js").read_text("utf-8")


class Liff(ChatBrowser):
    """One LIFF app, whose endpoint URL is ours."""

    meant = "liff.state"

    def __init__(self, number: str, api_base: str) -> None:
        self._number = number
        is_real = api_base == BASE
        self.servers = _SERVERS if is_real else "/".join(api_base.split("/")[:3])
        self._kit_url = f"{_KIT_SERVER if is_real else api_base}{_KIT}"
        self._kit, self._ask_again = "", 0.0

    def address(self, url: str) -> str:
        """Return the address that opens /PAGE/TOKEN of ours in LINE's browser."""
        page, token = url.rsplit("/", 2)[1:]
        return f"{_OPENS}/{self._number}/{page}/{token}"

    async def kit(self) -> str:
        """Return LINE's script, asked for once a day, and once a minute while LINE has none; the
        older one serves meanwhile."""
        now = time.monotonic()
        if now >= self._ask_again:
            self._ask_again = now + _PAUSE
            try:
                self._kit = await fetch(self._kit_url, _KIT_BYTES)
                self._ask_again = now + _A_DAY
            except NO_ANSWER:
                if not self._kit:
                    raise
        if not self._kit:
            raise ValueError("LINE's script could not be had just now")
        return self._kit

    def opening_script(self) -> str:
        return self._script(None)

    def closing_script(self, words: str) -> str:
        return self._script(words)

    def _script(self, words: str | None) -> str:
        given = orjson.dumps([self._number, words]).decode().replace("<", "\\u003c")
        return f"{_SCRIPT}\nmadoguchi(...{given});"

    def open_pages(self, messages: Sequence[Message]) -> list[Message]:
        """Return the messages with the addresses of pages that belong into the chat."""
        return [
            replace(each, groups=tuple(self._in_group(group) for group in each.groups))
            for each in messages
        ]

    def _in_group(self, group: Group) -> Group:
        return replace(group, buttons=tuple(self._in_button(each) for each in group.buttons))

    def _in_button(self, button: Button | Link) -> Button | Link:
        if not isinstance(button, Link) or not button.returns_to_chat:
            return button
        return replace(button, url=self.address(button.url))
