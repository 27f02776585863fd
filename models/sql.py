"""Statements of the hot path: written once in SQLAlchemy Core, compiled once for each dialect,
run as plain SQL text on the driver's own cursor (docs/decisions/0002-the-writer.md)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Dialect,
    Table,
    bindparam,
    false,
    insert,
    literal_column,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]
Row = TypeVar("Row")

# How many rows of a statement are kept, where it is worth it.
_KEPT = 4096


class Compiled(NamedTuple):
    """SQL text for one dialect, and what turns values into the driver's kind and back."""

    sql: str
    defaults: dict[str, Any]
    pick: Callable[[dict[str, Any]], tuple[Any, ...]]
    binders: tuple[tuple[int, Processor], ...]
    readers: tuple[tuple[int, Processor], ...]
    only_reads: bool

    def parameters(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order in which the SQL text asks for them."""
        if self.defaults:
            values = {**self.defaults, **values}
        return _changed(self.binders, [*self.pick(values)])


class Statement(Generic[Row]):
    """One SQL statement; its rows come back as `row(*columns)`, in the order selected."""

    def __init__(
        self,
        construct: Callable[[Dialect], Executable],
        row: Callable[..., Row],
        *,
        kept: bool = False,
    ) -> None:
        self._construct = construct
        self._row = row
        self._kept = kept
        self._compiled: dict[str, Compiled] = {}
        self._readers: dict[str, Callable[[Sequence[Any]], Row]] = {}

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
        reader = self._readers.get(dialect.name)
        if reader is None:
            reader = self._readers[dialect.name] = self._reader(self.compiled(dialect).readers)
        return [reader(each) for each in cells]

    def _reader(self, readers: tuple[tuple[int, Processor], ...]) -> Callable[[Sequence[Any]], Row]:
        row = self._row

        def read(cells: Sequence[Any]) -> Row:
            return row(*_changed(readers, list(cells))) if readers else row(*cells)

        return lru_cache(_KEPT)(read) if self._kept else read


def _changed(changes: tuple[tuple[int, Processor], ...], cells: list[Any]) -> list[Any]:
    for at, change_ in changes:
        cells[at] = change_(cells[at])
    return cells


def query(construct: Executable, row: Callable[..., Row], *, kept: bool = False) -> Statement[Row]:
    """A statement whose rows are read. Where turn after turn reads the same, rows may be `kept`:
    those made last are not made again of the same cells."""
    return Statement(lambda dialect: construct, row, kept=kept)


def change(construct: Executable) -> Statement[tuple[Any, ...]]:
    """A statement whose rows nobody reads."""
    return Statement(lambda dialect: construct, lambda *cells: cells)


def addition(
    model_table: Table, *columns: str, **always: bool | int | str
) -> Statement[tuple[Any, ...]]:
    """Adds a row with values for these columns. What is `always` the same stands in the SQL text,
    where it costs nothing to bind."""
    return change(insert(model_table).inline().values(_values(columns, always)))


def numbered_addition(
    model_table: Table, *columns: str, **always: bool | int | str
) -> Statement[int]:
    """The same; the row that comes back is its number."""
    values = _values(columns, always)
    return query(insert(model_table).values(values).returning(model_table.c.id), int)


def addition_once(model_table: Table, *columns: str, **always: bool | int | str) -> Statement[int]:
    """Adds a row unless a constraint says that it is there; it touches one row or none."""
    return Statement(_once(model_table, columns, always), int)


def numbered_addition_once(
    model_table: Table, *columns: str, **always: bool | int | str
) -> Statement[int]:
    """The same; the row that comes back is its number, and none does when it was there."""
    once = _once(model_table, columns, always)
    return Statement(lambda dialect: once(dialect).returning(model_table.c.id), int)


def _values(columns: Sequence[str], always: Mapping[str, bool | int | str]) -> dict[str, Any]:
    constants = {name: _constant(value) for name, value in always.items()}
    return {name: bindparam(name) for name in columns} | constants


def _constant(value: bool | int | str) -> ColumnElement[Any]:
    if isinstance(value, bool):
        return true() if value else false()
    return literal_column(repr(value))


def _once(
    model_table: Table, columns: Sequence[str], always: Mapping[str, bool | int | str]
) -> Callable[[Dialect], sqlite.Insert | postgresql.Insert]:
    values = _values(columns, always)

    def construct(dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
        if dialect.name == "sqlite":
            return sqlite.insert(model_table).values(values).on_conflict_do_nothing()
        return postgresql.insert(model_table).values(values).on_conflict_do_nothing()

    return construct


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
    names = tuple(compiled.positiontup or ())
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
    # It neither changes nor locks.
    only_reads = sql.startswith(("SELECT", "WITH")) and "UPDATE" not in sql
    places = tuple((at, binders[name]) for at, name in enumerate(names) if name in binders)
    return Compiled(sql, defaults, _picker(names), places, tuple(readers), only_reads)


def _picker(names: Sequence[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Takes the values of some names; of several at once, which is fastest."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


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
