"""The servers that are measured, each in a process of its own: `python -m benchmarks.server SIDE`.

counter   the program itself, senders off: answered turns, replies waiting in the outbox
bare      the same HTTP server after signature and JSON alone, without a database
group     the raw driver with three reads and three writes, one commit for all turns that wait
driver    the same, one commit a turn
"""

import asyncio
import base64
import hashlib
import hmac
import queue
import secrets
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.app import App, http_server, stop_on_signals
from bot.settings import Settings
from models.migrations import migrate
from models.office import load
from models.rules.eligibility import ITEMS, Card
from models.store import Store
from models.store.seekers import Details
from models.vault import new_data_key

SECRET = "0123456789abcdef"  # noqa: S105  # between two processes on loopback
COUNSELORS = 6
GROUP = 64

Job = tuple[dict[str, Any], Callable[[], object]]
OFFICE = Path("offices/hiroshima-mothers.toml")


def is_signed(body: bytes, signature: str) -> bool:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())


async def signed_json(request: Request) -> dict[str, Any] | None:
    body = await request.body()
    if not is_signed(body, request.headers.get("x-line-signature", "")):
        return None
    read: dict[str, Any] = orjson.loads(body)
    return read


def bare() -> Starlette:
    async def webhook(request: Request) -> Response:
        return Response(status_code=200 if await signed_json(request) else 401)

    return Starlette(routes=[Route("/webhooks/line", webhook, methods=["POST"])])


def raw(folder: Path, *, group: int) -> Starlette:
    """The raw driver in a thread; at most `group` turns share a commit."""
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=write, args=(folder, jobs, group), daemon=True).start()

    async def webhook(request: Request) -> Response:
        read = await signed_json(request)
        if read is None:
            return Response(status_code=401)
        loop = asyncio.get_running_loop()
        for event in read["events"]:
            done: asyncio.Future[None] = loop.create_future()
            jobs.put((event, partial(loop.call_soon_threadsafe, done.set_result, None)))
            await done
        return Response(status_code=200)

    return Starlette(routes=[Route("/webhooks/line", webhook, methods=["POST"])])


def write(folder: Path, jobs: "queue.SimpleQueue[Job]", group: int) -> None:
    connection = sqlite3.connect(folder / f"raw{group}.db", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE contacts (id INTEGER PRIMARY KEY, person TEXT UNIQUE, turns INTEGER)",
        "CREATE TABLE inbox (event_id TEXT PRIMARY KEY, person TEXT)",
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY, person TEXT, body TEXT)",
    ):
        connection.execute(statement)
    while True:
        together = [jobs.get()]
        while len(together) < group and not jobs.empty():
            together.append(jobs.get())
        connection.execute("BEGIN IMMEDIATE")
        for event, _ in together:
            turn(connection, event)
        connection.execute("COMMIT")
        for _, done in together:
            done()


