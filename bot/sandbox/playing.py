"""Turning the clock forward: the time in between is played through, sweeps and heartbeat
included, so that nothing looks like downtime."""

from datetime import datetime, timedelta

from bot.app import App
from bot.sandbox.clock import TurnableClock


async def play_to(app: App, clock: TurnableClock, target: datetime) -> None:
    """Turn the clock to `target`, sweep by sweep, sending on the way what becomes due."""
    step = timedelta(seconds=app.office.sweep_seconds)
    while clock() < target:
        clock.turn_to(min(clock() + step, target))
        if await app.jobs.sweep():
            await app.sender.send_all()
