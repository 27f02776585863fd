"""Jobs: the ticks of the scheduler. What is due is decided by rows, so every pass can be
repeated, and two processes may run it at once."""

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics
from bot.clock import Clock
from bot.outbox import Sender
from bot.turns import BESIDE_TURNS, BREATH_SECONDS, Turns
from handlers.due import What
from models.database import Database
from models.office import Office
from models.store.due import Due
from models.store.outbox import Outbox
from models.store.presence import Presence
from models.transaction import Transaction
from models.writers import DatabaseUnavailable

_BATCH = 200
# A beat that comes later than this many sweeps means that nobody was watching in between.
_MISSED_SWEEPS = 3

log = structlog.get_logger()


class Jobs:
    """Beats the heart, and does what is due."""

    def __init__(
        self, database: Database, office: Office, turns: Turns, sender: Sender, clock: Clock
    ) -> None:
        self._database = database
        self._office = office
        self._turns = turns
        self._sender = sender
        self._clock = clock
        self._watch: int | None = None
        self._last_beat: datetime | None = None
        self._sweeping = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    @property
    def last_beat(self) -> datetime | None:
        """When the program last noted that it is watching."""
        return self._last_beat

    def start(self) -> None:
        """Begin to tick. A late tick is never dropped: what is due stays due."""
        self._scheduler.add_job(
            self.sweep,
            "interval",
            seconds=self._office.sweep_seconds,
            next_run_time=datetime.now(self._scheduler.timezone),
            misfire_grace_time=None,
            coalesce=True,
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more, let the sweep under way end, and note until when we watched."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        async with self._sweeping:
            now, watch = self._clock(), self._watch
            if watch is None or not self._goes_on(now):
                return
            try:
                await self._database.run(lambda tx: Presence(tx).extend_watch(watch, now))
            except DatabaseUnavailable as error:
                log.error("last beat not noted", why=str(error))

    async def sweep(self, *, watching: bool = False) -> bool:
        """One pass: beat, then everything that is due. Says whether there was anything. A database
        that is away makes this pass fail, not the next.

        `watching` says that we were there since the last pass, however long ago that is: only who
        turns a clock can know that.
        """
        async with self._sweeping:
            anything = False
            try:
                while due := await self._beat_and_look(watching):
                    await self._do(due)
                    anything = True
                    if len(due) < _BATCH:
                        break
                anything = await self._turns.tell_unasked() or anything
                await self._turns.forget_old()
            except DatabaseUnavailable as error:
                log.error("sweep cannot reach the database", why=str(error))
            if anything:
                self._sender.wake()
            return anything

    async def _do(self, due: list[tuple[What, int]]) -> None:
        """Everything that is due; a few at a time while people wait for answers."""
        waiting = iter(due)
        while some := list(
            itertools.islice(waiting, BESIDE_TURNS if self._turns.is_busy() else _BATCH)
        ):
            await asyncio.gather(*(self._turns.do_due(*each) for each in some))
            if self._turns.is_busy():
                await asyncio.sleep(BREATH_SECONDS)

    async def _beat_and_look(self, watching: bool) -> list[tuple[What, int]]:
        now = self._clock()
        watch = self._watch if watching or self._goes_on(now) else None
        self._watch, due = await self._database.run(lambda tx: self._look(tx, watch, now))
        self._last_beat = now
        return due

    def _goes_on(self, now: datetime) -> bool:
        """Whether this beat continues the last one; after a gap a new watch shows the gap."""
        longest = timedelta(seconds=self._office.sweep_seconds * _MISSED_SWEEPS)
        last = self._last_beat
        return last is not None and timedelta(0) <= now - last <= longest

    def _look(
        self, tx: Transaction, watch: int | None, now: datetime
    ) -> tuple[int, list[tuple[What, int]]]:
        """Note that we are watching, and see what is due."""
        presence, work = Presence(tx), Due(tx)
        if watch is None:
            watch = presence.begin_watch(now)
        else:
            presence.extend_watch(watch, now)
        due = [
            *((What.REMINDER, each) for each in work.reminders(now, _BATCH)),
            *((What.NOTICE, each) for each in work.notices(now, _BATCH)),
            *((What.JUDGEMENT, each) for each in work.to_judge(now - self._office.grace, _BATCH)),
        ]
        return watch, due

    async def count_waiting(self) -> None:
        """Bring the gauge of waiting rows up to date."""
        waiting: tuple[int, Any] = await self._database.run(lambda tx: Outbox(tx).waiting())
        metrics.outbox_waiting.set(waiting[0])
