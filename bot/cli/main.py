"""The command line: python -m bot COMMAND."""

import os

import click

from bot import __version__, logs
from bot.cli.calendar import closure, counselor
from bot.cli.database import make_backup, migrate, new_key, restore
from bot.cli.disclosure import disclose
from bot.cli.inbox import inbox
from bot.cli.serving import check, sandbox, serve
from bot.cli.staff import staff
from bot.cli.terms import terms
from bot.cli.understanding import understand


@click.group()
@click.version_option(__version__, prog_name="madoguchi")
def main() -> None:
    """Madoguchi: the reservation counter in chat."""
    logs.set_up()
    os.umask(0o077)  # databases and backups are for this user only


for command in (
    *(serve, sandbox, check),
    *(migrate, make_backup, restore, new_key),
    *(terms, counselor, closure, staff),
    *(inbox, understand, disclose),
):
    main.add_command(command)
