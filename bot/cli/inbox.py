"""Events that could not be taken."""

import asyncio

import click

from bot.cli.common import the_app


@click.group()
def inbox() -> None:
    """Manage events from people."""


@inbox.command()
def retry() -> None:
    """Run the events again that failed."""

    async def run() -> tuple[int, int]:
        app = the_app()
        try:
            return await app.turns.retry_failed()
        finally:
            await app.close()

    well, badly = asyncio.run(run())
    click.echo(f"{well} went well, {badly} failed again.")
