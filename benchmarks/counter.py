"""The program itself as it is measured, with what the benchmark must know of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from benchmarks.load import SECRET, new_person
from benchmarks.platforms import person_number
from bot.app import App
from bot.channels.registry import open_channels
from bot.settings import Settings
from models.database import Transaction
from models.migrations import migrate
from models.office import load
from models.rules.eligibility import ITEMS, Card
from models.rules.slots import Slot
from models.store import Store
from models.store.seekers import Details
from models.tables import Booking, Companion, Contact, JobSeeker, Status, table

OFFICE = Path("offices/hiroshima-mothers.toml")
COUNSELORS = 6
# The first number of the many whose reminder is due.
_MANY = 10**6
# Between the processes of one benchmark, which throws its database away.
DATA_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
LINE_TOKEN = "of-a-server-on-loopback"  # noqa: S105  # opens nothing
_TELEGRAM_TOKEN = "1234567890:of-a-server-on-loopback"  # noqa: S105  # opens nothing


class Counter:
    """The program on a database, between a load generator and bare platforms."""

    def __init__(self, database_url: str, line: int, telegram: int, *, sending: bool) -> None:
        self._sending = sending
        values = dict[str, Any](
            database_url=database_url,
            data_key=DATA_KEY,
            public_url="https://counter.test",
            line_channel_secret=SECRET,
            line_channel_access_token=LINE_TOKEN,
            line_api_base=f"http://127.0.0.1:{line}",
            telegram_bot_token=_TELEGRAM_TOKEN,
            telegram_webhook_secret=SECRET,
            telegram_api_base=f"http://127.0.0.1:{telegram}",
        )
        self.app = App(Settings(**values), load(OFFICE), open_channels(values))
        migrate(self.app.core.database.engine)
        self._now(_furnish)
        self.app.web.app.router.routes += [
            Route("/bench/form/{channel}/{person}", self.form),
            Route("/bench/crowd/{channel}/{count:int}", self.crowd),
            Route("/bench/free", self.free),
            Route("/bench/sold", self.sold),
            Route("/bench/waiting", self.waiting),
            Route("/bench/clear", self.clear),
            Route("/bench/owe/{count:int}", self.owe),
            Route("/bench/tick", self.tick),
        ]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """With its sender, if it is to send; nothing becomes due in a benchmark of turns."""
        sender = asyncio.create_task(self.app.sender.run()) if self._sending else None
        yield
        await self.app.jobs.stop()
        if sender is not None:
            self.app.sender.stop()
            await sender

    async def form(self, request: Request) -> Response:
        """Do what the form's page does when it is sent."""
        person, channel = request.path_params["person"], request.path_params["channel"]

        def keep(store: Store) -> None:
            contact = store.contacts.find(channel, person)
            assert contact is not None
            store.seekers.keep_details(contact.id, details(contact.id), self.app.core.clock())

        await self._run(keep)
        return Response()

    async def crowd(self, request: Request) -> Response:
        """Return new people who have settled everything and were here before; tells who they
        are."""
        channel, count = request.path_params["channel"], request.path_params["count"]
        people = await self._run(
            lambda store: [settle(store, channel, self.app) for _ in range(count)]
        )
        return PlainTextResponse(" ".join(people))

    async def free(self, request: Request) -> Response:
        """Return the free slots, as buttons name them."""

        def read(store: Store) -> list[str]:
            days = store.calendar.days(self.app.core.clock(), holder=0).free
            return [
                f"{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}"
                for free in days.values()
                for slot in free
            ]

        return PlainTextResponse(" ".join(await self._run(read)))

    async def sold(self, request: Request) -> Response:
        """Return which slots have an active booking, one word a booking."""
        found = await self._rows(
            "SELECT starts_at, counselor_id FROM bookings WHERE status = 'booked'"
            " AND service = 'consultation'"
        )
        words = [f"{str(start).replace(' ', 'T')}:{counselor}" for start, counselor in found]
        return PlainTextResponse(" ".join(words))

    async def waiting(self, request: Request) -> Response:
        """Return how many requests wait to be sent."""
        ((count,),) = await self._rows("SELECT count(*) FROM outbox WHERE state = 'waiting'")
        return PlainTextResponse(str(count))

    async def clear(self, request: Request) -> Response:
        """Let all slots be free again."""
        statement = (
            "UPDATE bookings SET status = 'cancelled'"
            " WHERE status = 'booked' AND service = 'consultation'"
        )

        def change(tx: Transaction) -> None:
            tx.session.connection().exec_driver_sql(statement)

        await self.app.core.database.run(change)
        return Response()

    async def owe(self, request: Request) -> Response:
        """So many people have a booking whose reminder is due."""
        now = self.app.core.clock()
        numbers = range(request.path_params["count"])

        def add(tx: Transaction) -> None:
            connection = tx.session.connection()
            seekers = [
                {"id": _MANY + number, "created_at": now, "updated_at": now} for number in numbers
            ]
            connection.execute(insert(table(JobSeeker)), seekers)
            connection.execute(
                insert(table(Contact)), [_contact(number, now) for number in numbers]
            )
            connection.execute(insert(table(Booking)), [_owed(number, now) for number in numbers])

        await self.app.core.database.run(add)
        return Response()

    async def tick(self, request: Request) -> Response:
        """Let the scheduler begin."""
        self.app.jobs.start()
        return Response()

    def _now(self, work: Callable[[Store], Any]) -> Any:
        app = self.app
        return app.core.database.run_now(
            lambda tx: work(Store(tx, app.core.office, app.core.vault))
        )

    async def _run(self, work: Callable[[Store], Any]) -> Any:
        app = self.app
        return await app.core.database.run(
            lambda tx: work(Store(tx, app.core.office, app.core.vault))
        )

    async def _rows(self, sql: str) -> list[Any]:
        return await self.app.core.database.run(
            lambda tx: list(tx.session.connection().exec_driver_sql(sql).all())
        )


