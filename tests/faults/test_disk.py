"""Faults 7 and 8: the database is away, locked or restarted; the disk is full at any write; a
backup is cut short. Nobody gets a 200 or a confirmation for what is not stored, and all goes on by
itself."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot import backup
from models.database import Transaction, engine
from models.office import Office
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import about_to_book, gets_through
from tests.world import World


async def test_the_database_is_locked(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, how_many: Count, trials: Note
) -> None:
    """Another program holds the write lock of SQLite for longer than we wait."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    count = how_many(3, 100)
    world: World = await make_world("line", counselors=4)
    if not world.app.core.settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite's lock")
    file = world.app.core.settings.database_url.removeprefix("sqlite:///")
    for _ in range(count):
        parent, event = await about_to_book(world)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await world.line.deliver([event]) == 503
            other.execute("ROLLBACK")
        await gets_through(world, parent, event)
    trials("7: SQLite locked", count)


async def test_the_database_is_gone_and_comes_back(
    make_world: MakeWorld, how_many: Count, trials: Note
) -> None:
    """PostgreSQL ends all connections and takes no new one, as in a restart."""
    count = how_many(3, 100)
    world: World = await make_world("line", counselors=4)
    url = world.app.core.settings.database_url
    if not url.startswith("postgresql"):
        pytest.skip("PostgreSQL's connections")
    name = url.split("/")[3].split("?")[0]
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as other:
        for _ in range(count):
            parent, event = await about_to_book(world)
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            assert await world.line.deliver([event]) == 503
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
            await gets_through(world, parent, event)
    trials("7: PostgreSQL gone and back", count)


async def test_the_disk_is_full(make_world: MakeWorld, how_many: Count, trials: Note) -> None:
    """At any write: the file may grow by so many pages and no more."""
    count = how_many(5, 100)
    world: World = await make_world("line", counselors=4)
    if not world.app.core.settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite's pages")
    full = 0
    for number in range(count):
        parent, event = await about_to_book(world)
        _leave_no_free_page(world)
        await _may_grow(world, number % 3)
        status = await world.line.deliver([event])
        assert status in (200, 503)
        if status == 503:
            full += 1
            taken = await world.rows("SELECT event_id FROM inbox")
            assert (event["webhookEventId"],) not in taken
        await _may_grow(world, 1_000_000)
        await gets_through(world, parent, event)
    assert full >= count // 3
    assert await world.rows("PRAGMA integrity_check") == [("ok",)]
    trials("8: disk full", count)


def test_a_backup_cut_short(
    tmp_path: Path, sqlite_template: Path, office: Office, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(10, 100), random.Random(88)
    live, good, torn = tmp_path / "live.db", tmp_path / "good", tmp_path / "torn"
    shutil.copyfile(sqlite_template, live)
    backup.backup(f"sqlite:///{live}", good, MONDAY)
    before, content = live.read_bytes(), good.read_bytes()
    for _ in range(count):
        torn.write_bytes(content[: dice.randrange(len(content))])
        with pytest.raises(backup.BackupError):
            backup.restore(f"sqlite:///{live}", torn, None, office, MONDAY)
        assert live.read_bytes() == before
    backup.restore(f"sqlite:///{live}", good, None, office, MONDAY)
    trials("8: backup cut short", count)


def _leave_no_free_page(world: World) -> None:
    file = world.app.core.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as other:
        other.execute("VACUUM")


async def _may_grow(world: World, pages: int) -> None:
    """How many pages more the file may have."""

    def limit(tx: Transaction) -> None:
        connection = tx.session.connection()
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {now + pages}")

    await world.app.core.database.run(limit)
