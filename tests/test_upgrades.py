"""An upgrade from any earlier version keeps what is stored."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from models import migrations, tables
from models.database import engine_for
from tests.conftest import fresh_database

# What constraints want in a row, beside what the columns' types say.
_VALUES: dict[str, Any] = {
    "status": "booked",
    "companion": "alone",
    "role": "admin",
    "state": "waiting",
    "weekday": 0,
    "start_time": time(10),
    "end_time": time(16),
    "starts_at": datetime(2026, 12, 1, 1, tzinfo=UTC),
    "ends_at": datetime(2026, 12, 1, 2, tzinfo=UTC),
}
_OF_A_KIND: dict[type, Any] = {
    int: 1,
    str: "x",
    bool: True,
    bytes: b"x",
    date: date(2026, 12, 1),
    time: time(10),
    datetime: datetime(2026, 12, 1, tzinfo=UTC),
}
_REVISIONS = sorted(
    each.revision for each in ScriptDirectory.from_config(migrations._config()).walk_revisions()
)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (["news 3", "terms 12"], [("news", "3"), ("terms", "12")]),
        (["news claim", "staff role"], [("news", "claim"), ("staff role", "")]),
        (["free slot", "answer"], [("free slot", ""), ("answer", "")]),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_a_letter_is_about_is_kept_apart_from_its_kind(
    stored: list[str],
    expected: list[tuple[str, str]],
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Any,
) -> None:
    for url in fresh_database(kind, request, tmp_path, empty=True):
        engine = engine_for(url)
        config = migrations._config()
        config.attributes["engine"] = engine
        command.upgrade(config, "0015")
        _fill(engine)
        with engine.begin() as connection:
            for number, each in enumerate(stored, start=1):
                values = {"kind": each, "id": number}
                connection.execute(text("UPDATE outbox SET kind = :kind WHERE id = :id"), values)
        command.upgrade(config, "0016")
        with engine.connect() as connection:
            found = connection.execute(text("SELECT kind, subject FROM outbox ORDER BY id"))
            assert [tuple(row) for row in found] == expected
        engine.dispose()


@pytest.mark.parametrize("revision", _REVISIONS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_upgrading_keeps_every_row(
    revision: str, kind: str, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    for url in fresh_database(kind, request, tmp_path, empty=True):
        engine = engine_for(url)
        config = migrations._config()
        config.attributes["engine"] = engine
        command.upgrade(config, revision)
        filled = _fill(engine)
        assert len(filled) > 10
        migrations.migrate(engine)
        assert _counts(engine, filled) == dict.fromkeys(filled, 2)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, tables.table(tables.Booking).metadata) == []
        engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_wider_check_loses_neither_indexes_nor_numbers(
    kind: str, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    for url in fresh_database(kind, request, tmp_path, empty=True):
        engine = engine_for(url)
        config = migrations._config()
        config.attributes["engine"] = engine
        command.upgrade(config, "0019")
        _fill(engine)
        with engine.begin() as connection:
            bookings = Table("bookings", MetaData(), autoload_with=connection)
            others = {"id": 9, "job_seeker_id": 1, "counselor_id": 1, "status": "cancelled"}
            connection.execute(insert(bookings).values(**{**_row(bookings, 3), **others}))
            before = _indexes(connection)
            connection.execute(text("DELETE FROM bookings WHERE id = 9"))
        command.upgrade(config, "0020")
        with engine.begin() as connection:
            assert _indexes(connection) == before
            wider = text("UPDATE bookings SET companion = :companion")
            connection.execute(wider, {"companion": "our_interpreter"})
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(wider, {"companion": "nobody"})
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(text("UPDATE bookings SET status = 'x'"))
            if kind == "sqlite":
                last = connection.execute(
                    text("SELECT seq FROM sqlite_sequence WHERE name = 'bookings'")
                ).scalar()
                assert last == 9
        engine.dispose()


def _indexes(connection: Connection) -> list[str]:
    """What every index of bookings is made by."""
    asked = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bookings'"
        if connection.dialect.name == "sqlite"
        else "SELECT indexdef FROM pg_indexes WHERE tablename = 'bookings'"
    )
    return sorted(str(row[0]) for row in connection.execute(text(asked)))


def _fill(engine: Engine) -> list[str]:
    """Two rows in every table that there is at this version."""
    there = MetaData()
    there.reflect(engine)
    names = []
    with engine.begin() as connection:
        for table in there.sorted_tables:
            if table.name == "alembic_version":
                continue
            for number in (1, 2):
                connection.execute(insert(table).values(_row(table, number)))
            names.append(table.name)
    return names


def _row(table: Table, number: int) -> dict[str, Any]:
    """A row of which no other is like: keys and unique columns differ."""
    unique = {column.name for index in table.indexes if index.unique for column in index.columns}
    unique |= {
        column.name
        for constraint in table.constraints
        for column in getattr(constraint, "columns", ())
        if type(constraint).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")
    }
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable and not column.primary_key and not column.foreign_keys:
            continue
        value = _VALUES.get(column.name, _OF_A_KIND[column.type.python_type])
        if column.foreign_keys:
            value = number if column.type.python_type is int else f"{value}{number}"
            if table in {each.column.table for each in column.foreign_keys}:
                value = 1  # the second row refers to the first
        elif column.name in unique and isinstance(value, str) and column.name not in _VALUES:
            value = f"{value}{number}"
        elif column.name in unique and type(value) is int and column.name not in _VALUES:
            value = number
        row[column.name] = value
    return row


def _counts(engine: Engine, names: list[str]) -> dict[str, int]:
    there = MetaData()
    there.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(there.tables[name])).scalar()
            or 0
            for name in names
        }
