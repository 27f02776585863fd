"""The writers: who does the work, and when it is committed (docs/decisions/0002, 0013)."""

import asyncio
import collections
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from models import greenlets
from models.transaction import Transaction

Result = TypeVar("Result")
Work = Callable[[Transaction], Result]

# How many waiting turns one commit of SQLite may carry. More would only make the first wait.
GROUP = 64
# The connections to PostgreSQL on which work is done side by side. Measured: 4 do 0.84 of the turns
# that 8 do, 12 do 0.92, 16 do 0.81.
WORKERS = 8
BUSY_SECONDS = 5
_BUSY_PAUSE = 0.01
_RETRIES = 5
# PostgreSQL's class of errors for a transaction that lost against another one: try again.
_ROLLED_BACK = "40"
# PostgreSQL is being stopped or restarted.
_SHUT = "57P"


class DatabaseUnavailable(Exception):
    """The database did not take the work: nothing was changed, and it may be tried again."""


class Job:
    """A piece of work, and what came of it until the commit allows telling."""

    def __init__(self, work: Work[Any], answer: "Future[Any] | asyncio.Future[Any]") -> None:
        self._work = work
        self._answer = answer
        self._result: Any = None
        self._error: BaseException | None = None

    def do(self, connection: Connection) -> bool:
        """Do the work in the connection's transaction; False when it failed and is to be undone.
        Raises what says that the whole transaction is lost."""
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
        except StopIteration as error:  # no future takes one
            self._error = RuntimeError("StopIteration")
            self._error.__cause__ = error
        except BaseException as error:
            self._error = error
        finally:
            transaction.close()
        return self._error is None

    def fail(self, error: Exception) -> None:
        """It is not stored, for a reason of the database's."""
        # The driver's message can hold values of a row, so only its kind is kept.
        self._error = DatabaseUnavailable(type(_driver_s(error)).__name__)
        self._error.__cause__ = error

    def answer(self) -> None:
        """Tell whoever waits; nobody may, any more."""
        if self._answer.cancelled():
            return
        if self._error is not None:
            self._answer.set_exception(self._error)
        else:
            self._answer.set_result(self._result)


class Group:
    """SQLite: the event loop itself does all work that waits, each piece in a savepoint of its
    own. A thread commits it together, and meanwhile the loop does something else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._committer = ThreadPoolExecutor(1, "committer")
        self._waiting: list[Job] = []
        self._serving: asyncio.Task[None] | None = None
        self._busy_since: float | None = None

    def put(self, job: Job) -> None:
        """Have a job done soon, and answered after its commit."""
        self._waiting.append(job)
        if self._serving is None or self._serving.done():
            self._serving = asyncio.get_running_loop().create_task(self._serve())

    async def close(self) -> None:
        """Finish the commit that is under way. What still waits is not done, and told so."""
        self._committer.shutdown()
        while self._waiting:
            self._end(self._take(), _Closed())
        self._let_go()

    async def _serve(self) -> None:
        """Commit what waits, group by group. While another process writes, look again a little
        later: the loop must not stand still."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            try:
                transaction = self._connected().begin()
            except Exception as error:
                if self._is_worth_waiting(error):
                    await asyncio.sleep(_BUSY_PAUSE)
                else:
                    self._end(self._take(), error)
                continue
            group = self._take()
            try:
                self._do(group)
                await loop.run_in_executor(self._committer, transaction.commit)
            except Exception as error:
                self._end(group, error)
            else:
                self._end(group)
            await asyncio.sleep(0)  # others come first

    def _take(self) -> list[Job]:
        self._busy_since = None
        group = self._waiting[:GROUP]
        del self._waiting[:GROUP]
        return group

    def _do(self, group: list[Job]) -> None:
        connection = self._connected()
        driver: Any = connection.connection.driver_connection
        for job in group:
            driver.execute("SAVEPOINT turn")
            if not job.do(connection):
                driver.execute("ROLLBACK TO SAVEPOINT turn")
            driver.execute("RELEASE SAVEPOINT turn")

    def _end(self, group: list[Job], error: Exception | None = None) -> None:
        """Answer a group; with an error, nothing of it is stored."""
        if error is not None:
            self._let_go()
        for job in group:
            if error is not None:
                job.fail(error)
            job.answer()

    def _is_worth_waiting(self, error: Exception) -> bool:
        """Whether another process writes, and has not done so for too long."""
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
            return False
        self._busy_since = self._busy_since or time.monotonic()
        return time.monotonic() < self._busy_since + BUSY_SECONDS

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            driver: Any = self._connection.connection.driver_connection
            driver.execute("PRAGMA busy_timeout=0")  # it is the loop that would wait
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


