"""Supervising: a background task that ends or fails is started again, and known."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot import metrics
from bot.logs import where

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds
# A task that ran for so long has recovered.
_RECOVERED = 60.0

log = structlog.get_logger()


async def keep_running(
    name: str, work: Callable[[], Awaitable[None]], *, has_end: bool = False
) -> None:
    """Run work for ever: start it again when it raises or returns, after a growing pause. Ends
    by being cancelled, and when work that has an end returns."""
    loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
    while True:
        started = loop.time()
        try:
            await work()
            if has_end:
                return
            log.error("background task ended", task=name)
        except Exception as error:
            log.error("background task failed", task=name, **where(error))
        metrics.task_restarts.labels(name).inc()
        if loop.time() - started > _RECOVERED:
            pause = _FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
