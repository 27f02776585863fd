"""How alembic runs our migrations: inside one transaction, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text

from models import tables

# Any number that is ours: PostgreSQL lets one holder of it migrate at a time.
_LOCK = 20260915


def render_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write plain types into migrations, so that they need nothing but SQLAlchemy."""
    if kind != "type":
        return False
    if isinstance(item, tables.Utc):
        return "sa.DateTime(timezone=True)"
    return f"sa.String(length={item.length})" if type(item).__name__ == "AutoString" else False


@contextmanager
def without_references(connection: Connection) -> Iterator[None]:
    """Let go of references: SQLite changes a table by putting another in its place, and would not
    let go of one that rows refer to; so what refers to what is looked at once, at the end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # it has no effect inside a transaction
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run(connection: Connection) -> None:
    """Run everything in one transaction. Raises RuntimeError when a row refers to nothing then."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=tables.table(tables.Booking).metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_type,
    )
    context.run_migrations()
    if connection.dialect.name == "sqlite":
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if astray is not None:
            raise RuntimeError(f"a row of {astray[0]} would refer to nothing in {astray[2]}")


with (
    context.config.attributes["engine"].connect() as connection,
    without_references(connection),
    connection.begin(),
):
    run(connection)
