"""Engines for SQLite and PostgreSQL, with what each needs to be safe."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# For how long (seconds) a writer waits for another process that writes to the SQLite file.
BUSY_SECONDS = 5
# Turns that run side by side on PostgreSQL.
CONNECTIONS = 8
_POSTGRESQL: dict[str, Any] = {
    "connect_timeout": 5,
    # Of several hosts, the one that takes writes.
    "target_session_attrs": "read-write",
    # Whoever waits for a machine that is gone without a word hears of it within a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_TIMEOUTS = "-c lock_timeout=8s -c statement_timeout=20s -c idle_in_transaction_session_timeout=30s"


def engine_for(url: str) -> Engine:
    """Return an engine for `sqlite:///FILE` or `postgresql://…`, for code that is not async."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        connect_args = {**_POSTGRESQL, "options": "-c timezone=UTC"}
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, connect_args=connect_args)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # The work and its commit are different threads', one after the other.
    connect_args = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=connect_args)
    event.listen(engine, "connect", _prepare_sqlite)
    # The driver's own way of beginning takes the write lock too late.
    event.listen(engine, "begin", lambda each: each.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def async_engine_for(url: str) -> AsyncEngine:
    """Return an engine for `postgresql://…`, for the event loop."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={**_POSTGRESQL, "options": f"-c timezone=UTC {_TIMEOUTS}"},
    )


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the engine begins transactions
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")  # what a savepoint undoes needs no file
    until = time.monotonic() + BUSY_SECONDS
    while True:  # to switch a new file to WAL does not wait for others as all else does
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
