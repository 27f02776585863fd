"""Statements of the hot path: written once in SQLAlchemy Core, compiled once for each dialect,
run as plain SQL text on the driver's own connection (docs/decisions/0002-the-writer.md)."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ClauseElement, Dialect, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]
Row = TypeVar("Row")


class Compiled(NamedTuple):
    """SQL text for one dialect, and what turns values into the driver's kind and back."""

    sql: str
    defaults: dict[str, Any]
    places: tuple[tuple[str, Processor | None], ...]
    readers: tuple[tuple[int, Processor], ...]
    only_reads: bool

    def parameters(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The values in the order in which the SQL text asks for them."""
        if self.defaults:
            values = {**self.defaults, **values}
        return tuple(
            [
                values[name] if binder is None else binder(values[name])
                for name, binder in self.places
            ]
        )

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        """The driver's cells of a row as values."""
        if not self.readers:
            return row
        cells = list(row)
        for at, reader in self.readers:
            cells[at] = reader(cells[at])
        return cells


class Statement(Generic[Row]):
    """One SQL statement; its rows come back as `row(*columns)`, in the order selected."""

    def __init__(self, construct: Callable[[Dialect], Executable], row: Callable[..., Row]) -> None:
        self._construct = construct
        self._compiled: dict[str, Compiled] = {}
        self.row = row

    def compiled(self, dialect: Dialect) -> Compiled:
        """The statement as SQL text for a dialect."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(
                self._construct(dialect), _positional(dialect)
            )
        return found

    def read(self, dialect: Dialect, cells: Iterable[Sequence[Any]]) -> list[Row]:
        """Rows from what the driver gives of them."""
        read = self.compiled(dialect).read
        return [self.row(*read(each)) for each in cells]


def query(construct: Executable, row: Callable[..., Row]) -> Statement[Row]:
    """A statement whose rows are read."""
    return Statement(lambda dialect: construct, row)


def change(construct: Executable) -> Statement[tuple[Any, ...]]:
    """A statement whose rows nobody reads."""
    return Statement(lambda dialect: construct, lambda *cells: cells)


def addition(model_table: Table, *columns: str) -> Statement[int]:
    """Adds a row with values for these columns; the row that comes back is its number."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    statement = insert(model_table).values(values).returning(model_table.c.id)
    return Statement(lambda dialect: statement, lambda number: number)


def addition_once(model_table: Table, *columns: str) -> Statement[tuple[Any, ...]]:
    """Adds a row unless a constraint says that it is there; it touches one row or none."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    statements: dict[str, Executable] = {
        "sqlite": sqlite.insert(model_table).values(values).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(model_table).values(values).on_conflict_do_nothing(),
    }
    return Statement(lambda dialect: statements[dialect.name], lambda *cells: cells)


def _compile(construct: Executable, dialect: Dialect) -> Compiled:
    assert isinstance(construct, ClauseElement)
    compiled = construct.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    assert isinstance(compiled, SQLCompiler)
    # By name: a value that is used twice is of one kind, though SQL tells it in one place only.
    binders = {
        name: binder
        for bound, name in compiled.bind_names.items()
        if (binder := _binder(bound.type, dialect)) is not None
    }
    places = tuple((name, binders.get(name)) for name in compiled.positiontup or ())
    columns = getattr(construct, "exported_columns", None) or ()
    readers = [
        (at, reader)
        for at, column in enumerate(columns)
        if (reader := _reader(column.type, dialect)) is not None
    ]
    # What the statement says itself, such as a limit of 1; all else is said when it is run.
    defaults = {
        name: bound.effective_value
        for bound, name in compiled.bind_names.items()
        if not bound.required
    }
    sql = compiled.string
    only_reads = sql.startswith("SELECT") and "UPDATE" not in sql  # neither changes nor locks
    return Compiled(sql, defaults, places, tuple(readers), only_reads)


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


@cache
def _positional(dialect: Dialect) -> Dialect:
    """The same dialect with parameters by their places, which the drivers bind fastest."""
    assert isinstance(dialect, DefaultDialect)
    style = "qmark" if dialect.name == "sqlite" else "format"
    return type(dialect)(paramstyle=style)  # type: ignore[arg-type]  # a Literal in the stubs
