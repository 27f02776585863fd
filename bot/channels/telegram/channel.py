"""Telegram: reads its updates, draws messages with inline buttons, sends through the SDK's Bot."""

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import quote

import orjson
import structlog
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import (
    Channel,
    Intake,
    Proof,
    Refused,
    Request,
    RetryLater,
    Say,
    Sent,
    TokenRefused,
    Unanswered,
    Uncertain,
    Unreachable,
    Unreadable,
    no_answer,
)
from bot.channels.menus import Menus
from bot.channels.reading import parse
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.cards import arguments, draw
from bot.channels.telegram.check import check
from bot.channels.telegram.menus import TelegramMenus
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.requests import was_never_sent
from bot.channels.telegram.updates import NAME, read_one
from bot.clock import Clock
from bot.supervising import keep_running
from models.chat import Did, Event, Message
from models.letter_kind import LetterKind

# How long to wait before Telegram is told our address again.
_RETRY_SECONDS = 30
_TOKEN_PAUSE = timedelta(minutes=1)
# Errors that say that the person, and not the request, is the trouble.
_GONE = ("chat not found", "user is deactivated", "bot was blocked", "user not found")
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")

log = structlog.get_logger()


class TelegramChannel(Channel):
    """The office's Telegram bot."""

    name = NAME
    title = "Telegram"

    def __init__(self, token: str, api_base: str, webhook_secret: str | None) -> None:
        self.api = TelegramApi(token, api_base, webhook_secret)
        self._menus = TelegramMenus(self.api)

    def is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Return whether a webhook carries our secret."""
        if self.api.secret is None:
            return False
        given = headers.get("x-telegram-bot-api-secret-token", "").encode("utf-8", "replace")
        return hmac.compare_digest(self.api.secret.encode(), given)

    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        """Return the event of a webhook body, or what is to be kept of one that cannot be read.
        Raises Unreadable when the body is not Telegram's at all."""
        raw = parse(body)
        if not isinstance(raw, dict) or "update_id" not in raw:
            raise Unreadable("no update")
        return read_one(raw, now)

    def render(
        self, messages: Sequence[Message], event: Event | None, kind: LetterKind
    ) -> list[str]:
        edited = event.message_id if event and event.did is Did.TAPPED else None
        calls = []
        for number, message in enumerate(messages):
            call: dict[str, Any] = draw(message)
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
        bot = await self.api.connected()
        picture = call.pop("picture", "")
        try:
            if picture:
                await bot.send_photo(int(request.person), picture, caption=call["text"] or None)
                return []
            message = await bot.send_message(int(request.person), **arguments(call))
            return [Sent(str(message.message_id), about)] if about else []
        except TelegramError as error:
            _explain(error)

    def acknowledgement(self, events: Sequence[Event]) -> bytes:
        """Return what Telegram takes: one call of a method in the answer to its webhook."""
        for event in events:
            if event.callback_id is not None:
                call = {"method": "answerCallbackQuery", "callback_query_id": event.callback_id}
                return orjson.dumps(call)
        return b""

    async def working(self, event: Event) -> None:
        if event.person is None:
            return
        bot = await self.api.connected()
        try:
            await bot.send_chat_action(int(event.person), "typing")
        except TelegramError as error:
            log.info("chat action not shown", error=type(error).__name__)

    async def connect(self, webhook: str, intake: Intake, clock: Clock) -> None:
        if self.api.secret is None:
            return await keep_running("poller", Poller(self, self.api, intake, clock).run)
        while True:
            try:
                return await self.api.use_webhook(webhook)
            except TelegramError as error:
                log.error("telegram webhook not set", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    async def show_menus(self, menus: Menus) -> None:
        try:
            await self._menus.show(menus)
        except TelegramError as error:
            raise Unanswered(type(error).__name__) from error

    async def check(self, webhook: str, say: Say) -> list[str]:
        try:
            return await check(self.api, webhook, say)
        except TelegramError as error:
            return [no_answer(self.title, error)]

    async def close(self) -> None:
        await self.api.close()

    async def prove(self, webhook: str) -> Proof:
        """Prove it by what Telegram says of its calls: none waits to be taken, and none has
        failed."""
        try:
            info = await self.api.webhook_info()
        except TelegramError as error:
            return Proof(None, type(error).__name__)
        wanted = webhook if self.api.secret is not None else ""
        if info.url != wanted:
            return Proof(False, "the webhook is not set" if wanted else "a webhook is set")
        why = "its last call failed"
        if info.pending_update_count:
            return Proof(None, "updates wait to be taken", info.last_error_date)
        return Proof(True, why, info.last_error_date)

    async def address_with(self, text: str) -> str | None:
        try:
            name = (await self.api.who_am_i()).username
        except TelegramError:
            return None
        return f"https://t.me/{name}?start={quote(text)}" if name else None

    async def webhook_address(self) -> str | None:
        try:
            return (await self.api.webhook_info()).url or None
        except TelegramError:
            return None

    async def _edit(self, chat_id: int, message_id: int, call: dict[str, Any]) -> bool:
        """Change a message in place; False when it can no longer be changed."""
        bot = await self.api.connected()
        try:
            await bot.edit_message_text(chat_id=chat_id, message_id=message_id, **arguments(call))
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
