"""What every table is made of: names of constraints, times, numbers, sealed columns."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from models.choice import Choice

# Names for constraints, so that a migration can speak of them on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata = MetaData(naming_convention=NAMING)


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC. SQLite keeps it as text without a zone; the two functions that
    write and read that text are on every turn's way, so they are the shortest there are."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without a time zone")
    return value.astimezone(UTC)


# The same instants are written and read again and again: this moment, and the starts of slots.
@lru_cache(maxsize=4096)
def _to_text(value: datetime | None) -> str | None:
    instant = _to_utc(value)
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds") if instant else None


@lru_cache(maxsize=4096)
def _from_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value + "+00:00") if value else None


# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def one_of(kind: type[Choice], *, length: int = 16, **more: Any) -> Any:
    """Return a column that holds the value of one of a closed set."""
    stored = Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [each.value for each in members],
    )
    return Field(sa_type=stored, **more)


def row_id() -> Any:
    return Field(default=None, sa_column=Column(Id, primary_key=True))


def refers_to(target: str, *, optional: bool = False, index: bool = False) -> Any:
    column = Column(Id, ForeignKey(target), nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def moment(*, optional: bool = False, index: bool = False) -> Any:
    column = Column(Utc, nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which a condition holds, on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def sealed() -> Any:
    return Field(default=None, sa_type=LargeBinary, nullable=True)


def table(model: type[SQLModel]) -> Table:
    """Return the Core table of a model, for statements."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time
    return found
