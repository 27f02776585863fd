"""A transaction: one turn's session, and the statements that it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Column, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.database.errors import Conflict

Result = TypeVar("Result")
Row = TypeVar("Row")


class Statement(NamedTuple, Generic[Row]):
    """A statement, and what is made of a row of it: `row(*columns)`, in the order selected. Where
    the dialects differ, PostgreSQL has one of its own."""

    construct: Executable
    row: Callable[..., Row]
    for_postgresql: Executable | None = None


def query(construct: Executable, row: Callable[..., Row]) -> Statement[Row]:
    """Return a statement whose rows are read."""
    return Statement(construct, row)


def change(construct: Executable) -> Statement[Any]:
    """Return a statement whose rows nobody reads."""
    return Statement(construct, lambda *columns: columns)


def insert_once(table: Table, *returning: Column[Any]) -> Statement[int]:
    """Return a statement that adds a row unless a constraint says that it is there: it touches one
    row or none. What comes back, if anything, is a number."""
    on_sqlite, on_postgresql = (
        dialect.insert(table).on_conflict_do_nothing().returning(*returning)
        for dialect in (sqlite, postgresql)
    )
    return Statement(on_sqlite, int, on_postgresql)


class Transaction:
    """One session, which reads and writes by SQLModel classes (`session`) or by statements."""

    def __init__(self, session: Session) -> None:
        self.session = session
        # How many rows a change touched is told also of an INSERT that may touch none.
        self._connection = session.connection(execution_options={"preserve_rowcount": True})
        self.is_postgresql = self._connection.dialect.name == "postgresql"

    def rows(self, statement: Statement[Row], **values: Any) -> list[Row]:
        """Return all rows of a query."""
        row = statement.row
        return [row(*columns) for columns in self._execute(statement, values)]

    def row(self, statement: Statement[Row], **values: Any) -> Row | None:
        """Return the first row of a query, or None."""
        columns = self._execute(statement, values).first()
        return None if columns is None else statement.row(*columns)

    def run(self, statement: Statement[Any], **values: Any) -> int:
        """Make a change; returns how many rows it touched."""
        return self._execute(statement, values).rowcount

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what happens inside when it fails. Raises Conflict when a constraint of the
        database says no."""
        try:
            with self.session.begin_nested():
                self.session.connection()  # the savepoint is made here
                yield
        except IntegrityError as error:
            raise Conflict from error

    def _execute(self, statement: Statement[Any], values: dict[str, Any]) -> CursorResult[Any]:
        construct = statement.construct
        if self.is_postgresql and statement.for_postgresql is not None:
            construct = statement.for_postgresql
        return self._connection.execute(construct, values)


Work = Callable[[Transaction], Result]
