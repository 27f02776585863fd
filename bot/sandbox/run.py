"""`python -m bot sandbox`: everything on this machine, with a page to try it."""

import asyncio
import socket
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import click
import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.app import App
from bot.channels.registry import open_channels
from bot.http_server import http_server, stop_on_signals
from bot.sandbox.clock import TurnableClock
from bot.sandbox.line_browser import LineBrowser
from bot.sandbox.line_server import LineServer
from bot.sandbox.page import SandboxPage
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.zoom_pane import ZoomPane
from bot.sandbox.zoom_server import ZoomServer
from bot.settings import OfficePath, Settings
from bot.video.registry import open_video
from models.migrations import migrate
from models.office import load
from models.store import Store
from models.vault import new_data_key

HOST = "127.0.0.1"
# Each with their user at Zoom.
_COUNSELORS = {"佐藤": "sato@office.example", "鈴木": "suzuki@office.example"}
SAMPLE_TERMS = Path(__file__).parent / "sample-terms.txt"
_SAMPLE_SINCE = date(2025, 10, 17)


async def run(port: int, terms: str, summaries: dict[str, str]) -> None:
    """Serve the sandbox until stopped; it forgets everything then."""
    with tempfile.TemporaryDirectory(prefix="madoguchi-") as folder:
        await _run_in(Path(folder), port, partial(_furnish, terms, summaries))


async def _run_in(folder: Path, port: int, furnish: Callable[[Store], None]) -> None:
    office = load(OfficePath().office)
    clock = TurnableClock()
    page_address = f"http://{HOST}:{port}"
    sockets = [_listen(port), _listen(0)]
    bot_address = f"http://{HOST}:{sockets[1].getsockname()[1]}"
    async with httpx.AsyncClient(trust_env=False) as client:
        line, telegram = LineServer(clock, client), TelegramServer(clock, client)
        zoom = ZoomServer(clock, client)
        line.webhook_url = f"{bot_address}/webhooks/line"
        zoom.webhook_url, zoom.web = f"{bot_address}/webhooks/zoom", bot_address
        values = _settings(folder, bot_address, page_address, line, telegram)
        values |= zoom.settings(page_address)
        video = open_video(values, office, clock)
        app = App(Settings(**values), office, open_channels(values), clock, video)
        migrate(app.core.database.engine)
        for user in _COUNSELORS.values():
            zoom.user(user)
        await app.core.database.run(lambda tx: furnish(Store(tx, office, app.core.vault)))
        pane = ZoomPane(zoom)
        browser = LineBrowser(line, bot_address)
        page = SandboxPage(app, office, clock, line, telegram, pane, browser, page_address)
        world = Starlette(
            routes=[*page.routes, *line.routes, *browser.routes, *telegram.routes, *zoom.routes]
        )
        # Zoom's rooms open beside our pages, which lead nowhere else.
        pages = Starlette(routes=[*pane.rooms, Mount("/", app.web.app)])
        servers = [http_server(world, HOST, port), http_server(pages, HOST, 0)]
        stop_on_signals(*servers)
        serving = [
            asyncio.create_task(server.serve(sockets=[opened]))
            for server, opened in zip(servers, sockets, strict=True)
        ]
        click.echo(f"\nMadoguchi's sandbox is ready. Open this address:\n\n    {page_address}\n")
        click.echo("Ctrl-C ends it; it forgets everything.")
        async with app.running():
            await asyncio.gather(*serving)
        await app.close()


def _settings(
    folder: Path, bot_address: str, page_address: str, line: LineServer, telegram: TelegramServer
) -> dict[str, Any]:
    return dict[str, Any](
        database_url=f"sqlite:///{folder}/sandbox.db",
        data_key=new_data_key(),
        public_url=bot_address,
        line_channel_secret=line.secret,
        line_channel_access_token=line.token,
        line_api_base=page_address,
        telegram_bot_token=telegram.token,
        telegram_webhook_secret="sandbox",  # noqa: S106  # guards nothing but loopback
        telegram_api_base=page_address,
    )


def _furnish(terms: str, summaries: dict[str, str], store: Store) -> None:
    week = [(weekday, time(10), time(16)) for weekday in range(5)]
    store.terms.publish(terms, _SAMPLE_SINCE, datetime.now(UTC), summaries)
    for name, user in _COUNSELORS.items():
        store.calendar.add_counselor(name, None, week, user)


def _listen(port: int) -> socket.socket:
    # Named TCP, or asyncio leaves Nagle's delay of 40 ms on.
    opened = socket.socket(proto=socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
    except OSError:
        opened.close()
        raise click.ClickException(
            f"port {port} is in use; try another: make demo PORT={port + 1}"
        ) from None
    return opened
