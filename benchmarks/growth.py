"""What grows with what is stored: the days on offer, a confirmation and a sweep, with more and more
bookings of the past in SQLite."""

import asyncio
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
from models.database import Conflict, Database, Transaction
from models.migrations import migrate
from models.office import load
from models.rules.slots import Slot
from models.store import Store
from models.store.seekers import Details
from models.tables import Booking, Companion, Status, table
from models.vault import Vault, new_data_key

SIZES = (1_000, 100_000, 1_000_000)
RUNS = 300
_BATCH = 10_000

Work = Callable[[Transaction, Slot], None]


def measure() -> dict[int, dict[str, float]]:
    """Medians in microseconds, by how many bookings are stored; the sizes take turns."""
    return asyncio.run(_measure())


async def _measure() -> dict[int, dict[str, float]]:
    with TemporaryDirectory(prefix="madoguchi-growth-") as folder:
        offices = {size: _Office(Path(folder) / f"{size}.db", size) for size in SIZES}
        for number in range(RUNS):
            for each in offices.values():
                await each.run(number)
        for each in offices.values():
            await each.database.close()
    return {size: each.medians() for size, each in offices.items()}


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


class _Office:
    """An office with so many bookings of the past, and what is timed in it."""

    def __init__(self, file: Path, size: int) -> None:
        self._office, self._vault = load(OFFICE), Vault(new_data_key())
        self._now = datetime.now(UTC)
        self.database = Database(f"sqlite:///{file}")
        migrate(self.database.engine)
        self._seeker = self.database.run_now(self._furnish)
        for first in range(0, size, _BATCH):
            numbers = range(first, min(first + _BATCH, size))
            rows = [_past(number, self._now) for number in numbers]
            self.database.run_now(partial(_add, rows=rows))
        self.database.run_now(lambda tx: tx.session.connection().exec_driver_sql("ANALYZE"))
        self._free = self.database.run_now(
            lambda tx: self._store(tx).calendar.free_from(self._now, holder=0)
        )
        self._works = {
            "days on offer": self._offer,
            "confirmation": self._confirm,
            "sweep": self._sweep,
        }
        self._seconds: dict[str, list[float]] = {what: [] for what in self._works}

    async def run(self, number: int) -> None:
        """Time each work once, without the commit, and undo it."""
        slot = self._free[number % len(self._free)]
        for what, work in self._works.items():
            try:
                await self.database.run(partial(self._timed, what=what, work=work, slot=slot))
            except Conflict:
                pass

    def medians(self) -> dict[str, float]:
        """Microseconds."""
        return {what: statistics.median(each) * 1e6 for what, each in self._seconds.items()}

    def _timed(self, tx: Transaction, what: str, work: Work, slot: Slot) -> None:
        began = time.perf_counter()
        work(tx, slot)
        self._seconds[what].append(time.perf_counter() - began)
        raise Conflict

    def _offer(self, tx: Transaction, _: Slot) -> None:
        self._store(tx).calendar.days(self._now, holder=0)

    def _confirm(self, tx: Transaction, slot: Slot) -> None:
        store = self._store(tx)
        store.calendar.free_on(slot.starts_at.date(), self._now, holder=0)
        store.bookings.book(self._seeker, slot, "consultation", Companion.ALONE, self._now)

    def _sweep(self, tx: Transaction, _: Slot) -> None:
        due = self._store(tx).due
        due.reminders(self._now, 200)
        due.notices(self._now, 200)
        due.to_judge(self._now, 200)

    def _furnish(self, tx: Transaction) -> int:
        store = self._store(tx)
        week = [(weekday, clock_time(10), clock_time(16)) for weekday in range(5)]
        for number in range(COUNSELORS):
            store.calendar.add_counselor(f"c{number}", "https://zoom.us/j/1", week)
        details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-1234567")
        return store.seekers.add(details, self._now)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._office, self._vault)


def _add(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    tx.session.connection().execute(insert(table(Booking)), rows)


def _past(number: int, now: datetime) -> dict[str, Any]:
    """Return a booking that is over; each has its own counselor and start."""
    return {
        "reference": f"P{number}",
        "job_seeker_id": 1,
        "counselor_id": number % COUNSELORS + 1,
        "service": "consultation",
        "starts_at": now - timedelta(days=1, minutes=30 * (number // COUNSELORS)),
        "minutes": 30,
        "status": Status.COMPLETED,
        "companion": "alone",
        "version": 1,
        "created_at": now - timedelta(days=40),
    }
