"""What grows with what is stored: the days on offer, a confirmation and a sweep, with more and more
bookings of the past in SQLite."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from benchmarks.counter import COUNSELORS, OFFICE
from models.database import Database
from models.migrations import migrate
from models.office import load
from models.rules.slots import Slot
from models.store import Store
from models.store.seekers import Details
from models.tables import Booking, table
from models.transaction import Conflict, Transaction
from models.vault import Vault, new_data_key

SIZES = (1_000, 100_000, 1_000_000)
RUNS = 300
_BATCH = 10_000


def measure() -> dict[int, dict[str, float]]:
    """Medians in microseconds, by how many bookings are stored."""
    return {size: _with(size) for size in SIZES}


def report(found: dict[int, dict[str, float]]) -> str:
    """Microseconds by how many bookings are stored, and the largest beside the smallest."""
    sizes = list(found)
    stored = " | ".join(f"{size:,}" for size in sizes)
    lines = [
        f"| µs (median of {RUNS}) | {stored} | grows |",
        "|---" * (len(sizes) + 2) + "|",
    ]
    for what in found[sizes[0]]:
        figures = [found[size][what] for size in sizes]
        cells = " | ".join(f"{figure:,.0f}" for figure in figures)
        lines.append(f"| {what} | {cells} | {figures[-1] / figures[0]:.2f} × |")
    return "\n".join(lines)


def _with(size: int) -> dict[str, float]:
    office, vault, now = load(OFFICE), Vault(new_data_key()), datetime.now(UTC)
    with TemporaryDirectory(prefix="madoguchi-growth-") as folder:
        database = Database(f"sqlite:///{Path(folder)}/growth.db")
        migrate(database.engine)

        def store(tx: Transaction) -> Store:
            return Store(tx, office, vault)

        def furnish(tx: Transaction) -> int:
            week = [(weekday, clock_time(10), clock_time(16)) for weekday in range(5)]
            for number in range(COUNSELORS):
                store(tx).calendar.add_counselor(f"c{number}", "https://zoom.us/j/1", week)
            details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-1234567")
            return store(tx).seekers.add(details, now)

        seeker = database.run_now(furnish)
        for first in range(0, size, _BATCH):
            rows = [_past(number, now) for number in range(first, min(first + _BATCH, size))]
            database.run_now(partial(_add, rows=rows))
        database.run_now(lambda tx: tx.session.connection().exec_driver_sql("ANALYZE"))
        free = database.run_now(lambda tx: store(tx).calendar.free_from(now, holder=0))

        def confirm(tx: Transaction, slot: Slot) -> None:
            store(tx).calendar.free_on(slot.starts_at.date(), now, holder=0)
            store(tx).bookings.book(seeker, slot, "consultation", "alone", now)

        def sweep(tx: Transaction) -> None:
            work = store(tx).due
            work.reminders(now, 200)
            work.notices(now, 200)
            work.to_judge(now, 200)

        found = {
            "days on offer": _median(
                database, lambda tx, _: store(tx).calendar.days(now, holder=0), free
            ),
            "confirmation": _median(database, confirm, free),
            "sweep": _median(database, lambda tx, _: sweep(tx), free),
        }
        database.let_go()
        return found


def _median(
    database: Database, work: Callable[[Transaction, Slot], Any], free: list[Slot]
) -> float:
    """Microseconds of the work itself, which is undone; without the commit."""
    seconds: list[float] = []

    def timed(tx: Transaction, slot: Slot) -> None:
        began = time.perf_counter()
        work(tx, slot)
        seconds.append(time.perf_counter() - began)
        raise Conflict

    for number in range(RUNS):
        try:
            database.run_now(partial(timed, slot=free[number % len(free)]))
        except Conflict:
            pass
    return statistics.median(seconds) * 1e6


def _add(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    tx.session.connection().execute(insert(table(Booking)), rows)


def _past(number: int, now: datetime) -> dict[str, Any]:
    """A booking that is over; each has its own counselor and start."""
    return {
        "reference": f"P{number}",
        "job_seeker_id": 1,
        "counselor_id": number % COUNSELORS + 1,
        "service": "consultation",
        "starts_at": now - timedelta(days=1, minutes=30 * (number // COUNSELORS)),
        "minutes": 30,
        "status": "completed",
        "companion": "alone",
        "version": 1,
        "created_at": now - timedelta(days=40),
    }
