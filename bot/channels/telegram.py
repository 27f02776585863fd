"""Telegram: reads its updates, draws messages with inline buttons, sends through the SDK's Bot."""

import hmac
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any, NoReturn
from urllib.parse import quote

import orjson
import structlog
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    User,
    WebhookInfo,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import (
    Proof,
    Refused,
    Request,
    RetryLater,
    Sent,
    TokenRefused,
    Uncertain,
    Unreachable,
    Unreadable,
)
from bot.channels.reading import parse
from bot.channels.telegram_client import AiohttpRequest, was_never_sent
from bot.channels.telegram_updates import BROKEN, NAME, read_update, unreadable_update
from models.chat import Button, Did, Event, Link, Message

# Telegram takes 4,096 characters; the rest is for title, facts and headings.
_LONGEST = 3600
_LABEL = 60
_CONNECTIONS = 64
_TOKEN_PAUSE = timedelta(minutes=1)
_ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
# Seconds that an answer may take beyond what Telegram was asked to wait.
_WAIT_LONGER = 10.0
# Errors that say that the person, and not the request, is the trouble.
_GONE = ("chat not found", "user is deactivated", "bot was blocked", "user not found")
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")

# The SDK is to speak of waiting times as timedelta, as it will do by itself one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = structlog.get_logger()


class TelegramChannel:
    """The office's Telegram bot."""

    name = NAME

    def __init__(self, token: str, api_base: str, webhook_secret: str | None) -> None:
        self._secret = webhook_secret
        self._clients = (AiohttpRequest(1), AiohttpRequest(_CONNECTIONS))
        self.bot = Bot(
            token,
            base_url=f"{api_base}/bot",
            base_file_url=f"{api_base}/file/bot",
            get_updates_request=self._clients[0],
            request=self._clients[1],
        )
        self._started = False

    def is_signed(self, secret: str | None) -> bool:
        """Whether a webhook carries our secret."""
        if self._secret is None:
            return False
        given = (secret or "").encode("utf-8", "replace")
        return hmac.compare_digest(self._secret.encode(), given)

    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        """The event of a webhook body, or what is to be kept of one that cannot be read. Raises
        Unreadable when the body is not Telegram's at all."""
        raw = parse(body)
        if not isinstance(raw, dict) or "update_id" not in raw:
            raise Unreadable("no update")
        return self.read_one(raw, now)

    def read_one(self, update: dict[str, Any], now: datetime) -> tuple[list[Event], list[Event]]:
        """The same of an update that was asked for."""
        try:
            return [read_update(update, now)], []
        except (Unreadable, *BROKEN):
            return [], [unreadable_update(update, now)]

    def render(self, messages: Sequence[Message], event: Event | None) -> list[str]:
        edited = event.message_id if event and event.did is Did.TAPPED else None
        calls = []
        for number, message in enumerate(messages):
            call: dict[str, Any] = _draw(message)
            if message.about:
                call["about"] = message.about  # for us: taken out before it is sent
            if number == 0 and message.in_place and edited:
                call["edit"] = int(edited)
            calls.append(orjson.dumps(call).decode())
        return calls

    async def send(self, request: Request, now: datetime) -> list[Sent]:
        call = orjson.loads(request.payload)
        edited, about = call.pop("edit", None), call.pop("about", "")
        if edited and await self._edit(int(request.person), edited, call):
            return [Sent(str(edited), about)]  # whatever it spoke of before
        if not edited and not request.first_try:
            raise Uncertain("an earlier try was never heard of again")
        bot = await self._connected()
        picture = call.pop("picture", "")
        try:
            if picture:
                await bot.send_photo(int(request.person), picture, caption=call["text"] or None)
                return []
            message = await bot.send_message(int(request.person), **_arguments(call))
            return [Sent(str(message.message_id), about)] if about else []
        except TelegramError as error:
            _explain(error)

    def acknowledgement(self, events: Sequence[Event]) -> bytes:
        """Telegram takes one call of a method in the answer to its webhook."""
        for event in events:
            if event.callback_id is not None:
                call = {"method": "answerCallbackQuery", "callback_query_id": event.callback_id}
                return orjson.dumps(call)
        return b""

    async def acknowledge(self, event: Event) -> None:
        """End the waiting sign on a button that was pressed, where no webhook is to be answered.
        Never raises."""
        if event.callback_id is None:
            return
        bot = await self._connected()
        try:
            await bot.answer_callback_query(event.callback_id)
        except TelegramError as error:
            log.info("callback not answered", error=type(error).__name__)

    async def working(self, event: Event) -> None:
        if event.person is None:
            return
        bot = await self._connected()
        try:
            await bot.send_chat_action(int(event.person), "typing")
        except TelegramError as error:
            log.info("chat action not shown", error=type(error).__name__)

    async def language_of(self, event: Event) -> str | None:
        """Telegram tells the language with every update, or not at all."""
        return event.language

    async def close(self) -> None:
        if self._started:
            self._started = False
            for client in self._clients:
                await client.shutdown()

    async def updates(self, offset: int, wait_seconds: int) -> list[dict[str, Any]]:
        """The updates from `offset` on as plain JSON, waiting for the first one: the SDK's types
        would fail for all of them where it cannot read one. Asking for an offset tells Telegram
        that everything before it is safe with us. Raises TelegramError."""
        bot = await self._connected()
        asked = {
            "offset": str(offset),
            "timeout": str(wait_seconds),
            "allowed_updates": orjson.dumps(_ALLOWED).decode(),
        }
        found = await self._clients[0].call(
            f"{bot.base_url}/getUpdates", asked, wait_seconds + _WAIT_LONGER
        )
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    async def prove(self, webhook: str) -> Proof:
        """By what Telegram says of its calls: none waits to be taken, and none has failed."""
        try:
            info = await self.webhook_info()
        except TelegramError as error:
            return Proof(None, type(error).__name__)
        wanted = webhook if self._secret is not None else ""
        if info.url != wanted:
            return Proof(False, "the webhook is not set" if wanted else "a webhook is set")
        why = "its last call failed"
        if info.pending_update_count:
            return Proof(None, "updates wait to be taken", info.last_error_date)
        return Proof(True, why, info.last_error_date)

    async def pushes_left(self) -> int | None:
        """Telegram counts none."""
        return None

    async def address_with(self, text: str) -> str | None:
        try:
            name = (await self.who_am_i()).username
        except TelegramError:
            return None
        return f"https://t.me/{name}?start={quote(text)}" if name else None

    async def webhook_address(self) -> str | None:
        try:
            return (await self.webhook_info()).url or None
        except TelegramError:
            return None

    async def use_webhook(self, url: str) -> None:
        """Let Telegram send updates to `url`, with our secret. Raises TelegramError."""
        bot = await self._connected()
        await bot.set_webhook(url, secret_token=self._secret, allowed_updates=list(_ALLOWED))

    async def show_menu(
        self, words: Mapping[str, str], *, chat: int | None = None, language: str | None = None
    ) -> None:
        """The command menu of one chat, or of all private ones in a language (None: in any other
        language); without words the chat has the common one again. Raises TelegramError."""
        bot = await self._connected()
        scope = BotCommandScopeAllPrivateChats() if chat is None else BotCommandScopeChat(chat)
        if words:
            await bot.set_my_commands(list(words.items()), scope=scope, language_code=language)
        else:
            await bot.delete_my_commands(scope=scope)

    async def use_polling(self) -> None:
        """Let Telegram keep updates until we ask. Raises TelegramError."""
        bot = await self._connected()
        await bot.delete_webhook()

    async def who_am_i(self) -> User:
        """The bot, if its token is good. Raises TelegramError."""
        bot = await self._connected()
        return await bot.get_me()

    async def webhook_info(self) -> WebhookInfo:
        """Where Telegram sends updates. Raises TelegramError."""
        bot = await self._connected()
        return await bot.get_webhook_info()

    async def _edit(self, chat_id: int, message_id: int, call: dict[str, Any]) -> bool:
        """Change a message in place; False when it can no longer be changed."""
        bot = await self._connected()
        try:
            await bot.edit_message_text(chat_id=chat_id, message_id=message_id, **_arguments(call))
        except BadRequest as error:
            words = error.message.lower()
            if "not modified" in words:
                return True
            if any(each in words for each in _CANNOT_EDIT):
                return False
            _explain(error)
        except TelegramError as error:
            _explain(error, can_repeat=True)
        return True

    async def _connected(self) -> Bot:
        """The bot, with its clients open. Bot.initialize() would ask getMe first, and fail with
        the network."""
        if not self._started:
            self._started = True
            for client in self._clients:
                await client.initialize()
        return self.bot


