"""Where a turn's time goes: whole conversations one after the other in one thread, without HTTP.
What the driver takes is timed by SQLAlchemy's events; the rest is the program and SQLAlchemy."""

import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Connection, event
from sqlmodel import Session

from benchmarks.counter import Counter, details, settle
from benchmarks.load import CHANNELS, first_booking, next_booking
from benchmarks.turns import ROUNDS
from bot.app import App
from bot.turns import Turns
from models.chat import Event
from models.database import Transaction
from models.database.group_commit import run_in_savepoint
from models.store import Store

_CONVERSATIONS = 15  # first ones and repeated ones on each channel
# So many turns share a commit when 16 connections wait.
_TOGETHER = 7


class Where(NamedTuple):
    """Microseconds a turn, and how many statements it has."""

    reading: float
    own: float
    driver: float
    commit: float
    statements: float


class _Driver:
    """Times what the driver takes, statement by statement."""

    def __init__(self) -> None:
        self.seconds, self.statements, self._began = 0.0, 0, 0.0

    def begin(self, *_: object) -> None:
        self._began = time.perf_counter()

    def end(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        self.statements += 1


def measure() -> Where:
    """Return the medians over the rounds; the first warms up and is not counted."""
    with TemporaryDirectory(prefix="madoguchi-where-") as folder:
        app = Counter(f"sqlite:///{Path(folder)}/where.db", 1, 1, sending=False).app
        rounds = [_round(app) for _ in range(ROUNDS + 1)][1:]
        app.core.database.engine.dispose()
    return Where(*(statistics.median(each) for each in zip(*rounds, strict=True)))


def report(found: Where) -> str:
    return "\n".join(
        [
            "| µs a turn | where |",
            "|---|---|",
            f"| {found.reading:.0f} | reading the event |",
            f"| {found.own:.0f} | rules, steps, phrases, drawing, SQLAlchemy |",
            f"| {found.driver:.0f} | SQLite, statement by statement ({found.statements:.1f}) |",
            f"| {found.commit:.0f} | the commit, shared by {_TOGETHER} |",
        ]
    )


def _round(app: App) -> Where:
    turns = Turns(app.core)
    reading = taking = commit = 0.0
    count, driver = 0, _Driver()
    with app.core.database.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", driver.begin)
        event.listen(connection, "after_cursor_execute", driver.end)
        transaction = connection.begin()
        for channel, body in _bodies(app, connection):
            seconds, statements = driver.seconds, driver.statements
            began = time.perf_counter()
            ((found,), _) = app.core.channels[channel].read(body, app.core.clock())
            reading += time.perf_counter() - began
            driver.seconds, driver.statements = seconds, statements  # without preparing
            began = time.perf_counter()
            run_in_savepoint(connection, partial(_handle, turns, found))
            taking += time.perf_counter() - began
            count += 1
            if count % _TOGETHER == 0:
                began = time.perf_counter()
                transaction.commit()
                commit += time.perf_counter() - began
                transaction = connection.begin()
        connection.exec_driver_sql("UPDATE bookings SET status = 'cancelled'")
        transaction.commit()
    each = 1e6 / count
    own = taking - driver.seconds
    return Where(
        reading * each, own * each, driver.seconds * each, commit * each, driver.statements / count
    )


def _handle(turns: Turns, found: Event, tx: Transaction) -> None:
    turns._handle(tx, found, "ja")


def _bodies(app: App, connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Return the webhooks of the conversations, as they come one after the other."""
    store = Store(Transaction(Session(connection)), app.core.office, app.core.vault)
    free = iter(
        f"{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}"
        for slots in store.calendar.days(app.core.clock(), holder=0).free.values()
        for slot in slots
    )
    for _ in range(_CONVERSATIONS):
        for channel in CHANNELS:
            known = settle(store, channel, app)
            for requests in (
                first_booking(channel, next(free)),
                next_booking(channel, known, next(free)),
            ):
                for request in requests:
                    head, _, body = request.partition(b"\r\n\r\n")
                    if body:
                        yield channel, body
                    else:  # the form's page
                        person = head.split()[1].decode().rsplit("/", 1)[1]
                        contact = store.contacts.find(channel, person)
                        assert contact is not None
                        store.seekers.keep_details(
                            contact.id, details(contact.id), app.core.clock()
                        )
