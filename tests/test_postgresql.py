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
from sqlalchemy import Text, bindparam, column, event, func, make_url, select, text, update

from models import writers
from models.database import Database
from models.rules.slots import Slot
from models.sql import addition, change, numbered_addition, query
from models.store import Store
from models.store.bookings import SlotTaken
from models.tables import Counselor, Watch, table
from models.transaction import Transaction
from models.writers import DatabaseUnavailable, Work
from tests.conftest import MakeWorld

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SWEPT: dict[str, bool | int | str] = {"way": "sweep", "works": True, "why": ""}
ADD = numbered_addition(table(Watch), "starts_at", "ends_at", **SWEPT)
ALL = query(select(table(Watch).c.starts_at), lambda at: at)
NAME_OF = query(
    select(table(Counselor).c.name).where(table(Counselor).c.id == bindparam("number")), str
)
PREPARED = query(select(column("statement")).select_from(text("pg_prepared_statements")), str)
ADD_EACH = addition(table(Watch), "starts_at", "ends_at", **SWEPT)
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
        for _ in range(writers.WORKERS - 1)
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
        driver: Any = tx._connection.connection.driver_connection
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
                await asyncio.gather(*(database.run(work) for _ in range(writers.WORKERS * 4)))
                end_everybody(database, postgresql_url)
                await asyncio.sleep(0.1)
            await asyncio.gather(*(database.run(work) for _ in range(writers.WORKERS * 4)))

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


async def test_what_fails_in_any_way_costs_no_worker(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    def cut_off(tx: Transaction) -> None:
        tx.session.add(Counselor(name="lost"))
        tx.session.flush()
        end_everybody(database, postgresql_url)
        tx.session.flush()
        tx.session.connection().exec_driver_sql("SELECT 1")

    def stops(tx: Transaction) -> None:
        raise StopIteration

    for _ in range(writers.WORKERS + 1):
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
        tx.run_each(ADD_EACH, [{"starts_at": NOW, "ends_at": NOW}] * 40)

    async def serve() -> int:
        database = Database(postgresql_url)
        await asyncio.gather(*(database.run(many) for _ in range(writers.WORKERS * 4)))
        found = await database.run(lambda tx: tx.row(HOW_MANY))
        await database.close()
        return found or 0

    assert uvloop.run(serve()) == writers.WORKERS * 4 * 40


async def test_a_connection_that_is_gone_costs_nothing_and_leaves_nothing(
    postgresql_url: str,
) -> None:
    """The loop would hear of its end again and again."""
    database = Database(postgresql_url)
    before = set(os.listdir("/proc/self/fd"))
    await asyncio.gather(*(database.run(good) for _ in range(writers.WORKERS)))
    end_everybody(database, postgresql_url)
    began = time.process_time()
    await asyncio.sleep(0.5)
    assert time.process_time() - began < 0.2
    await asyncio.gather(*(database.run(good) for _ in range(writers.WORKERS)))
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


async def test_postgresql_prepares_a_statement_once_for_numbers_of_any_size(
    postgresql_url: str,
) -> None:
    """And nothing else is asked twice: each preparing costs as much as many answers."""
    database = Database(postgresql_url)

    def work(tx: Transaction) -> list[str]:
        for size in (1, 10**5, 10**10):
            for number in range(6):
                tx.rows(NAME_OF, number=number * size + size)
        return tx.rows(PREPARED)

    prepared = database.run_now(work)
    assert sum("counselors.name" in statement for statement in prepared) == 1
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_nobody_new_and_no_slot_that_is_taken_is_a_rollback(make_world: MakeWorld) -> None:
    """psycopg throws away all that is prepared with each: the turns after it would be slow."""
    world = await make_world("line")
    engine = world.app.database.engine
    rollbacks: list[object] = []
    event.listen(engine, "rollback", rollbacks.append)
    booking = await world.parent().has_booked()
    assert not rollbacks

    def work(tx: Transaction) -> tuple[int, int]:
        store = Store(tx, world.app.office, world.app.vault)
        for number in range(6):
            tx.rows(NAME_OF, number=number)
        before = len(tx.rows(PREPARED))
        slot = Slot(booking.starts_at, booking.counselor_id)
        with pytest.raises(SlotTaken):
            store.bookings.book(booking.job_seeker_id, slot, "consultation", "alone", NOW)
        return before, len(tx.rows(PREPARED))

    before, after = await world.app.database.run(work)
    assert 0 < before <= after


async def test_postgresql_that_was_restarted_is_found_again_without_a_word(
    postgresql_url: str,
) -> None:
    """Nothing of the work can have been stored, so it is simply done again."""
    database = Database(postgresql_url)
    await asyncio.gather(*(database.run(good) for _ in range(writers.WORKERS * 4)))
    end_everybody(database, postgresql_url)
    await asyncio.gather(*(database.run(good) for _ in range(writers.WORKERS * 4)))
    found = await database.run(lambda tx: tx.rows(ALL))
    assert len(found) == writers.WORKERS * 8
    await database.close()
