"""Telegram's Bot API through the SDK's own Bot."""

import os
from collections.abc import Mapping
from typing import Any

import orjson
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    User,
    WebhookInfo,
)

from bot.channels.telegram.requests import AiohttpRequest

BASE = "https://api.telegram.org"
_CONNECTIONS = 64
_ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
# Seconds that an answer may take beyond what Telegram was asked to wait.
_WAIT_LONGER = 10.0

# The SDK is to speak of waiting times as timedelta, as it will do by itself one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class TelegramApi:
    """One long-lived bot. `secret` is what webhooks carry; None where updates are asked for."""

    def __init__(self, token: str, base: str, secret: str | None) -> None:
        self.secret = secret
        self._clients = (AiohttpRequest(1), AiohttpRequest(_CONNECTIONS))
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._clients[0],
            request=self._clients[1],
        )
        self._started = False

    async def connected(self) -> Bot:
        """Return the bot, with its clients open. Bot.initialize() would ask getMe first, and fail
        with the network."""
        if not self._started:
            self._started = True
            for client in self._clients:
                await client.initialize()
        return self._bot

    async def updates(self, offset: int, wait_seconds: int) -> list[dict[str, Any]]:
        """Return the updates from `offset` on as plain JSON, waiting for the first one: the SDK's
        types would fail for all of them where it cannot read one. Asking for an offset tells
        Telegram that everything before it is safe with us. Raises TelegramError."""
        bot = await self.connected()
        asked = {
            "offset": str(offset),
            "timeout": str(wait_seconds),
            "allowed_updates": orjson.dumps(_ALLOWED).decode(),
        }
        found = await self._clients[0].call(
            f"{bot.base_url}/getUpdates", asked, wait_seconds + _WAIT_LONGER
        )
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    async def use_webhook(self, url: str) -> None:
        """Let Telegram send updates to `url`, with our secret. Raises TelegramError."""
        bot = await self.connected()
        await bot.set_webhook(url, secret_token=self.secret, allowed_updates=list(_ALLOWED))

    async def show_menu(
        self, words: Mapping[str, str], *, chat: int | None = None, language: str | None = None
    ) -> None:
        """Show the command menu of one chat, or of all private ones in a language (None: in any
        other language); without words the chat has the common one again. Raises TelegramError."""
        bot = await self.connected()
        scope = BotCommandScopeAllPrivateChats() if chat is None else BotCommandScopeChat(chat)
        if words:
            await bot.set_my_commands(list(words.items()), scope=scope, language_code=language)
        else:
            await bot.delete_my_commands(scope=scope)

    async def use_polling(self) -> None:
        """Let Telegram keep updates until we ask. Raises TelegramError."""
        bot = await self.connected()
        await bot.delete_webhook()

    async def who_am_i(self) -> User:
        """Return the bot, if its token is good. Raises TelegramError."""
        bot = await self.connected()
        return await bot.get_me()

    async def webhook_info(self) -> WebhookInfo:
        """Return where Telegram sends updates. Raises TelegramError."""
        bot = await self.connected()
        return await bot.get_webhook_info()

    async def close(self) -> None:
        if self._started:
            self._started = False
            for client in self._clients:
                await client.shutdown()
