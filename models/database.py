"""The database: every change is one transaction, answered only after its commit."""

import asyncio
import sqlite3
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from psycopg.types.numeric import Int8Dumper
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from models.postgresql import YieldingConnection
from models.writers import BUSY_SECONDS, WORKERS, Alone, Group, Job, Result, Work, Workers

# Whoever waits for a PostgreSQL whose machine or network is gone without a word hears of it within
# a minute. By itself TCP takes a quarter of an hour, or for ever.
_HEARTBEAT = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class Database:
    """A database with its writer. `run` for async code, `run_now` for the command line."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = Group(self.engine) if is_sqlite else Workers(self.engine)

    async def run(self, work: Work[Result]) -> Result:
        """Do the work in one transaction; returns after its commit. Raises what the work raises,
        or DatabaseUnavailable; either way nothing of it is stored."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._writer.put(Job(work, answer))
        return await answer

    def run_now(self, work: Work[Result]) -> Result:
        """Like `run`, for code that is not async."""
        answer: Future[Result] = Future()
        job, alone = Job(work, answer), Alone(self.engine)
        alone.do(job)
        alone.let_go()
        job.answer()
        return answer.result()

    async def close(self) -> None:
        """Finish what is being committed, and let go of the database. To be called where `run`
        is called, when nobody waits any more: who does may be told that nothing was stored."""
        await self._writer.close()
        self.let_go()

    def let_go(self) -> None:
        """Let go of the database where only `run_now` was called."""
        self.engine.dispose()


def engine_for(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`, with what each needs to be safe."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # The work and its commit are different threads', one after the other.
        connect_args = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=connect_args)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=WORKERS + 1,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC", **_HEARTBEAT},
    )
    event.listen(engine, "do_connect", _connect_to_postgresql)
    return engine


def _connect_to_postgresql(
    _dialect: object, _record: object, given: list[Any], named: dict[str, Any]
) -> YieldingConnection:
    connection = YieldingConnection.connect(*given, **named)
    # A statement is prepared for the kinds of its parameters: not once more for each size that a
    # number can have.
    connection.adapters.register_dumper(int, Int8Dumper)
    return connection


def _begin_immediate(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE")


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun by hand: the driver's own way takes the write lock too late.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")  # what a savepoint undoes needs no file
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switching a new file to WAL does not wait for others as all else does, so wait here."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
