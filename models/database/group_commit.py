"""SQLite's group commit: the event loop does all work that waits, each in a savepoint of its own,
and one commit stores it together. Nobody is answered before that commit."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RootTransaction
from sqlmodel import Session

from models.database.errors import is_unavailable, unavailable
from models.database.transaction import Result, Transaction, Work

# How much work one commit may carry. More would only make the first wait.
MOST_IN_A_GROUP = 64


class _Outcome(NamedTuple):
    result: Any = None
    error: Exception | None = None


class _Waiting(NamedTuple):
    work: Work[Any]
    answer: "asyncio.Future[_Outcome]"


class GroupCommit:
    """One connection, whose transactions carry the work that waits. The loop never waits for the
    file: to begin and to commit are a thread's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._waiting: list[_Waiting] = []
        self._serving: asyncio.Task[None] | None = None

    async def run(self, work: Work[Result]) -> Result:
        """Run the work soon; returns after its commit."""
        waiting = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        result, error = await waiting.answer
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    async def close(self) -> None:
        """Do all that waits, and let go of the file."""
        if self._serving is not None:
            await self._serving
        self._thread.shutdown()
        self._let_go()

    async def _serve(self) -> None:
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self._thread)
        while self._waiting:
            group = self._waiting[:MOST_IN_A_GROUP]
            del self._waiting[:MOST_IN_A_GROUP]
            try:
                transaction = await in_thread(self._begin)
                outcomes = [_outcome(transaction.connection, each.work) for each in group]
                await in_thread(transaction.commit)
            except Exception as error:
                self._let_go()
                outcomes = [_Outcome(error=unavailable(error))] * len(group)
            for each, outcome in zip(group, outcomes, strict=True):
                if not each.answer.done():  # whoever waited may have gone
                    each.answer.set_result(outcome)
            await asyncio.sleep(0)  # others come first

    def _begin(self) -> RootTransaction:
        self._connection = self._connection or self._engine.connect()
        return self._connection.begin()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def run_in_savepoint(connection: Connection, work: Work[Result]) -> Result:
    """Run the work in a session and a savepoint of its own, inside a connection's transaction."""
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as session:
        result = work(Transaction(session))
        session.commit()
        return result


def _outcome(connection: Connection, work: Work[Any]) -> _Outcome:
    """Run the work; an error of its own undoes nothing but itself. Raises what says that the whole
    transaction is lost."""
    try:
        return _Outcome(run_in_savepoint(connection, work))
    except Exception as error:
        if is_unavailable(error):
            raise
        return _Outcome(error=error)
