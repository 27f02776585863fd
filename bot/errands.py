"""Errands: claim, perform, retry, give up. They are performed outside any transaction, by whoever
owns their kind; what came of one is a turn of its own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot import metrics
from bot.core import Core
from bot.errand_owner import GivenUp, Owner, TryLater
from bot.logs import where
from bot.turns import Turns
from bot.worker import Worker
from models.database import Transaction
from models.errand import Errand, ErrandKind, ErrandState, Result
from models.store.errands import Errands

_LEASE = timedelta(seconds=120)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)
# Staff hear of what goes on failing for about so many tries (2 minutes), or has to wait so long.
_TOLD_AFTER, _TOLD_AT = 6, timedelta(minutes=30)

log = structlog.get_logger()


class ErrandRunner(Worker[Errand]):
    """Performs errands by their owners."""

    name = "errands"
    at_once = 8

    def __init__(self, core: Core, turns: Turns, owners: Sequence[Owner]) -> None:
        super().__init__()
        self._core = core
        self._turns = turns
        self._owners: Mapping[ErrandKind, Owner] = {
            kind: owner for owner in owners for kind in owner.kinds
        }

    async def claim(self, count: int) -> list[Errand]:
        """Claim the most overdue errands. Without an owner none is claimed."""
        if not self._owners:
            return []
        now = self._core.clock()
        return await self._core.database.run(lambda tx: Errands(tx).claim(now, _LEASE, count))

    async def perform(self, row: Errand) -> None:
        """Perform one errand; what came of it and its end are one transaction."""
        if self._core.clock() >= row.useless_after:
            end = ErrandState.UNCERTAIN if row.unheard else ErrandState.EXPIRED
            await self._end(row, end, why="too late to be of use")
            return
        try:
            result = await self._owners[row.kind].perform(row)
        except TryLater as error:
            await self._try_later(row, error)
        except GivenUp as error:
            await self._end(row, ErrandState.REFUSED, why=str(error))
        except Exception as error:
            log.error("errand failed", kind=str(row.kind), **where(error))
            await self._try_later(row, TryLater(type(error).__name__, unknown=True))
        else:
            await self._end(row, ErrandState.DONE, result)

    async def _try_later(self, row: Errand, error: TryLater) -> None:
        pause = error.after or min(_FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), _LONGEST_PAUSE)
        now = self._core.clock()
        log.warning("errand again later", kind=str(row.kind), why=error.why)
        is_long = row.attempts == _TOLD_AFTER or pause >= _TOLD_AT

        def save(tx: Transaction) -> None:
            errands = Errands(tx)
            # What has changed since may be more urgent, and waits behind this one.
            longest = _LONGEST_PAUSE if errands.has_newer(row) else pause
            later = now + min(pause, longest)
            if errands.try_later(row, later, error.why, unknown=error.unknown) and is_long:
                self._turns.take_delay(tx, row)

        await self._core.database.run(save)

    async def _end(
        self, row: Errand, state: ErrandState, result: Result | None = None, why: str = ""
    ) -> None:
        metrics.errands.labels(str(row.kind), str(state)).inc()

        def save(tx: Transaction) -> None:
            if Errands(tx).end(row, state, self._core.clock(), why):
                self._turns.take_result(tx, row, state, result)

        await self._core.database.run(save)
