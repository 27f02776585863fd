"""A house whose program runs in processes that may die, while the platforms, the clock and the
database live on."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.responses import Response

from bot.sandbox.line_server import LineServer
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.zoom_server import ZoomServer
from models.booking import Booking
from models.database import Database
from models.office import load
from models.rules.slots import Slot
from models.store import Store
from models.tables import Companion
from models.vault import Vault, new_data_key
from tests.faults.boundaries import AFTER_THE_REQUEST, AFTER_ZOOM_DID_IT
from tests.faults.clock import SharedClock
from tests.faults.people import settle
from tests.platforms import Platforms

ROOT = Path(__file__).parent.parent.parent
OFFICE = ROOT / "offices" / "hiroshima-mothers.toml"
# A Monday, 9:00 in Hiroshima.
START = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
COUNSELORS = 40
_LEASE = 121.0  # seconds after which what a dead process held is taken up, errands last
_PATIENCE = 20.0


class KillingLine(LineServer):
    """LINE, which can do something at the moment in which it has accepted."""

    on_accept: Callable[[], None] = staticmethod(lambda: None)

    def _accept(self, *arguments: Any, **named: Any) -> list[str]:
        ids = super()._accept(*arguments, **named)
        self.on_accept()
        return ids


class KillingTelegram(TelegramServer):
    """The same of Telegram."""

    on_accept: Callable[[], None] = staticmethod(lambda: None)

    def _send_message(self, body: dict[str, Any]) -> dict[str, Any]:
        sent = super()._send_message(body)
        self.on_accept()
        return sent


class KillingZoom(ZoomServer):
    """The same of Zoom, when it has done what was asked."""

    on_accept: Callable[[], None] = staticmethod(lambda: None)

    def _unless_lost(self, answer: Response) -> Response:
        self.on_accept()
        return super()._unless_lost(answer)


@dataclass
class Parent:
    """Somebody who has settled everything and is about to book, or has booked."""

    person: Any
    contact_id: int
    seeker_id: int


@dataclass
class House:
    """One office's program on one database and one channel."""

    channel: str
    url: str
    folder: Path
    line: KillingLine
    telegram: KillingTelegram
    zoom: KillingZoom
    clock: SharedClock
    nursery: asyncio.subprocess.Process
    web: httpx.AsyncClient
    settings: dict[str, Any]
    database: Database
    pid: int = 0
    slots: list[Slot] = field(default_factory=list)
    without: str = ""  # the guard that is taken away

    @property
    def logged(self) -> str:
        """Everything that the servers have logged."""
        return (self.folder / "log").read_text()

    @property
    def vault(self) -> Vault:
        return Vault(self.settings["data_key"])

    def store(self, question: Callable[[Store], Any]) -> Any:
        """Ask the store something, beside the program."""
        office = load(OFFICE)
        return self.database.run_now(lambda tx: question(Store(tx, office, self.vault)))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database itself, without its write lock."""
        if self.url.startswith("sqlite"):
            file = self.url.removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as own:
                return own.execute(sql, values).fetchall()
        with self.database.engine.connect() as connection:
            return [
                tuple(row) for row in connection.exec_driver_sql(sql.replace("?", "%s"), values)
            ]

    def change(self, sql: str, *values: object) -> None:
        """Change the database itself, beside the program."""
        with self.database.engine.begin() as connection:
            mark = "?" if self.url.startswith("sqlite") else "%s"
            connection.exec_driver_sql(sql.replace("?", mark), values)

    async def start(self, boundary: str = "") -> None:
        """A server that is to die at a boundary, or one that lives."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        order = {
            "settings": self.settings,
            "office": str(OFFICE),
            "clock": str(self.clock.file),
            "boundary": boundary,
            "without": self.without,
        }
        self.nursery.stdin.write(json.dumps(order).encode() + b"\n")
        born = json.loads(await self.nursery.stdout.readline())
        self.pid = born["pid"]
        base = f"http://127.0.0.1:{born['port']}"
        self.line.webhook_url = f"{base}/webhooks/line"
        self.telegram.webhook_url = f"{base}/webhooks/telegram"
        self.line.on_accept = self.telegram.on_accept = self._kills(boundary == AFTER_THE_REQUEST)
        self.zoom.on_accept = self._kills(boundary == AFTER_ZOOM_DID_IT)

    def _kills(self, dies_there: bool) -> Callable[[], None]:
        return self.kill if dies_there else lambda: None

    def kill(self) -> None:
        """kill -9; it may be dead already."""
        self._signal(self.pid, signal.SIGKILL)

    async def stop_when_accepted(self) -> int:
        """Wait until a platform has accepted something of the server that runs, and stop the
        server at that moment; says which it is."""
        pid, accepted = self.pid, asyncio.Event()

        def stop() -> None:
            self.line.on_accept = self.telegram.on_accept = lambda: None
            self._signal(pid, signal.SIGSTOP)
            accepted.set()

        self.line.on_accept = self.telegram.on_accept = stop
        await asyncio.wait_for(accepted.wait(), _PATIENCE)
        while self._holds_the_file():
            # Whoever is stopped in mid-transaction keeps all others out of SQLite's file, whatever
            # anybody does: that is another fault, and a short one.
            self._signal(pid, signal.SIGCONT)
            await asyncio.sleep(0.01)
            self._signal(pid, signal.SIGSTOP)
        return pid

    def _holds_the_file(self) -> bool:
        """Whether somebody holds SQLite's write lock, and keeps it."""
        if not self.url.startswith("sqlite"):
            return False
        file = self.url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(file, timeout=0.5, isolation_level=None)) as own:
            try:
                own.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            own.execute("ROLLBACK")
        return False

    def let_go_on(self, pid: int) -> None:
        """Continue a server that was stopped."""
        self._signal(pid, signal.SIGCONT)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    async def is_dead(self) -> None:
        """Wait for the end of the server."""
        async with asyncio.timeout(_PATIENCE):
            while _is_alive(self.pid):
                await asyncio.sleep(0.002)

    def somebody(self) -> Parent:
        """A person who has agreed, declared and filled in the form."""
        person: Any = self.line.person() if self.channel == "line" else self.telegram.person()
        person.follows = True

        settled = self.store(
            lambda store: settle(store, self.channel, str(person.user_id), self.clock())
        )
        return Parent(person, *settled)

    def slot(self) -> Slot:
        """A slot that nobody has had yet in this house."""
        if not self.slots:
            days = self.store(lambda store: store.calendar.days(self.clock(), holder=0)).free
            self.slots = [slot for slots in days.values() for slot in slots]
        return self.slots.pop()

    def has_booked(self, parent: Parent) -> Booking:
        """Somebody has a booking."""
        slot, now = self.slot(), self.clock()
        booked: Booking = self.store(
            lambda store: store.bookings.book(
                parent.seeker_id, slot, "consultation", Companion.ALONE, now
            )
        )
        return booked

    def owes_a_reminder(self, parent: Parent) -> None:
        """Somebody has a booking whose reminder is due."""
        self.has_booked(parent)
        self.change(
            "UPDATE bookings SET remind_at = created_at WHERE job_seeker_id = ?", parent.seeker_id
        )

    def pressing(self, parent: Parent, data: str) -> dict[str, Any]:
        """The event of a press, as the platform would deliver it, again and again if need be."""
        if self.channel == "line":
            return self.line.event(parent.person.user_id, "postback", postback={"data": data})
        return self.telegram.numbered(self.telegram.pressed(parent.person, data))

    async def deliver(self, event: dict[str, Any]) -> int:
        """Deliver an event; 0 when there was no answer."""
        try:
            if self.channel == "line":
                return await self.line.deliver([event])
            return await self.telegram.deliver_again(event)
        except httpx.HTTPError:
            return 0

    async def settle(self) -> None:
        """Let the program that runs do all that waits: when its leases have ended, what the dead
        one held is free again."""
        self.clock.go_on(seconds=_LEASE)
        async with asyncio.timeout(_PATIENCE):
            while True:
                await self._wake()
                (waiting,) = self.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'")
                (due,) = self.rows(
                    "SELECT count(*) FROM bookings WHERE remind_at <= ?", self._now_in_sql()
                )
                (errands,) = self.rows(
                    "SELECT count(*) FROM errands WHERE state = 'waiting'"
                    " AND (in_flight OR due_at <= ?)",
                    self._now_in_sql(),
                )
                if waiting == due == errands == (0,):
                    return
                await asyncio.sleep(0.02)
                self.clock.go_on(seconds=1)

    def _now_in_sql(self) -> object:
        now = self.clock()
        return now.strftime("%Y-%m-%d %H:%M:%S") if self.url.startswith("sqlite") else now

    async def _wake(self) -> None:
        """An empty webhook makes the sender look."""
        with contextlib.suppress(httpx.HTTPError):
            await self.line.deliver([])


