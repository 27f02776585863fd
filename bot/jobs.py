"""Jobs: what the scheduler runs, each by itself. What is due is decided by rows, so every pass can
be repeated, and two processes may run it at once."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics
from bot.alarm import Alarm
from bot.core import Core
from bot.hearing import Hearing
from bot.logs import where
from bot.outbox import Sender
from bot.quota import Quota
from bot.turns import BESIDE_TURNS, BREATH_SECONDS, Turns
from handlers.due import What
from models.database import DatabaseUnavailable, Transaction
from models.rules.hearing import DATABASE, PROOF_EVERY, Stretch
from models.store.due import Due
from models.store.errands import Errands
from models.store.outbox import Outbox

_BATCH = 200
# A job that has not gone well for so long is known to readyz; a slow one for three of its rounds.
_OVERDUE_SECONDS = 120.0
_SLOW_ROUND = 60.0

log = structlog.get_logger()


class Job(NamedTuple):
    """Work that is done again and again. `work` says whether there was anything to do."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[bool]]


class Jobs:
    """Everything that is done by the clock."""

    def __init__(
        self,
        core: Core,
        turns: Turns,
        sender: Sender,
        hearing: Hearing,
        quota: Quota,
        alarm: Alarm,
    ) -> None:
        self._core = core
        self._turns = turns
        self._sender = sender
        self._hearing = hearing
        self._alarm = alarm
        self._proven_at: datetime | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._last_success: dict[str, float] = {}
        self._started = time.monotonic()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        sweep = float(core.office.sweep_seconds)
        self.all = (
            Job("watch", sweep, self._watch),
            Job("hearing", min(sweep, PROOF_EVERY.total_seconds()), self._hear),
            Job("attendance", sweep, self._attendance),
            Job("reminders", sweep, self._reminders),
            Job("news", sweep, self._turns.tell_news),
            Job("digest", _SLOW_ROUND, self._turns.tell_digest),
            Job("retention", _SLOW_ROUND, self._turns.forget_old),
            Job("outbox", sweep, self._outbox),
            Job("quota", _SLOW_ROUND, quota.refresh),
            Job("alarm", _SLOW_ROUND, self._alarms),
        )

    @property
    def last_beat(self) -> datetime | None:
        """Return when the program last noted that it is watching."""
        return self._hearing.last_beat

    def start(self) -> None:
        """Begin to tick. A late tick is never dropped: what is due stays due."""
        for job in self.all:
            self._scheduler.add_job(
                self.run,
                "interval",
                args=[job],
                id=job.name,
                seconds=job.seconds,
                next_run_time=datetime.now(self._scheduler.timezone),
                misfire_grace_time=None,
                coalesce=True,
            )
        self._scheduler.start()

    def rearm(self) -> None:
        """Run every job now, and from now on in its rhythm: the wall clock was moved, and
        APScheduler waits by it."""
        log.warning("the clock was moved")
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(self._scheduler.timezone))

    async def stop(self) -> None:
        """Tick no more, let what is under way end, and note until when we watched."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for lock in self._locks.values():
            async with lock:
                pass
        try:
            await self._hearing.end()
        except DatabaseUnavailable as error:
            log.error("last beat not noted", why=str(error))

    def faults(self) -> list[str]:
        """Return the jobs that have not gone well for too long."""
        now = time.monotonic()
        return [
            job.name
            for job in self.all
            if now - self._last_success.get(job.name, self._started)
            > max(_OVERDUE_SECONDS, 3 * job.seconds)
        ]

    async def sweep(self, *, watching: bool = False) -> bool:
        """Run every job once; returns whether there was anything to do. For whoever turns the
        clock: `watching` says that nobody was unheard since the last sweep."""
        found = [
            await self.run(job._replace(work=lambda: self._watch(watching=watching)))
            if job.name == "watch"
            else await self.run(job)
            for job in self.all
        ]
        return any(found)

    async def run(self, job: Job) -> bool:
        """Run a job, measured; never raises. A database that is away makes this round fail, not
        the next."""
        began, began_at = time.monotonic(), self._core.clock()
        found = False
        try:
            async with self._locks.setdefault(job.name, asyncio.Lock()):
                found = await job.work()
        except DatabaseUnavailable as error:
            metrics.job_failures.labels(job.name).inc()
            self._hearing.fault(DATABASE, str(error), began_at)
            log.error("job cannot reach the database", job=job.name, why=str(error))
        except Exception as error:
            metrics.job_failures.labels(job.name).inc()
            log.error("job failed", job=job.name, **where(error))
        else:
            self._last_success[job.name] = time.monotonic()
            metrics.job_success.labels(job.name).set_to_current_time()
        metrics.job_seconds.labels(job.name).set(time.monotonic() - began)
        if found:
            self._sender.wake()
        return found

    async def judge_now(self) -> None:
        """Judge what is due, before somebody is let in and then told that it is too late."""
        await self.run(next(job for job in self.all if job.name == "attendance"))

    async def _watch(self, *, watching: bool = False) -> bool:
        """Beat; what was deemed cancelled in a time of which a fault is known by now is undone."""
        await self._hearing.save(watching=watching)
        faults = self._hearing.unreviewed()
        for fault in faults:
            await self._review(fault)
            self._hearing.reviewed(fault)
        await self._turns.tell_hearing(self._hearing.deaf())
        return bool(faults)

    async def _review(self, fault: Stretch) -> None:
        deemed = await self._core.database.run(
            lambda tx: Due(tx).deemed_around(fault.start - self._core.office.grace, fault.end)
        )
        for booking_id in deemed:
            await self._turns.do_due(What.REVIEW, booking_id)

    async def _hear(self) -> bool:
        """Prove around consultations that every way in works."""
        now = self._core.clock()
        if not await self._core.database.run(
            lambda tx: Due(tx).is_around(now, self._core.office.grace)
        ):
            return False
        if self._proven_at and timedelta(0) <= now - self._proven_at < PROOF_EVERY * 0.75:
            return False
        self._proven_at = now
        await self._hearing.prove()
        return False

    async def _attendance(self) -> bool:
        return await self._all_due(self._to_judge)

    async def _reminders(self) -> bool:
        return await self._all_due(self._to_remind)

    async def _all_due(
        self, look: Callable[[Transaction, datetime], list[tuple[What, int]]]
    ) -> bool:
        """Do everything that is due, in batches; what has to wait is left for the next round."""
        done: set[tuple[What, int]] = set()
        while due := await self._due(look):
            if any(what is What.JUDGEMENT for what, _ in due):
                await self._prove_for_judgement()
            fresh = [each for each in due if each not in done]
            await self._do(fresh)
            done.update(fresh)
            if len(due) < _BATCH or not fresh:
                break
        return bool(done)

    async def _due(
        self, look: Callable[[Transaction, datetime], list[tuple[What, int]]]
    ) -> list[tuple[What, int]]:
        now = self._core.clock()
        return await self._core.database.run(lambda tx: look(tx, now))

    async def _prove_for_judgement(self) -> None:
        """See to it that nobody is judged without a proof that is younger than the deadline."""
        now = self._core.clock()
        if self._proven_at != now:
            self._proven_at = now
            await self._hearing.prove()
        await self._hearing.save()

    def _to_judge(self, tx: Transaction, now: datetime) -> list[tuple[What, int]]:
        found = Due(tx).to_judge(now - self._core.office.grace, _BATCH)
        return [(What.JUDGEMENT, each) for each in found]

    def _to_remind(self, tx: Transaction, now: datetime) -> list[tuple[What, int]]:
        work = Due(tx)
        return [
            *((What.REMINDER, each) for each in work.reminders(now, _BATCH)),
            *((What.NOTICE, each) for each in work.notices(now, _BATCH)),
        ]

    async def _do(self, due: list[tuple[What, int]]) -> None:
        """Do a few at a time while people wait for answers."""
        waiting = iter(due)
        while some := list(
            itertools.islice(waiting, BESIDE_TURNS if self._turns.is_busy() else _BATCH)
        ):
            await asyncio.gather(*(self._turns.do_due(*each) for each in some))
            if self._turns.is_busy():
                await asyncio.sleep(BREATH_SECONDS)

    async def _outbox(self) -> bool:
        """Wake the sender, which may have missed a word, and count what waits there and of
        errands."""
        count, _ = await self._core.database.run(lambda tx: Outbox(tx).waiting())
        metrics.outbox_waiting.set(count)
        count, _ = await self._core.database.run(lambda tx: Errands(tx).waiting())
        metrics.errands_waiting.set(count)
        self._sender.wake()
        return False

    async def _alarms(self) -> bool:
        await self._alarm.sound([*self.faults(), *(each.way for each in self._hearing.deaf())])
        return False
