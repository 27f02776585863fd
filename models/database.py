"""The engine and the writer: every change is one transaction, answered only after its commit."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.sql import Row, Statement

Result = TypeVar("Result")
Work = Callable[["Transaction"], Result]

# How many waiting turns one commit of SQLite may carry. More would only make the first wait.
GROUP = 64
POSTGRESQL_WORKERS = 4
BUSY_SECONDS = 5
_RETRIES = 5
# PostgreSQL's class of errors for a transaction that lost against another one: try again.
_ROLLED_BACK = "40"


class DatabaseUnavailable(Exception):
    """The database did not take the work: nothing was changed, and it may be tried again."""


class Conflict(Exception):
    """A constraint of the database said no."""


class Transaction:
    """One turn's hold on the database. Statements of the hot path go to the driver itself;
    `session` is for what runs rarely."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        self._session: Session | None = None
        # What was read since the last change or lock: asked again, it is the same.
        self._known: dict[tuple[Any, ...], list[Any]] = {}

    def rows(self, statement: Statement[Row], **values: Any) -> list[Row]:
        """All rows of a query."""
        return self._rows(statement, values).copy()

    def row(self, statement: Statement[Row], **values: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self._rows(statement, values)
        return found[0] if found else None

    def cells(self, statement: Statement[Any], **values: Any) -> tuple[tuple[Any, ...], ...]:
        """The rows of a query as the driver gives them: a key to what was made of them before."""
        compiled = statement.compiled(self.dialect)
        return tuple(self._driver.execute(compiled.sql, compiled.parameters(values)).fetchall())

    def run(self, statement: Statement[Any], **values: Any) -> int:
        """Make a change; tells how many rows it touched."""
        compiled = statement.compiled(self.dialect)
        self._known.clear()
        count: int = self._driver.execute(compiled.sql, compiled.parameters(values)).rowcount
        return count

    def lock(self, number: int, *, exclusive: bool) -> None:
        """Wait for a lock of this number and hold it until the end: alone, or with all others who
        do not want it alone. On SQLite there is but one transaction at a time anyway."""
        if self.dialect.name == "sqlite":
            return
        self._known.clear()  # what was read before may have changed while we waited
        shared = "" if exclusive else "_shared"
        self._driver.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", (number,))

    @property
    def session(self) -> Session:
        """A SQLModel session inside this transaction; it is flushed with it."""
        if self._session is None:
            self._known.clear()
            self._session = Session(
                self._connection,
                join_transaction_mode="create_savepoint",
                expire_on_commit=False,
            )
        return self._session

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What happens inside is undone when it fails; Conflict is raised when a constraint of
        the database says no."""
        self._driver.execute("SAVEPOINT attempt")
        try:
            yield
        except (sqlite3.OperationalError, psycopg.OperationalError):
            raise  # the whole transaction is lost
        except Exception as error:
            self._known.clear()
            self._driver.execute("ROLLBACK TO SAVEPOINT attempt")
            self._driver.execute("RELEASE SAVEPOINT attempt")  # attempts may be nested
            if isinstance(error, sqlite3.IntegrityError | psycopg.errors.IntegrityError):
                raise Conflict from error
            raise
        self._driver.execute("RELEASE SAVEPOINT attempt")

    def finish(self) -> None:
        """Flush what the session holds; the commit is the database's."""
        if self._session is not None:
            self._session.commit()

    def _rows(self, statement: Statement[Row], values: dict[str, Any]) -> list[Row]:
        compiled = statement.compiled(self.dialect)
        question = (statement, *values.values())
        known = self._known.get(question)
        if known is not None:
            return known
        if not compiled.only_reads:
            self._known.clear()
        cursor = self._driver.execute(compiled.sql, compiled.parameters(values))
        found = statement.read(self.dialect, cursor.fetchall())
        # A session may write at any moment without telling us.
        if compiled.only_reads and self._session is None:
            self._known[question] = found
        return found


class Database:
    """A database with its writer. `run` for async code, `run_now` for the command line."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        count = 1 if self._is_sqlite else POSTGRESQL_WORKERS
        serve = self._serve_in_groups if self._is_sqlite else self._serve_one_by_one
        self._threads = [
            threading.Thread(target=serve, name=f"writer-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Work[Result]) -> Result:
        """Do the work in one transaction; returns after its commit. Raises what the work raises,
        or DatabaseUnavailable; either way nothing of it is stored."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._jobs.put(_Job(work, answer, loop.call_soon_threadsafe))
        return await answer

    def run_now(self, work: Work[Result]) -> Result:
        """Like `run`, for code that is not async."""
        answer: Future[Result] = Future()
        self._jobs.put(_Job(work, answer, lambda tell: tell()))
        return answer.result()

    def close(self) -> None:
        """Finish what waits, and let go of the database."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self.engine.dispose()

    def _serve_in_groups(self) -> None:
        """SQLite: one thread takes all work that waits and commits it together, each piece in a
        savepoint of its own."""
        while (first := self._jobs.get()) is not None:
            group, last = [first], False
            while len(group) < GROUP:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                    break
                group.append(following)
            self._commit_together(group)
            if last:
                return

    def _commit_together(self, group: list["_Job"]) -> None:
        try:
            with self.engine.begin() as connection:
                driver: Any = connection.connection.driver_connection
                for job in group:
                    driver.execute("SAVEPOINT turn")
                    if not job.do(connection):
                        driver.execute("ROLLBACK TO SAVEPOINT turn")
                    driver.execute("RELEASE SAVEPOINT turn")
        except Exception as error:
            for job in group:
                job.fail(_unavailable(error))
        for job in group:
            job.answer()

    def _serve_one_by_one(self) -> None:
        """PostgreSQL: several threads, each piece of work a transaction of its own."""
        while (job := self._jobs.get()) is not None:
            for remaining in reversed(range(_RETRIES)):
                try:
                    with self.engine.connect() as connection, connection.begin() as transaction:
                        if not job.do(connection):
                            transaction.rollback()
                except Exception as error:
                    job.fail(_unavailable(error))
                if not (remaining and job.lost_a_race()):
                    break
            job.answer()


class _Job:
    """A piece of work, and what came of it until the commit allows telling. `tell` runs something
    where whoever waits for the answer is."""

    def __init__(
        self,
        work: Work[Any],
        answer: "Future[Any] | asyncio.Future[Any]",
        tell: Callable[[Callable[[], None]], object],
    ) -> None:
        self._work = work
        self._answer = answer
        self._tell = tell
        self._result: Any = None
        self._error: BaseException | None = None

    def do(self, connection: Connection) -> bool:
        self._error = None
        transaction = Transaction(connection)
        try:
            self._result = self._work(transaction)
            transaction.finish()
        except (sqlite3.OperationalError, psycopg.OperationalError):
            raise
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.OperationalError | psycopg.OperationalError):
                raise
            self._error = error
        except BaseException as error:
            self._error = error
        return self._error is None

    def fail(self, error: BaseException) -> None:
        self._error = error

    def lost_a_race(self) -> bool:
        """Whether PostgreSQL broke off this work because two waited for each other."""
        cause = self._error.__cause__ if isinstance(self._error, DatabaseUnavailable) else None
        cause = cause.orig if isinstance(cause, DBAPIError) else cause
        return isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_ROLLED_BACK)

    def answer(self) -> None:
        """Tell whoever waits; nobody may, any more."""
        try:
            self._tell(self._settle)
        except RuntimeError:  # their loop is closed
            pass

    def _settle(self) -> None:
        if self._answer.cancelled():
            return
        if self._error is not None:
            self._answer.set_exception(self._error)
        else:
            self._answer.set_result(self._result)


def engine_for(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`, with what each needs to be safe."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=POSTGRESQL_WORKERS + 1,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )


def _begin_immediate(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE")


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun by hand: the driver's own way takes the write lock too late.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
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


def _unavailable(error: Exception) -> DatabaseUnavailable:
    # The driver's message can hold values of a row, so only its kind is kept.
    unavailable = DatabaseUnavailable(type(getattr(error, "orig", None) or error).__name__)
    unavailable.__cause__ = error
    return unavailable
