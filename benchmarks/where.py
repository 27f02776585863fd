"""Where a turn's time goes: whole conversations one after the other in one thread, without HTTP.
What the driver takes is timed; what the program itself takes is timed with the driver's answers
played back, so that no database is behind it."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Connection

from benchmarks.counter import Counter, details, settle
from benchmarks.load import CHANNELS, first_booking, next_booking
from benchmarks.turns import ROUNDS
from bot.app import App
from bot.turns import Turns
from models.chat import Event
from models.store import Store
from models.transaction import Transaction

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


class _Answer(NamedTuple):
    """What a driver's cursor has to tell."""

    cells: list[Any]
    rowcount: int

    def fetchall(self) -> list[Any]:
        return self.cells


class _Recorder:
    """A driver's cursor whose answers are kept, and timed."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.answers: list[_Answer] = []
        self.seconds = 0.0

    def execute(self, sql: str, values: Any = ()) -> _Answer:
        began = time.perf_counter()
        cursor = self._driver.execute(sql, values)
        cells = cursor.fetchall()
        self.seconds += time.perf_counter() - began
        self.answers.append(_Answer(cells, cursor.rowcount))
        return self.answers[-1]

    def executemany(self, sql: str, values: Any) -> None:
        began = time.perf_counter()
        self._driver.executemany(sql, values)
        self.seconds += time.perf_counter() - began
        self.answers.append(_Answer([], 0))


class _Player:
    """Gives the same answers without a database."""

    def __init__(self, answers: list[_Answer]) -> None:
        self._answers = iter(answers)

    def execute(self, sql: str, values: Any = ()) -> _Answer:
        return next(self._answers)

    def executemany(self, sql: str, values: Any) -> None:
        next(self._answers)


def measure() -> Where:
    """Medians over the rounds; the first warms up and is not counted."""
    with TemporaryDirectory(prefix="madoguchi-where-") as folder:
        app = Counter(f"sqlite:///{Path(folder)}/where.db", 1, 1, sending=False).app
        rounds = [_round(app) for _ in range(ROUNDS + 1)][1:]
        app.database.let_go()
    return Where(*(statistics.median(each) for each in zip(*rounds, strict=True)))


def report(found: Where) -> str:
    without_database = found.reading + found.own
    return "\n".join(
        [
            "| µs a turn | where |",
            "|---|---|",
            f"| {found.reading:.0f} | reading the event |",
            f"| {found.own:.0f} | rules, steps, phrases, drawing, asking the driver |",
            f"| {found.driver:.0f} | SQLite, statement by statement ({found.statements:.1f}) |",
            f"| {found.commit:.0f} | the commit, shared by {_TOGETHER} |",
            "",
            f"Without any database and without HTTP: {without_database:.0f} µs, or"
            f" {1e6 / without_database:,.0f} turns a second.",
        ]
    )


def _round(app: App) -> Where:
    turns, events, recorded = _turns(app), list[Event](), list[list[_Answer]]()
    reading = driver = commit = 0.0
    with app.database.engine.connect() as connection:
        transaction = connection.begin()
        for channel, body in _bodies(app, connection):
            began = time.perf_counter()
            ((event,), _) = app.channels[channel].read(body, app.clock())
            reading += time.perf_counter() - began
            recorder = _Recorder(connection.connection.cursor())
            _take(turns, connection, event, recorder)
            recorded.append(recorder.answers)
            driver += recorder.seconds
            events.append(event)
            if len(events) % _TOGETHER == 0:
                began = time.perf_counter()
                transaction.commit()
                commit += time.perf_counter() - began
                transaction = connection.begin()
        turns = _turns(app)  # another, whose pace nobody has kept yet
        began = time.perf_counter()
        for event, answers in zip(events, recorded, strict=True):
            _take(turns, connection, event, _Player(answers))
        own = time.perf_counter() - began
        connection.exec_driver_sql("UPDATE bookings SET status = 'cancelled'")
        transaction.commit()
    each = 1e6 / len(events)
    statements = sum(map(len, recorded)) / len(events)
    return Where(reading * each, own * each, driver * each, commit * each, statements)


def _turns(app: App) -> Turns:
    return Turns(app.database, app.office, app.vault, app.links, app.channels, app.clock)


def _take(turns: Turns, connection: Connection, event: Event, driver: object) -> None:
    tx = Transaction(connection)
    tx._cursor = driver
    turns._take(tx, event, event.language or "ja")
    tx.finish()


def _bodies(app: App, connection: Connection) -> Iterator[tuple[str, bytes]]:
    """The webhooks of the conversations, as they come one after the other."""
    store = Store(Transaction(connection), app.office, app.vault)
    free = iter(
        f"{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}"
        for slots in store.calendar.days(app.clock(), holder=0).free.values()
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
                        store.seekers.keep_details(contact.id, details(contact.id), app.clock())
