"""A transaction: one turn's hold on the database."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlmodel import Session

from models.sql import Compiled, Row, Statement


class Conflict(Exception):
    """A constraint of the database said no."""


class Transaction:
    """Statements of the hot path go to the driver itself; `session` is for what runs rarely."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        # One cursor for all statements: to make one for each takes psycopg a fifth of its time.
        self._cursor: Any = connection.connection.cursor()
        self._session: Session | None = None
        # What was read since the last change or lock: asked again, it is the same.
        self._known: dict[tuple[Any, ...], Any] = {}

    def rows(self, statement: Statement[Row], **values: Any) -> list[Row]:
        """All rows of a query."""
        return self._rows(statement, values).copy()

    def row(self, statement: Statement[Row], **values: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self._rows(statement, values)
        return found[0] if found else None

    def cells(self, statement: Statement[Any], **values: Any) -> tuple[tuple[Any, ...], ...]:
        """The rows of a query as the driver gives them: a key to what was made of them before."""
        question = ("cells", statement, *values.values())
        found = self._known.get(question)
        if found is None:
            compiled = statement.compiled(self.dialect)
            cursor = self._cursor.execute(compiled.sql, compiled.parameters(values))
            found = tuple(cursor.fetchall())
            if self._session is None:
                self._known[question] = found
        return found

    def run(self, statement: Statement[Any], **values: Any) -> int:
        """Make a change; tells how many rows it touched."""
        compiled = statement.compiled(self.dialect)
        self._known.clear()
        count: int = self._cursor.execute(compiled.sql, compiled.parameters(values)).rowcount
        return count

    def run_each(self, statement: Statement[Any], values: Iterable[dict[str, Any]]) -> None:
        """Make a change once for each of these values, in one go."""
        compiled = statement.compiled(self.dialect)
        self._known.clear()
        self._cursor.executemany(compiled.sql, [compiled.parameters(e) for e in values])

    def lock(self, number: int, *, exclusive: bool) -> None:
        """Wait for a lock of this number and hold it until the end: alone, or with all others who
        do not want it alone. On SQLite there is but one transaction at a time anyway."""
        if self.dialect.name == "sqlite":
            return
        self._known.clear()  # what was read before may have changed while we waited
        shared = "" if exclusive else "_shared"
        self._cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", (number,))

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
        self._cursor.execute("SAVEPOINT attempt")
        try:
            yield
        except (sqlite3.OperationalError, psycopg.OperationalError):
            raise  # the whole transaction is lost
        except Exception as error:
            self._known.clear()
            self._cursor.execute("ROLLBACK TO SAVEPOINT attempt")
            self._cursor.execute("RELEASE SAVEPOINT attempt")  # attempts may be nested
            if isinstance(error, sqlite3.IntegrityError | psycopg.errors.IntegrityError):
                raise Conflict from error
            raise
        self._cursor.execute("RELEASE SAVEPOINT attempt")

    def finish(self) -> None:
        """Flush what the session holds; the commit is the database's."""
        if self._session is not None:
            self._session.commit()

    def close(self) -> None:
        """Let go of the driver's cursor. SQLite keeps a file locked after its connection was
        closed, for as long as there is a cursor that has a statement."""
        self._cursor.close()

    def _rows(self, statement: Statement[Row], values: dict[str, Any]) -> list[Row]:
        compiled = statement.compiled(self.dialect)
        if not compiled.only_reads:
            self._known.clear()
            return self._ask(statement, compiled, values)
        question = (statement, *values.values())
        found = self._known.get(question)
        if found is None:
            found = self._ask(statement, compiled, values)
            # A session may write at any moment without telling us.
            if self._session is None:
                self._known[question] = found
        return found

    def _ask(
        self, statement: Statement[Row], compiled: Compiled, values: dict[str, Any]
    ) -> list[Row]:
        cursor = self._cursor.execute(compiled.sql, compiled.parameters(values))
        return statement.read(self.dialect, cursor.fetchall())
