"""The guards, each of which can be taken away: then the judge must see something."""

from typing import Any

from bot.channels.line.api import LineApi
from bot.channels.telegram.channel import TelegramChannel
from models.store.inbox import Inbox


def take_away(guard: str) -> None:
    """Let this process work without a guard."""
    if guard:
        _GUARDS[guard]()


def _retry_key() -> None:
    call = LineApi.call

    async def without(self: LineApi, *given: Any, **named: Any) -> str:
        return await call(self, *given, **named | {"retry_key": None})

    LineApi.call = without  # type: ignore[method-assign]


def _uncertain() -> None:
    send = TelegramChannel.send

    async def without(self: TelegramChannel, request: Any, now: Any) -> Any:
        return await send(self, request._replace(first_try=True), now)

    TelegramChannel.send = without  # type: ignore[method-assign]


def _dedupe() -> None:
    record = Inbox.record

    def without(self: Inbox, *arguments: Any) -> bool:
        record(self, *arguments)
        return True

    Inbox.record = without  # type: ignore[method-assign,assignment]


_GUARDS = {
    "retry key": _retry_key,
    "uncertain": _uncertain,
    "dedupe": _dedupe,
}