def _is_alive(pid: int) -> bool:
    """Who is dead keeps its number until its parent, the nursery, ends."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


@contextlib.asynccontextmanager
async def house(
    channel: str, url: str, folder: Path, platforms: Platforms, *, with_zoom: bool = False
) -> AsyncIterator[House]:
    """A furnished house on a migrated database."""
    clock = SharedClock(folder / "clock", START)
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as web:
        line, telegram = KillingLine(clock, web), KillingTelegram(clock, web)
        zoom = KillingZoom(clock, web)
        line.quota, telegram.webhook_secret = None, "faults"
        base = platforms.serve([*line.routes, *telegram.routes, *zoom.routes])
        settings = {
            "database_url": url,
            "data_key": new_data_key(),
            "public_url": "https://counter.test",
            "line_channel_secret": line.secret,
            "line_channel_access_token": line.token,
            "line_api_base": base,
            "telegram_bot_token": telegram.token,
            "telegram_webhook_secret": "faults",
            "telegram_api_base": base,
            **(zoom.settings(base) if with_zoom else {}),
        }
        with (folder / "log").open("wb") as log:
            nursery = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.nursery"),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        made = House(
            *(channel, url, folder, line, telegram, zoom, clock, nursery, web, settings),
            database=Database(url),
        )
        hosts = [f"host{number}@office.example" for number in range(COUNSELORS)]
        for host in hosts:
            zoom.user(host)
        made.store(lambda store: _furnish(store, hosts if with_zoom else []))
        try:
            yield made
        finally:
            assert nursery.stdin is not None
            nursery.stdin.close()
            await nursery.wait()
            made.database.engine.dispose()


def _furnish(store: Store, hosts: list[str]) -> None:
    store.terms.publish("第1条 見本", date(2025, 10, 17), START - timedelta(days=30))
    week = [(weekday, time(10), time(16)) for weekday in range(5)]
    for number in range(COUNSELORS):
        if hosts:
            store.calendar.add_counselor(f"相談員{number}", None, week, hosts[number])
        else:
            store.calendar.add_counselor(f"相談員{number}", "https://zoom.us/j/1", week)
