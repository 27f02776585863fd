"""PostgreSQL: the loop goes on while it works, and what of it goes away is found again."""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
import uvloop
from sqlalchemy import Text, bindparam, column, func, insert, make_url, select, text, update

from models.database import Database, DatabaseUnavailable, Transaction, change, query
from models.database.engine import CONNECTIONS
from models.database.transaction import Work
from models.tables import Counselor, Watch, table
from tests.conftest import MakeWorld
from tests.world import World

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
ADD = query(insert(table(Watch)).values(way="sweep", works=True).returning(table(Watch).c.id), int)
ALL = query(select(table(Watch).c.starts_at), lambda at: at)
NAME_OF = query(
    select(table(Counselor).c.name).where(table(Counselor).c.id == bindparam("number")), str
)
PREPARED = query(select(column("statement")).select_from(text("pg_prepared_statements")), str)
ADD_EACH = change(insert(table(Watch)).values(way="sweep", works=True))
HOW_MANY = query(select(func.count()).select_from(table(Watch)), int)
LENGTH_OF = query(select(func.length(bindparam("words", type_=Text))), int)
OPTIONS = (
    *(socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT),
    socket.TCP_USER_TIMEOUT,
)
EVERYBODY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def good(tx: Transaction) -> None:
    tx.row(ADD, starts_at=NOW, ends_at=NOW)


def named(tx: Transaction) -> None:
    tx.session.add(Counselor(name=secrets.token_hex(8)))


def rest(tx: Transaction, *, seconds: float) -> None:
    """Have PostgreSQL take its time."""
    tx.session.connection().exec_driver_sql("SELECT pg_sleep(%s)", (seconds,))


def end_everybody(database: Database, url: str) -> None:
    """What a restart does to the connections."""
    name = database.engine.url.database
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?")) as other:
        other.execute(EVERYBODY, (name,))


async def test_the_loop_goes_on_while_postgresql_works(postgresql_url: str) -> None:
    """And so does the work of others."""
    database = Database(postgresql_url)
    slow = [
        asyncio.ensure_future(database.run(partial(rest, seconds=1.0)))
        for _ in range(CONNECTIONS - 1)
    ]
    began = time.monotonic()
    await asyncio.sleep(0.1)
    for _ in range(3):
        await database.run(good)
    assert time.monotonic() - began < 0.8
    assert not any(each.done() for each in slow)
    await asyncio.gather(*slow)
    await database.close()


async def test_the_loop_goes_on_while_nobody_takes_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        waits = asyncio.ensure_future(database.run(good))
        began = time.monotonic()
        await asyncio.sleep(0.2)
        assert time.monotonic() - began < 1.0
        assert not waits.done()
    with pytest.raises(DatabaseUnavailable):
        await waits
    await database.close()


async def test_a_machine_that_is_gone_without_a_word_is_noticed(postgresql_url: str) -> None:
    def options(tx: Transaction) -> list[int]:
        driver: Any = tx.session.connection().connection.driver_connection
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as used:
            return [used.getsockopt(socket.IPPROTO_TCP, each) for each in OPTIONS]

    async with over_a_network(postgresql_url) as database:
        assert await database.run(options) == [30, 10, 3, 30_000]


