"""The program with its platforms, as tests have it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import httpx
from sqlalchemy import text

from bot.app import App
from bot.sandbox.clock import TurnableClock
from bot.sandbox.line_server import LineServer
from bot.sandbox.playing import play_to
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.zoom_server import ZoomServer
from models.booking import Booking
from models.rules.slots import Slot
from models.store import Store
from models.store.alerts import Alert
from models.tables import AlertKind, Role
from tests.talk import Parent

Found = TypeVar("Found")


@dataclass
class World:
    """The program with its platforms, and a clock that stands still until it is turned."""

    app: App
    clock: TurnableClock
    line: LineServer
    telegram: TelegramServer
    zoom: ZoomServer
    web: httpx.AsyncClient
    reached: Any
    platform_url: str
    channel: str = "line"
    parents: list["Parent"] = field(default_factory=list)

    def parent(self, language: str = "ja", channel: str | None = None) -> "Parent":
        """Somebody new on this world's channel."""
        found = Parent(self, channel or self.channel, language)
        self.parents.append(found)
        return found

    async def staff(
        self, role: Role = Role.ADMIN, counselor_id: int | None = None, channel: str | None = None
    ) -> "Parent":
        """Somebody who works here by chat; a counselor is the first one unless said otherwise."""
        counselor_id = counselor_id or (1 if role is Role.COUNSELOR else None)
        code = await self.store(
            lambda store: store.staff.invite(str(role), role, counselor_id, self.clock())
        )
        found = self.parent(channel=channel)
        found.line.follows = True
        await found.says(code)
        assert "登録しました" in found, found.seen
        return found

    async def play_to(self, instant: datetime) -> None:
        """Time passes, with everything that becomes due on the way."""
        await play_to(self.app, self.clock, instant)
        await self.app.drain()

    async def play(self, **length: float) -> None:
        await self.play_to(self.clock() + timedelta(**length))

    async def sleep_until(self, instant: datetime) -> None:
        """Time passes while the program is not running."""
        self.clock.turn_to(instant)

    async def sweep(self) -> None:
        await self.app.jobs.sweep()
        await self.app.drain()

    async def store(self, question: Callable[[Store], Found]) -> Found:
        """Ask the store something."""
        app = self.app
        return await app.core.database.run(
            lambda tx: question(Store(tx, app.core.office, app.core.vault))
        )

    async def bookings(self, most: int = 200) -> list[Booking]:
        """The first bookings that there are."""

        def read(store: Store) -> list[Booking]:
            found = (store.bookings.by_id(number) for number in range(1, most + 1))
            return [booking for booking in found if booking is not None]

        return list(await self.store(read))

    async def booking_by_id(self, number: int) -> Booking:
        """A booking as it stands now."""
        found = await self.store(lambda store: store.bookings.by_id(number))
        assert found is not None
        return found

    async def booking(self) -> Booking:
        """The one booking there is."""
        (only,) = await self.bookings()
        return only

    async def change(self, sql: str) -> None:
        """Change the database itself."""

        def write() -> None:
            with self.app.core.database.engine.begin() as connection:
                connection.execute(text(sql))

        await asyncio.to_thread(write)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Look into the database itself."""

        def read() -> list[tuple[Any, ...]]:
            with self.app.core.database.engine.connect() as connection:
                return [_plain_row(row) for row in connection.execute(text(sql))]

        return await asyncio.to_thread(read)

    async def publishes(self, body: str, effective: str) -> None:
        """The office publishes terms."""
        day = date.fromisoformat(effective)
        await self.store(lambda store: store.terms.publish(body, day, self.clock()))

    async def alerts(self) -> list[AlertKind]:
        """What was raised to staff."""
        found: list[Alert] = await self.store(
            lambda store: store.alerts.since(self.clock() - timedelta(days=400))
        )
        return [alert.kind for alert in found]

    async def take_slot(self, slot: Slot) -> None:
        """Somebody else books a slot."""
        other = self.parent()
        await other.has_settled_everything()
        await other.taps_data(
            f"confirm/1:consultation:{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}:alone:1"
        )

    def pushes(self) -> int:
        """How many counted messages LINE has taken."""
        return self.line.used


def _plain_row(row: Any) -> tuple[Any, ...]:
    """SQLite has no truth values of its own; columns named like one are read as such."""
    names = row._fields
    return tuple(
        bool(value) if name in ("given", "holds", "failed", "came") else value
        for name, value in zip(names, row, strict=True)
    )