def _explain(error: TelegramError, *, can_repeat: bool = False) -> NoReturn:
    """Say what an error of Telegram means for the row that was sent."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        assert isinstance(wait, timedelta)
        raise RetryLater("Telegram's rate limit", wait) from error
    if isinstance(error, InvalidToken):
        raise TokenRefused("Telegram refuses the bot token", _TOKEN_PAUSE) from error
    if isinstance(error, Forbidden):
        raise Unreachable("blocked") from error
    if isinstance(error, BadRequest):
        if any(each in error.message.lower() for each in _GONE):
            raise Unreachable("gone") from error
        raise Refused("Telegram refused the request") from error
    if isinstance(error, NetworkError):
        if was_never_sent(error):
            raise RetryLater("no connection to Telegram") from error
        if can_repeat:
            raise RetryLater("no answer from Telegram", unknown=True) from error
        raise Uncertain("no answer from Telegram") from error
    raise Refused(f"Telegram: {type(error).__name__}") from error


def _draw(message: Message) -> dict[str, Any]:
    parts = [f"<b>{escape(message.title)}</b>"] if message.title else []
    parts += [escape(message.text[:_LONGEST])] if message.text else []
    if message.facts:
        parts.append(
            "\n".join(f"{escape(name)}: <b>{escape(value)}</b>" for name, value in message.facts)
        )
    for group in message.groups:
        if group.heading:
            labels = "  ".join(each.label for each in group.buttons)
            parts.append(f"{escape(group.heading)}\n{escape(labels)}")
    drawn: dict[str, Any] = {"text": "\n\n".join(parts)}
    if message.picture:
        drawn["picture"] = message.picture
    keyboard = [
        [button for each in row if (button := _button(each))]
        for group in message.groups
        for row in group.rows()
    ]
    keyboard.append([button for each in message.shortcuts if (button := _button(each))])
    if any(keyboard):
        drawn["keyboard"] = [row for row in keyboard if row]
    return drawn


def _arguments(call: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a send or edit. What is plain JSON already goes as it is: the SDK's types
    would be made of it only to be turned back."""
    ready: dict[str, Any] = {"link_preview_options": {"is_disabled": True}}
    if keyboard := call.get("keyboard"):
        ready["reply_markup"] = {"inline_keyboard": keyboard}
    return {"text": call["text"], "parse_mode": ParseMode.HTML, "api_kwargs": ready}


def _button(button: Button | Link) -> dict[str, str] | None:
    if isinstance(button, Button):
        return {"text": button.label[:_LABEL], "callback_data": button.data}
    if button.url.startswith("tel:"):
        return None  # Telegram takes no such link; the number stands in the text
    return {"text": button.label[:_LABEL], "url": button.url}
