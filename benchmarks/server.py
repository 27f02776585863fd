"""The servers that are measured, each in a process of its own: `python -m benchmarks.server SIDE`.

counter   the program itself, senders off: answered turns, replies waiting in the outbox
bare      the same HTTP server after signature and JSON alone, without a database
driver    the raw driver with three reads and three writes, one commit a turn
"""

import asyncio
import base64
import hashlib
import hmac
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app import App, http_server, stop_on_signals
from bot.settings import Settings
from models.migrations import migrate
from models.office import load
from models.store import Store
from models.store.seekers import Details
from models.vault import new_data_key

SECRET = "0123456789abcdef"  # noqa: S105  # between two processes on loopback
COUNSELORS = 6
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


def driver(folder: Path) -> Starlette:
    thread = ThreadPoolExecutor(1)
    connection: list[sqlite3.Connection] = []

    def prepare() -> None:
        made = sqlite3.connect(folder / "driver.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE contacts (id INTEGER PRIMARY KEY, person TEXT UNIQUE, turns INTEGER)",
            "CREATE TABLE inbox (event_id TEXT PRIMARY KEY, person TEXT)",
            "CREATE TABLE outbox (id INTEGER PRIMARY KEY, person TEXT, body TEXT)",
        ):
            made.execute(statement)
        connection.append(made)

    def turn(event: dict[str, Any]) -> None:
        (found,) = connection
        person, event_id = event["source"]["userId"], event["webhookEventId"]
        found.execute("BEGIN IMMEDIATE")
        found.execute("SELECT * FROM inbox WHERE event_id = ?", (event_id,)).fetchone()
        found.execute("SELECT * FROM contacts WHERE person = ?", (person,)).fetchone()
        found.execute("SELECT * FROM outbox WHERE id = ?", (len(person),)).fetchone()
        found.execute("INSERT INTO inbox VALUES (?, ?)", (event_id, person))
        found.execute(
            "INSERT INTO contacts (person, turns) VALUES (?, 1)"
            " ON CONFLICT (person) DO UPDATE SET turns = turns + 1",
            (person,),
        )
        found.execute("INSERT INTO outbox (person, body) VALUES (?, ?)", (person, "x" * 1500))
        found.execute("COMMIT")

    async def webhook(request: Request) -> Response:
        read = await signed_json(request)
        if read is None:
            return Response(status_code=401)
        loop = asyncio.get_running_loop()
        for event in read["events"]:
            await loop.run_in_executor(thread, turn, event)
        return Response(status_code=200)

    thread.submit(prepare).result()
    return Starlette(routes=[Route("/webhooks/line", webhook, methods=["POST"])])


def counter(folder: Path) -> Starlette:
    settings = Settings(
        database_url=f"sqlite:///{folder}/counter.db",
        data_key=new_data_key(),
        public_url="https://counter.test",
        line_channel_secret=SECRET,
        line_channel_access_token="nobody is asked",  # noqa: S106
        line_api_base="http://127.0.0.1:9",
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

    app.database.run_now(lambda tx: furnish(Store(tx, app.office, app.vault)))
    app.web.app.router.routes += [
        Route("/bench/form/{person}", form),
        Route("/bench/free", free),
        Route("/bench/booked", booked),
    ]
    return app.web.app


async def serve(side: str, folder: Path, port: int) -> None:
    sides: dict[str, Callable[[], Starlette]] = {
        "counter": lambda: counter(folder),
        "bare": bare,
        "driver": lambda: driver(folder),
    }
    server = http_server(sides[side](), "127.0.0.1", port)
    stop_on_signals(server)
    await server.serve()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
