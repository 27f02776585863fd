"""Commands that run the program, and say whether it can run."""

import asyncio
import errno
import sys
from pathlib import Path

import click
import uvloop

from bot.app import App
from bot.check import check as run_check
from bot.cli.common import check_key, check_migrated, give_up, indented, the_app
from bot.cli.terms import read_summaries, read_text
from bot.settings import SettingsError, read_settings


@click.command()
def serve() -> None:
    """Serve webhooks, pages and the scheduler until stopped."""
    app = the_app()
    settings = app.core.settings
    check_migrated(app.core.database)
    check_key(app.core.database, app.core.vault)
    try:
        uvloop.run(app.serve())
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
            raise
        give_up(f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}): HOST, PORT.")


@click.command()
@click.option("--port", default=8765, show_default=True, help="Where the page is.")
@click.option("--terms", type=click.Path(exists=True, path_type=Path), help="A text to publish.")
def sandbox(port: int, terms: Path | None) -> None:
    """Try everything on this machine: LINE and Telegram on loopback, with a clock to turn."""
    from bot.sandbox.run import SAMPLE_TERMS, run

    file = terms or SAMPLE_TERMS
    text = read_text(file)
    uvloop.run(run(port, text, read_summaries(file.with_name(f"{file.stem}.summary"), text)))


@click.command()
def check() -> None:
    """Say in plain words what is missing before going live, and what staff must know."""
    try:
        app = App(*read_settings())
    except SettingsError as error:
        give_up(f"Not ready:\n{indented(str(error))}")

    async def run() -> bool:
        try:
            return await run_check(app, click.echo)
        finally:
            await app.close()

    if not asyncio.run(run()):
        sys.exit(1)
