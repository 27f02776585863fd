"""Commands for the database: its tables, its backups and its key."""

from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from bot import backup
from bot.cli.common import give_up, give_up_on_database, the_database, the_office
from bot.clock import machine_clock
from bot.settings import DatabaseAddress, DataKey
from models.migrations import migrate as migrate_database
from models.vault import DataKeyError, Vault, new_data_key


@click.command()
def migrate() -> None:
    """Bring the database up to this version's tables."""
    database = the_database(migrated=False)
    try:
        migrate_database(database.engine)
    except OperationalError as error:
        give_up_on_database(type(error.orig).__name__)
    database.engine.dispose()
    click.echo("The database is up to date.")


@click.command("new-key")
def new_key() -> None:
    """Print a fresh DATA_KEY. Keep it apart from the backups: without it they are unreadable."""
    click.echo(new_data_key())


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def make_backup(file: Path) -> None:
    """Write a consistent copy of the database, also while serving."""
    try:
        backup.backup(DatabaseAddress().database_url, file, machine_clock())
    except backup.BackupError as error:
        give_up(str(error))
    click.echo(f"Written: {file.name}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup in place of the database. Stop serving first. What happened since the backup is
    unknown: staff are asked about consultations of that time, and no reminder goes out twice."""
    office, key = the_office(), DataKey().data_key
    if key is None:
        click.echo("DATA_KEY is not set, so it is not checked whether it opens what is restored.")
    try:
        vault = Vault(key) if key is not None else None
        made_at = backup.restore(
            DatabaseAddress().database_url, file, vault, office, machine_clock()
        )
    except DataKeyError as error:
        give_up(f"DATA_KEY {error}.")
    except backup.BackupError as error:
        give_up(str(error))
    click.echo(f"Restored, as of {made_at.astimezone(office.zone):%F %H:%M}.")
