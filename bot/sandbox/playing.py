"""Turning the clock forward: the time in between is played through, sweeps and heartbeat
included, so that nothing looks like downtime."""

from datetime import datetime, timedelta

from sqlmodel import col, func, select

from bot.app import App
from bot.sandbox.clock import TurnableClock
from handlers.staff.urgency import SETTLES_WITHIN
from models.database import Transaction
from models.errand import ErrandState
from models.office import Office
from models.rules.days import at, local_day
from models.rules.hearing import HEARD_FROM, PROOF_EVERY
from models.tables import Alert, Booking, ErrandRow, OutboxRow, SendState, Status, status_in

# Around a consultation, so that there is a proof of every way in often enough.
_HEARING_STEP = PROOF_EVERY


async def play_to(app: App, clock: TurnableClock, target: datetime) -> None:
    """Turn the clock to `target`: sweep at every moment at which something is due, and send what
    comes of it. Sweeps at which nothing is due only beat, so they are played as one."""
    pause = timedelta(seconds=app.core.office.sweep_seconds)
    while (now := clock()) < target:
        due = await app.core.database.run(lambda tx: _next_due(tx, app.core.office, now))
        later = now + pause
        clock.turn_to(min(max(due, later), target))
        await app.jobs.sweep(watching=True)
        await app.drain()


def _until_told(raised_at: datetime | None) -> datetime | None:
    """Return when staff are told of what may settle by itself."""
    return raised_at + max(SETTLES_WITHIN.values()) if raised_at else None


def _next_due(tx: Transaction, office: Office, now: datetime) -> datetime:
    """Return when the next reminder, notice, judgement, send or morning's digest is due."""
    ask = tx.session.exec
    first_start = ask(
        select(func.min(col(Booking.starts_at))).where(status_in(Status.BOOKED))
    ).one()
    if first_start:
        listening_from = first_start - HEARD_FROM - _HEARING_STEP
        if now >= listening_from:
            return min(now + _HEARING_STEP, max(first_start + office.grace, now))
    times = [
        ask(select(func.min(col(Booking.remind_at)))).one(),
        ask(select(func.min(col(Booking.notice_at)))).one(),
        listening_from if first_start else None,
        ask(
            select(func.min(col(OutboxRow.due_at))).where(OutboxRow.state == SendState.WAITING)
        ).one(),
        ask(
            select(func.min(col(ErrandRow.due_at))).where(ErrandRow.state == ErrandState.WAITING)
        ).one(),
        _until_told(ask(select(func.min(col(Alert.at))).where(col(Alert.told_at).is_(None))).one()),
    ]
    today = local_day(now, office.zone)
    mornings = (
        at(today + timedelta(days=ahead), office.digest_at, office.zone) for ahead in (0, 1)
    )
    times.append(next(each for each in mornings if each > now))
    return min(each for each in times if each is not None)
