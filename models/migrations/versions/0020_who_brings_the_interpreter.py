"""who brings the interpreter"""

from alembic import op

revision = "0020"
down_revision = "0019"

_NAME = "ck_bookings_companion"
_BEFORE = "companion IN ('alone', 'companion', 'interpreter')"
_AFTER = "companion IN ('alone', 'companion', 'interpreter', 'our_interpreter')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _widen_on_sqlite()
        return
    op.drop_constraint(op.f(_NAME), "bookings", type_="check")
    op.create_check_constraint(op.f(_NAME), "bookings", _AFTER)


def _widen_on_sqlite() -> None:
    """Put a table of the same words but the wider check in the place of the old one; numbers that
    were given once are not given again."""
    run = op.get_bind().exec_driver_sql
    kept = run("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'bookings'").all()
    (table,) = (sql for kind, sql in kept if kind == "table")
    last = run("SELECT seq FROM sqlite_sequence WHERE name = 'bookings'").scalar()
    changed = table.replace(_BEFORE, _AFTER).replace("bookings", "new_bookings", 1)
    if changed.count(_AFTER) != 1:
        raise RuntimeError("the table bookings has no check of companion")
    run(changed)
    run("INSERT INTO new_bookings SELECT * FROM bookings")
    run("DROP TABLE bookings")
    run("ALTER TABLE new_bookings RENAME TO bookings")
    for kind, sql in kept:
        if kind == "index" and sql:
            run(sql)
    if last is not None:
        run(f"UPDATE sqlite_sequence SET seq = {int(last)} WHERE name = 'bookings'")
