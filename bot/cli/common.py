"""What the commands share: the office, the database, plain answers to wrong words."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.clock import machine_clock
from bot.settings import DatabaseAddress, OfficePath, SettingsError, read_settings, wrong_key
from models.database import Database, DatabaseUnavailable
from models.migrations import is_current
from models.office import Office, OfficeError, load
from models.store.keys import unreadable
from models.vault import Vault


def the_app() -> App:
    """Return the program, ready to run; ends the command when a setting is wrong."""
    try:
        return App(*read_settings())
    except SettingsError as error:
        give_up(f"Cannot start:\n{indented(str(error))}")


def the_office() -> Office:
    """Return the office file's office; ends the command when it is wrong."""
    try:
        return load(OfficePath().office)
    except OfficeError as error:
        give_up(f"The office file is wrong:\n{indented(str(error))}")


def the_database(*, migrated: bool = True) -> Database:
    """Return the database; ends the command when it must be migrated and is not."""
    database = Database(DatabaseAddress().database_url)
    if migrated:
        check_migrated(database)
    return database


def check_migrated(database: Database) -> None:
    """End the command when the database is away or has not this version's tables."""
    try:
        current = is_current(database.engine)
    except (SQLAlchemyError, sqlite3.OperationalError) as error:
        give_up_on_database(type(error).__name__)
    if not current:
        give_up("The database is not migrated. Run: python -m bot migrate")


def check_key(database: Database, vault: Vault) -> None:
    """End the command when DATA_KEY is another installation's, or the database is busy."""
    try:
        count = database.run_now(lambda tx: unreadable(tx, vault))
    except (DatabaseUnavailable, sqlite3.OperationalError) as error:
        give_up_on_database(type(error).__name__)
    if count:
        give_up(wrong_key(count))


@contextmanager
def open_database() -> Iterator[Database]:
    """Return the migrated database; ends the command when there is none."""
    database = the_database()
    try:
        yield database
    except DatabaseUnavailable as error:
        give_up_on_database(str(error))
    finally:
        database.engine.dispose()


def read_day(text: str) -> date:
    """Return a day written as YYYY-MM-DD; ends the command for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        give_up(f'"{text}" is no day; write it as YYYY-MM-DD.')


def read_instant(text: str | None, zone: ZoneInfo) -> datetime:
    """Return a time in ISO 8601, of the given zone unless it names another; now, if there is
    none."""
    if text is None:
        return machine_clock()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        give_up(f'"{text}" is no time; write it as 2026-12-01T09:00+09:00.')
    return found if found.tzinfo else found.replace(tzinfo=zone)


def indented(lines: str) -> str:
    """Return lines as a list."""
    return "\n".join(f"  - {line}" for line in lines.splitlines())


def give_up_on_database(why: str) -> NoReturn:
    """End the command because the database is away."""
    give_up(f"The database does not answer ({why}). Check DATABASE_URL.")


def give_up(message: str) -> NoReturn:
    """End the command with a plain word on what is wrong."""
    click.echo(message, err=True)
    sys.exit(1)
