"""What the program is measured beside: the same HTTP server, signature and JSON, with next to
nothing behind it."""

import asyncio
import base64
import hashlib
import hmac
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import orjson
import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from benchmarks.load import SECRET

GROUP = 64
POSTGRESQL_WORKERS = 4
_REPLY = "x" * 1500


class Act(NamedTuple):
    """One event: who and which."""

    person: str
    event_id: str


Job = tuple[Act, Callable[[], object]]
Jobs = queue.SimpleQueue[Job]


def bare() -> Starlette:
    """Signature and JSON alone."""

    async def nothing(act: Act) -> None:
        pass

    return _webhooks(nothing)


def sqlite_driver(folder: Path, *, group: int, posts_to: int | None = None) -> Starlette:
    """Return the raw driver in a thread; at most `group` turns share a commit. With a port, one
    bare POST a turn goes there after the commit."""
    jobs: Jobs = queue.SimpleQueue()
    file = folder / f"raw{group}-{posts_to}.db"
    threading.Thread(target=_write_sqlite, args=(file, jobs, group), daemon=True).start()
    return _webhooks(partial(_through, jobs), posts_to)


def postgresql_driver(url: str) -> Starlette:
    """Return the raw driver in a few threads, one transaction a turn."""
    jobs: Jobs = queue.SimpleQueue()
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _TABLES:
            connection.execute(statement.encode())
    for _ in range(POSTGRESQL_WORKERS):
        threading.Thread(target=_write_postgresql, args=(url, jobs), daemon=True).start()
    return _webhooks(partial(_through, jobs))


def _webhooks(work: Callable[[Act], Any], posts_to: int | None = None) -> Starlette:
    waiting = 0
    client: list[aiohttp.ClientSession] = []  # made once there is a loop
    under_way: set[asyncio.Task[None]] = set()

    async def post() -> None:
        nonlocal waiting
        if not client:
            client.append(aiohttp.ClientSession())
        address = f"http://127.0.0.1:{posts_to}/v2/bot/message/reply"
        async with client[0].post(address, data=_REPLY.encode()) as answer:
            await answer.read()
        waiting -= 1

    async def webhook(request: Request) -> Response:
        nonlocal waiting
        body = await request.body()
        if not _is_signed(request, body):
            return Response(status_code=401)
        await work(_act(orjson.loads(body)))
        if posts_to:
            waiting += 1
            task = asyncio.create_task(post())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        return Response()

    async def form(request: Request) -> Response:
        await work(Act(request.path_params["person"], f"form of {request.path_params['person']}"))
        return Response()

    async def count(request: Request) -> Response:
        return PlainTextResponse(str(waiting))

    return Starlette(
        routes=[
            Route("/webhooks/{channel}", webhook, methods=["POST"]),
            Route("/bench/form/{channel}/{person}", form),
            Route("/bench/waiting", count),
        ]
    )


def _is_signed(request: Request, body: bytes) -> bool:
    if request.path_params["channel"] == "line":
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        given = request.headers.get("x-line-signature", "")
        return hmac.compare_digest(base64.b64encode(digest), given.encode())
    given = request.headers.get("x-telegram-bot-api-secret-token", "")
    return hmac.compare_digest(SECRET.encode(), given.encode())


def _act(read: dict[str, Any]) -> Act:
    if "events" in read:
        (event,) = read["events"]
        return Act(event["source"]["userId"], event["webhookEventId"])
    return Act(str(read["callback_query"]["from"]["id"]), str(read["update_id"]))


async def _through(jobs: Jobs, act: Act) -> None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    jobs.put((act, partial(loop.call_soon_threadsafe, done.set_result, None)))
    await done


_TABLES = (
    "CREATE TABLE contacts (person TEXT PRIMARY KEY, turns INTEGER)",
    "CREATE TABLE inbox (event_id TEXT PRIMARY KEY, person TEXT)",
    "CREATE TABLE outbox (event_id TEXT PRIMARY KEY, person TEXT, body TEXT)",
)


def _statements(act: Act) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Three reads and three writes."""
    yield "SELECT * FROM inbox WHERE event_id = ?", (act.event_id,)
    yield "SELECT * FROM contacts WHERE person = ?", (act.person,)
    yield "SELECT * FROM outbox WHERE event_id = ?", (act.event_id,)
    yield "INSERT INTO inbox VALUES (?, ?)", (act.event_id, act.person)
    yield (
        "INSERT INTO contacts (person, turns) VALUES (?, 1)"
        " ON CONFLICT (person) DO UPDATE SET turns = contacts.turns + 1",
        (act.person,),
    )
    yield "INSERT INTO outbox VALUES (?, ?, ?)", (act.event_id, act.person, _REPLY)


def _write_sqlite(file: Path, jobs: Jobs, group: int) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *_TABLES):
        connection.execute(statement)
    while True:
        together = [jobs.get()]
        while len(together) < group and not jobs.empty():
            together.append(jobs.get())
        connection.execute("BEGIN IMMEDIATE")
        for act, _ in together:
            for sql, values in _statements(act):
                connection.execute(sql, values).fetchall()
        connection.execute("COMMIT")
        for _, done in together:
            done()


def _write_postgresql(url: str, jobs: Jobs) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            act, done = jobs.get()
            with connection.transaction():
                for sql, values in _statements(act):
                    found = connection.execute(sql.replace("?", "%s").encode(), values)
                    if found.description:
                        found.fetchall()
            done()