def _furnish(store: Store) -> None:
    if store.calendar.counselors():
        return  # another process was first
    store.terms.publish("規約", date(2025, 10, 17), datetime(2025, 10, 1, tzinfo=UTC))
    week = [(weekday, time(10), time(16)) for weekday in range(5)]
    for number in range(COUNSELORS):
        store.calendar.add_counselor(f"相談員{number}", "https://zoom.us/j/1", week)


def settle(store: Store, channel: str, app: App) -> str:
    """Somebody who has agreed, declared and sent the form, and has been here before."""
    person, now = new_person(channel), app.core.clock()
    contact = store.contacts.add(channel, person, "ja", now)
    version = store.terms.in_force(now.date())
    assert version is not None
    store.terms.record_consent(
        contact.id, version, given=True, at=now, channel=channel, event_id="bench"
    )
    for card in Card:
        store.declarations.record(contact.id, card, list(ITEMS[card]), holds=True, at=now)
    seeker = store.seekers.keep_details(contact.id, details(contact.id), now)
    past = Slot(now - timedelta(days=30), 1)
    booking = store.bookings.book(
        seeker, past, "consultation", Companion.ALONE, now - timedelta(days=40)
    )
    store.bookings.set_status(booking, Status.COMPLETED, now, by="staff")
    return person


def details(contact_id: int) -> Details:
    return Details("広島 花子", "ヒロシマ ハナコ", f"090{contact_id:08}", f"34010-{contact_id:07}")


def _contact(number: int, now: datetime) -> dict[str, Any]:
    return {
        "channel": "line",
        "person": person_number(number),
        "language": "ja",
        "job_seeker_id": _MANY + number,
        "created_at": now,
    }


def _owed(number: int, now: datetime) -> dict[str, Any]:
    """Return a booking that starts in more than a day; each has its own counselor and start."""
    return {
        "reference": f"R{number}",
        "job_seeker_id": _MANY + number,
        "counselor_id": number % COUNSELORS + 1,
        "service": "placement",
        "starts_at": now + timedelta(days=40, seconds=number // COUNSELORS),
        "minutes": 30,
        "status": Status.BOOKED,
        "companion": "alone",
        "version": 1,
        "remind_at": now,
        "created_at": now,
    }