class _Closed(Exception):
    """Nobody writes any more."""


class Alone:
    """One connection, on which each job is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def do(self, job: Job) -> None:
        """Do a job and commit it; once more where nothing of it can have been stored: PostgreSQL
        has broken it off because two waited for each other, or was restarted since the last."""
        for remaining in reversed(range(_RETRIES)):
            if self._connection is not None and self._connection.invalidated:
                self.let_go()  # else it would connect again by itself, and hold up the loop
            was_connected, may_be_stored = self._connection is not None, False
            try:
                if self._connection is None:
                    self._connection = self._connect()
                transaction = self._connection.begin()
                if job.do(self._connection):
                    may_be_stored = True
                    transaction.commit()
                else:
                    transaction.rollback()
                return
            except Exception as error:
                job.fail(error)
                is_stale = was_connected and not may_be_stored and self._was_shut(error)
                self.let_go()
                if not (remaining and (_has_lost_a_race(error) or is_stale)):
                    return

    def let_go(self) -> None:
        """Close the connection; the next job opens another."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        # It takes seconds where nobody answers, for which the loop must not stand still.
        connect = self._engine.connect
        return greenlets.in_thread(connect) if greenlets.is_one() else connect()

    def _was_shut(self, error: Exception) -> bool:
        """Whether the database has ended this connection, perhaps long ago."""
        assert self._connection is not None
        if self._connection.invalidated:  # by SQLAlchemy, which has met the end of it
            return True
        driver = self._connection.connection.driver_connection
        return _state(error).startswith(_SHUT) or bool(getattr(driver, "closed", False))


class Workers:
    """PostgreSQL: a few workers, each with a connection. The event loop itself does their work:
    while one waits for PostgreSQL, it goes on with another's."""

    def __init__(self, engine: Engine) -> None:
        self._free = [Alone(engine) for _ in range(WORKERS)]
        self._waiting: collections.deque[Job] = collections.deque()
        self._closing: asyncio.Future[None] | None = None

    def put(self, job: Job) -> None:
        """Have a job done soon, and answered after its commit."""
        self._waiting.append(job)
        if self._free:
            greenlets.start(partial(self._work, self._free.pop()))

    async def close(self) -> None:
        """Finish what waits."""
        if len(self._free) < WORKERS:
            self._closing = asyncio.get_running_loop().create_future()
            await self._closing
        for alone in self._free:
            alone.let_go()

    def _work(self, alone: Alone) -> None:
        try:
            while self._waiting:
                job = self._waiting.popleft()
                alone.do(job)
                job.answer()
        except BaseException:
            alone.let_go()
            raise
        finally:
            self._free.append(alone)
            closing = self._closing
            if closing and not closing.done() and len(self._free) == WORKERS:
                closing.set_result(None)


def _has_lost_a_race(error: Exception) -> bool:
    """Whether PostgreSQL broke off this work because two waited for each other."""
    return _state(error).startswith(_ROLLED_BACK)


def _state(error: Exception) -> str:
    """PostgreSQL's number of an error, or nothing."""
    return getattr(_driver_s(error), "sqlstate", None) or ""


def _driver_s(error: Exception) -> BaseException:
    """The driver's own error."""
    return (error.orig or error) if isinstance(error, DBAPIError) else error
