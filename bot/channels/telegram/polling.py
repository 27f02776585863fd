"""Telegram without a public address: asks for updates, and lets go of them only when stored."""

import asyncio

import structlog
from telegram.error import TelegramError

from bot.channels.base import Channel, Intake
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.updates import read_one
from bot.clock import Clock
from models.chat import Event

_WAIT_SECONDS = 25
_PAUSE_SECONDS = 3.0

log = structlog.get_logger()


class Poller:
    """Moves the offset on only after the commit, so that a crash loses no update."""

    def __init__(self, channel: Channel, api: TelegramApi, intake: Intake, clock: Clock) -> None:
        self._channel = channel
        self._api = api
        self._intake = intake
        self._clock = clock
        self._offset = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._api.use_polling()
                    prepared = True
                await self.poll_once(_WAIT_SECONDS)
            except TelegramError as error:
                log.warning("polling failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def poll_once(self, wait_seconds: int) -> int:
        """Take the updates that wait; returns how many were taken. An update that cannot be read is
        kept for an engineer, and holds up no other. Raises TelegramError."""
        updates = await self._api.updates(self._offset, wait_seconds)
        for taken, update in enumerate(updates):
            now = self._clock()
            events, unreadable = read_one(update, now)
            if await self._intake.receive(self._channel, events, unreadable) == 503:
                # The database is away: nothing was stored.
                await asyncio.sleep(_PAUSE_SECONDS)
                return taken
            for event in events:
                await self._acknowledge(event)
            number = update.get("update_id")
            if isinstance(number, int):
                self._offset = max(self._offset, number + 1)
        self._intake.prove(self._channel)
        return len(updates)

    async def _acknowledge(self, event: Event) -> None:
        """End the waiting sign on a button that was pressed, where no webhook is to be answered.
        Never raises."""
        if event.callback_id is None:
            return
        bot = await self._api.connected()
        try:
            await bot.answer_callback_query(event.callback_id)
        except TelegramError as error:
            log.info("callback not answered", error=type(error).__name__)
