"""links are bound to a secret of their row, and SQLite never uses a number again"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # Links that were sent before have no secret: they keep working for their own row.
    for table in ("bookings", "staff"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(
                sa.Column("secret", sa.String(length=32), server_default="", nullable=False)
            )
    if op.get_bind().dialect.name == "sqlite":
        _never_use_numbers_again()


def _never_use_numbers_again() -> None:
    """Put a table of the same words but AUTOINCREMENT in the place of each that numbers its rows."""
    connection = op.get_bind()
    tables = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%id INTEGER%'"
    ).all()
    for name, sql in tables:
        if "AUTOINCREMENT" in sql:
            continue
        changed, found = re.subn(r",\s*(?:CONSTRAINT \w+ )?PRIMARY KEY \(id\)", "", sql, count=1)
        if not found:
            continue
        changed = re.sub(
            r"\bid INTEGER NOT NULL",
            "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
            changed,
            count=1,
        )
        changed = re.sub(
            rf'CREATE TABLE "?{name}"?', f'CREATE TABLE "new_{name}"', changed, count=1
        )
        indexes = (
            connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                (name,),
            )
            .scalars()
            .all()
        )
        connection.exec_driver_sql(changed)
        connection.exec_driver_sql(f'INSERT INTO "new_{name}" SELECT * FROM "{name}"')
        connection.exec_driver_sql(f'DROP TABLE "{name}"')
        connection.exec_driver_sql(f'ALTER TABLE "new_{name}" RENAME TO "{name}"')
        for index in indexes:
            connection.exec_driver_sql(index)