def turn(connection: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Three reads and three writes."""
    person, event_id = event["source"]["userId"], event["webhookEventId"]
    connection.execute("SELECT * FROM inbox WHERE event_id = ?", (event_id,)).fetchone()
    connection.execute("SELECT * FROM contacts WHERE person = ?", (person,)).fetchone()
    connection.execute("SELECT * FROM outbox WHERE id = ?", (len(person),)).fetchone()
    connection.execute("INSERT INTO inbox VALUES (?, ?)", (event_id, person))
    connection.execute(
        "INSERT INTO contacts (person, turns) VALUES (?, 1)"
        " ON CONFLICT (person) DO UPDATE SET turns = turns + 1",
        (person,),
    )
    connection.execute("INSERT INTO outbox (person, body) VALUES (?, ?)", (person, "x" * 1500))


def counter(folder: Path, port: int) -> Starlette:
    settings = Settings(
        database_url=f"sqlite:///{folder}/counter.db",
        data_key=new_data_key(),
        public_url="https://counter.test",
        line_channel_secret=SECRET,
        line_channel_access_token="nobody is asked",  # noqa: S106
        line_api_base=f"http://127.0.0.1:{port}/bench/line",
    )
    app = App(settings, load(OFFICE))
    migrate(app.database.engine)

    def furnish(store: Store) -> None:
        store.terms.publish("規約", date(2025, 10, 17), app.clock())
        week = [(weekday, time(10), time(16)) for weekday in range(5)]
        for number in range(COUNSELORS):
            store.calendar.add_counselor(f"相談員{number}", "https://zoom.us/j/1", week)

    def fill_in(store: Store, person: str) -> None:
        contact = store.contacts.add("line", person, "ja", app.clock())
        details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-1234567")
        store.seekers.keep_details(contact.id, details, app.clock())

    def slots(store: Store) -> list[str]:
        days = store.calendar.days(app.clock(), holder=0).free
        return [
            f"{s.starts_at:%Y%m%d%H%M}:{s.counselor_id}" for free in days.values() for s in free
        ]

    async def form(request: Request) -> Response:
        """In place of the form's page: its link waits in the outbox, since nothing is sent."""
        person = request.path_params["person"]
        await app.database.run(lambda tx: fill_in(Store(tx, app.office, app.vault), person))
        return Response()

    async def free(request: Request) -> Response:
        found = await app.database.run(lambda tx: slots(Store(tx, app.office, app.vault)))
        return PlainTextResponse(" ".join(found))

    async def booked(request: Request) -> Response:
        (count,) = await app.database.run(
            lambda tx: (
                tx.session.connection().exec_driver_sql("SELECT count(*) FROM bookings").one()
            )
        )
        return PlainTextResponse(str(count))

    async def taken(request: Request) -> Response:
        found = await app.database.run(
            lambda tx: (
                tx.session.connection()
                .exec_driver_sql("SELECT counselor_id, starts_at FROM bookings")
                .all()
            )
        )
        slots = [f"{counselor_id}@{str(start).replace(' ', 'T')}" for counselor_id, start in found]
        return PlainTextResponse(" ".join(slots))

    async def profile(request: Request) -> Response:
        """LINE tells the language of somebody new."""
        person = request.path_params["person"]
        return JSONResponse({"userId": person, "displayName": "Parent", "language": "ja"})

    def settle(store: Store, count: int) -> list[str]:
        """People who have settled everything and are about to book."""
        people = []
        for _ in range(count):
            person, now = "U" + secrets.token_hex(16), app.clock()
            contact = store.contacts.add("line", person, "ja", now)
            version = store.terms.in_force(now.date())
            assert version is not None
            store.terms.record_consent(
                contact.id, version, given=True, at=now, channel="line", event_id="bench"
            )
            for card in Card:
                store.declarations.record(contact.id, card, list(ITEMS[card]), holds=True, at=now)
            number = f"34010-{contact.id:07}"
            details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", number)
            store.seekers.keep_details(contact.id, details, now)
            people.append(person)
        return people

    async def crowd(request: Request) -> Response:
        count = int(request.path_params["count"])
        people = await app.database.run(lambda tx: settle(Store(tx, app.office, app.vault), count))
        return PlainTextResponse(" ".join(people))

    app.database.run_now(lambda tx: furnish(Store(tx, app.office, app.vault)))
    app.web.app.router.routes += [
        Route("/bench/form/{person}", form),
        Route("/bench/free", free),
        Route("/bench/booked", booked),
        Route("/bench/taken", taken),
        Route("/bench/crowd/{count:int}", crowd),
        Route("/bench/line/v2/bot/profile/{person}", profile),
    ]
    return app.web.app


async def serve(side: str, folder: Path, port: int) -> None:
    sides: dict[str, Callable[[], Starlette]] = {
        "counter": lambda: counter(folder, port),
        "bare": bare,
        "group": lambda: raw(folder, group=GROUP),
        "driver": lambda: raw(folder, group=1),
    }
    server = http_server(sides[side](), "127.0.0.1", port)
    stop_on_signals(server)
    await server.serve()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
