"""How alembic runs our migrations: inside one transaction, one at a time."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text

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


with context.config.attributes["engine"].begin() as connection:
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
