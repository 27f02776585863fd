"""The writer: what is committed together, and what is undone alone."""

import asyncio
import importlib
import pkgutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError, StatementError

from models import store
from models.database import (
    Conflict,
    Database,
    DatabaseUnavailable,
    Statement,
    Transaction,
    query,
)
from models.database.group_commit import MOST_IN_A_GROUP
from models.tables import Counselor, Watch, table

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
ADD = query(insert(table(Watch)).values(way="sweep", works=True).returning(table(Watch).c.id), int)
ALL = query(select(table(Watch).c.starts_at), lambda at: at)
NAMES = query(select(table(Counselor).c.name), lambda name: str(name))


def good(tx: Transaction) -> None:
    tx.row(ADD, starts_at=NOW, ends_at=NOW)


def named(name: str) -> Counselor:
    return Counselor(name=name)


async def test_a_broken_connection_keeps_no_lock(sqlite_url: str) -> None:
    """Though what has worked on it lives on for a while, with the error for one."""
    database, seen = Database(sqlite_url), list[Transaction]()

    def fills_the_disk(tx: Transaction) -> None:
        seen.append(tx)
        tx.session.connection().exec_driver_sql(
            "PRAGMA max_page_count = 1"
        )  # no more than there are
        while True:
            good(tx)

    with pytest.raises(DatabaseUnavailable):
        await database.run(fills_the_disk)
    file = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
    await database.close()


async def test_work_that_fails_undoes_nothing_but_itself(database_url: str) -> None:
    database = Database(database_url)

    def bad(tx: Transaction) -> None:
        good(tx)
        raise RuntimeError("mine alone")

    results = await asyncio.gather(
        *(database.run(work) for work in [good, bad] * 20), return_exceptions=True
    )
    assert sum(result is None for result in results) == 20
    assert sum(isinstance(result, RuntimeError) for result in results) == 20
    assert await database.run(lambda tx: tx.rows(ALL)) == [NOW] * 20
    await database.close()


async def test_a_session_that_fails_takes_nobody_along(database_url: str) -> None:
    database = Database(database_url)

    def work(number: int, tx: Transaction) -> None:
        tx.session.add(named(f"c{number}"))
        tx.session.flush()
        if number % 2:
            raise RuntimeError("mine alone")

    results = await asyncio.gather(
        *(database.run(partial(work, number)) for number in range(20)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 10
    names = await database.run(lambda tx: sorted(tx.rows(NAMES)))
    assert names == sorted(f"c{number}" for number in range(0, 20, 2))
    await database.close()


async def test_an_attempt_is_undone_when_a_constraint_says_no(database_url: str) -> None:
    database = Database(database_url)
    add = query(insert(table(Counselor)).returning(table(Counselor).c.id), int)

    def twice(tx: Transaction) -> str:
        tx.row(add, name="one")
        try:
            with tx.attempt():
                tx.row(add, name="two")
                tx.row(add, name="one")
        except Conflict:
            return "told"
        return "not told"

    assert await database.run(twice) == "told"
    assert await database.run(lambda tx: tx.rows(NAMES)) == ["one"]
    await database.close()


async def test_one_that_fails_in_a_session_spoils_no_other_of_its_group(
    database_url: str,
) -> None:
    """On SQLite they share a connection and a commit."""
    database = Database(database_url)

    def fails(tx: Transaction) -> None:
        tx.session.add(Counselor(name="lost"))
        tx.session.flush()
        raise RuntimeError("after writing")

    def works(tx: Transaction) -> None:
        tx.session.add(Counselor(name="kept"))

    group = [database.run(each) for each in (good, fails, works, fails)]
    found = await asyncio.gather(*group, return_exceptions=True)
    assert [type(each).__name__ for each in found] == [
        *("NoneType", "RuntimeError", "NoneType", "RuntimeError")
    ]
    assert await database.run(lambda tx: tx.rows(NAMES)) == ["kept"]
    await database.close()


async def test_times_must_be_aware_and_come_back_in_utc(database_url: str) -> None:
    database = Database(database_url)
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a time zone"):
        await database.run(lambda tx: tx.row(ADD, starts_at=naive, ends_at=NOW))
    await database.run(good)
    (found,) = await database.run(lambda tx: tx.rows(ALL))
    assert (found, found.tzinfo) == (NOW, UTC)
    await database.close()


async def test_a_database_that_is_away_is_named_so() -> None:
    database = Database("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(DatabaseUnavailable):
        await database.run(good)
    await database.close()


async def test_nobody_is_answered_before_the_commit(database_url: str) -> None:
    database = Database(database_url)

    def committing(_: object) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the disk is full"))

    event.listen(Engine, "commit", committing)
    with pytest.raises(DatabaseUnavailable):
        await database.run(lambda tx: "done")
    event.remove(Engine, "commit", committing)
    assert await database.run(lambda tx: "done") == "done"
    await database.close()


async def test_what_shares_a_commit_is_answered_together(sqlite_url: str) -> None:
    """Also that it does share one: a commit is what costs."""
    database = Database(sqlite_url)
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    await asyncio.gather(*(database.run(good) for _ in range(MOST_IN_A_GROUP + 1)))
    assert len(commits) == 2
    await database.close()


async def test_the_loop_goes_on_while_sqlite_commits(sqlite_url: str) -> None:
    """And what comes meanwhile shares the next commit."""
    database = Database(sqlite_url)
    commits: list[object] = []

    def slow(connection: object) -> None:
        commits.append(connection)
        time.sleep(1.0)

    event.listen(database.engine, "commit", slow)
    first = asyncio.ensure_future(database.run(good))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    later = [asyncio.ensure_future(database.run(good)) for _ in range(5)]
    await asyncio.sleep(0.05)
    assert time.monotonic() - began < 0.8
    assert not first.done()
    await asyncio.gather(first, *later)
    assert len(commits) == 2
    await database.close()


async def test_what_waits_when_the_database_is_closed_is_done_first(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    waiting = [asyncio.ensure_future(database.run(good)) for _ in range(MOST_IN_A_GROUP + 1)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*waiting)
    assert len(database.run_now(lambda tx: tx.rows(ALL))) == MOST_IN_A_GROUP + 1
    database.engine.dispose()


async def test_the_loop_does_not_stand_still_while_another_process_writes(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    await database.run(good)
    file = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waits = asyncio.ensure_future(database.run(good))
        began = time.monotonic()
        await asyncio.sleep(0.2)
        assert time.monotonic() - began < 1.0
        assert not waits.done()
        other.execute("ROLLBACK")
        await waits
    await database.close()


def test_every_statement_can_be_run_by_the_names_of_its_values() -> None:
    """A value that is named like a column would be written into it."""
    modules = [
        importlib.import_module(each.name)
        for each in pkgutil.walk_packages(store.__path__, "models.store.")
    ]
    found = [
        each for module in modules for each in vars(module).values() if isinstance(each, Statement)
    ]
    assert len(found) > 100
    for statement in found:
        construct: Any = statement.construct
        names = list(construct.compile(dialect=sqlite.dialect()).params)
        plain = str(construct.compile(dialect=sqlite.dialect()))
        assert str(construct.compile(dialect=sqlite.dialect(), column_keys=names)) == plain