@pytest.mark.parametrize("loop", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("work", [good, named], ids=["statement", "session"])
def test_postgresql_that_was_restarted_is_found_again_over_a_network(
    postgresql_url: str, loop: Callable[[Awaitable[None]], None], work: Work[None]
) -> None:
    """Where what comes first after the end is a reset, of which uvloop tells once."""

    async def serve() -> None:
        async with over_a_network(postgresql_url) as database:
            for _ in range(3):
                await asyncio.gather(*(database.run(work) for _ in range(CONNECTIONS * 4)))
                end_everybody(database, postgresql_url)
                await asyncio.sleep(0.1)
            await asyncio.gather(*(database.run(work) for _ in range(CONNECTIONS * 4)))

    loop(asyncio.wait_for(serve(), 20))


@contextlib.asynccontextmanager
async def over_a_network(url: str) -> AsyncIterator[Database]:
    """PostgreSQL by a port that leads to its socket: it listens to none here."""
    address = make_url(url)
    name = address.database

    ways = asyncio.TaskGroup()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = f"{address.query['host']}/.s.PGSQL.5432"
        further, back = await asyncio.open_unix_connection(path)
        ways.create_task(_carry(reader, back))
        ways.create_task(_carry(further, writer))

    async with ways:
        server = await asyncio.start_server(lead, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        database = Database(f"postgresql://postgres@127.0.0.1:{port}/{name}")
        try:
            yield database
            await database.close()
        finally:
            server.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    with contextlib.suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()


async def test_what_fails_in_any_way_costs_no_connection(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    def cut_off(tx: Transaction) -> None:
        tx.session.add(Counselor(name="lost"))
        tx.session.flush()
        end_everybody(database, postgresql_url)
        tx.session.flush()
        tx.session.connection().exec_driver_sql("SELECT 1")

    def stops(tx: Transaction) -> None:
        raise StopIteration

    for _ in range(CONNECTIONS + 1):
        await database.run(good)  # so that the connection is not new
        for work, error in ((cut_off, DatabaseUnavailable), (stops, RuntimeError)):
            with pytest.raises(error):
                await asyncio.wait_for(database.run(work), 10)
    assert await database.run(lambda tx: tx.rows(NAME_OF, number=1)) == []
    await asyncio.wait_for(database.close(), 5)


async def test_more_than_a_connection_takes_at_once_gets_through(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    long = "x" * 20_000_000
    got = database.run(lambda tx: tx.row(LENGTH_OF, words=long))
    assert await asyncio.wait_for(got, 20) == len(long)
    await database.close()


def test_on_the_loop_that_serves_it_works_side_by_side_too(postgresql_url: str) -> None:
    def many(tx: Transaction) -> None:
        for _ in range(40):
            tx.run(ADD_EACH, starts_at=NOW, ends_at=NOW)

    async def serve() -> int:
        database = Database(postgresql_url)
        await asyncio.gather(*(database.run(many) for _ in range(CONNECTIONS * 4)))
        found = await database.run(lambda tx: tx.row(HOW_MANY))
        await database.close()
        return found or 0

    assert uvloop.run(serve()) == CONNECTIONS * 4 * 40


async def test_a_connection_that_is_gone_costs_nothing_and_leaves_nothing(
    postgresql_url: str,
) -> None:
    """The loop would hear of its end again and again."""
    database = Database(postgresql_url)
    before = set(os.listdir("/proc/self/fd"))
    await asyncio.gather(*(database.run(good) for _ in range(CONNECTIONS)))
    end_everybody(database, postgresql_url)
    began = time.process_time()
    await asyncio.sleep(0.5)
    assert time.process_time() - began < 0.2
    await asyncio.gather(*(database.run(good) for _ in range(CONNECTIONS)))
    await database.close()
    assert set(os.listdir("/proc/self/fd")) <= before


async def test_what_is_cut_off_in_the_middle_is_told_so(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    cut = asyncio.ensure_future(database.run(partial(rest, seconds=30)))
    await asyncio.sleep(0.3)
    end_everybody(database, postgresql_url)
    with pytest.raises(DatabaseUnavailable):
        await asyncio.wait_for(cut, 5)
    await database.run(good)
    await database.close()


async def test_two_that_wait_for_each_other_both_get_through(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    touch = change(
        update(table(Watch)).where(table(Watch).c.id == bindparam("row")).values(ends_at=NOW)
    )
    await database.run(good)
    await database.run(good)
    tried: list[tuple[int, int]] = []

    def crosswise(rows: tuple[int, int], tx: Transaction) -> None:
        tx.run(touch, row=rows[0])
        tried.append(rows)
        while len(set(tried)) < 2:
            rest(tx, seconds=0.01)  # both hold one row, and want the other's
        tx.run(touch, row=rows[1])

    await asyncio.gather(*(database.run(partial(crosswise, rows)) for rows in ((1, 2), (2, 1))))
    # PostgreSQL broke one off, which was tried again, perhaps more than once.
    assert len(tried) >= 3
    await database.close()


async def test_postgresql_that_was_restarted_is_found_again_without_a_word(
    postgresql_url: str,
) -> None:
    """Nothing of the work can have been stored, so it is simply done again."""
    database = Database(postgresql_url)
    await asyncio.gather(*(database.run(good) for _ in range(CONNECTIONS * 4)))
    end_everybody(database, postgresql_url)
    await asyncio.gather(*(database.run(good) for _ in range(CONNECTIONS * 4)))
    found = await database.run(lambda tx: tx.rows(ALL))
    assert len(found) == CONNECTIONS * 8
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_one_persons_presses_leave_connections_to_others(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    busy, other = world.parent(), world.parent()
    for each in (busy, other):
        await each.says("こんにちは")
    url = world.app.core.settings.database_url
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(
            "SELECT 1 FROM contacts WHERE person = %s FOR UPDATE", (busy.person,)
        )
        events = [
            world.line.event(busy.person, "postback", postback={"data": "menu/1"})
            for _ in range(CONNECTIONS * 2)
        ]
        pressing = [asyncio.ensure_future(world.line.deliver([each])) for each in events]
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await other.says("予約")
        assert time.monotonic() - began < 2
        assert not any(each.done() for each in pressing)
        await connection.rollback()
    assert set(await asyncio.gather(*pressing)) == {200}
