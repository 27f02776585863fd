"""Telegram without a public address: asks for updates, and lets go of them only when stored."""

import asyncio

import structlog
from telegram.error import TelegramError

from bot.channels.telegram import TelegramChannel
from bot.clock import Clock
from bot.hearing import Hearing
from bot.web import Web

_WAIT_SECONDS = 25
_PAUSE_SECONDS = 3.0

log = structlog.get_logger()


class Poller:
    """Moves the offset on only after the commit, so that a crash loses no update."""

    def __init__(self, channel: TelegramChannel, web: Web, hearing: Hearing, clock: Clock) -> None:
        self._hearing = hearing
        self._channel = channel
        self._web = web
        self._clock = clock
        self._offset = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._channel.use_polling()
                    prepared = True
                await self.poll_once(_WAIT_SECONDS)
            except TelegramError as error:
                log.warning("polling failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def poll_once(self, wait_seconds: int) -> int:
        """Take the updates that wait; returns how many were taken. An update that cannot be read is
        kept for an engineer, and holds up no other. Raises TelegramError."""
        updates = await self._channel.updates(self._offset, wait_seconds)
        for taken, update in enumerate(updates):
            now = self._clock()
            events, unreadable = self._channel.read_one(update, now)
            if await self._web.take(self._channel, events, unreadable) == 503:
                # The database is away: nothing was stored.
                await asyncio.sleep(_PAUSE_SECONDS)
                return taken
            for event in events:
                await self._channel.acknowledge(event)
            number = update.get("update_id")
            if isinstance(number, int):
                self._offset = max(self._offset, number + 1)
        self._hearing.proof(self._channel.name, self._clock())
        return len(updates)
