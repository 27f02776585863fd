"""The command line: python -m bot COMMAND."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
import uvloop
from sqlalchemy.exc import IntegrityError

from bot import backup, logs
from bot.app import App
from bot.check import check as run_check
from bot.clock import machine_clock
from bot.settings import DatabaseAddress, OfficePath, Settings, SettingsError, read_settings
from handlers.parents.typed import understand as read_typed
from models.database import Database, DatabaseUnavailable
from models.migrations import is_current
from models.migrations import migrate as migrate_database
from models.office import Office, OfficeError, load
from models.rules.days import at, end_of_day, local_day
from models.rules.meeting_url import is_allowed
from models.store.calendar import Calendar
from models.store.terms import TermsStore
from models.vault import new_data_key

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@click.group()
def main() -> None:
    """Madoguchi: the reservation counter in LINE and Telegram."""
    logs.set_up()
    os.umask(0o077)  # databases and backups are for this user only


@main.command()
def serve() -> None:
    """Serve webhooks, pages and the scheduler until stopped."""
    settings, office = _settings()
    app = App(settings, office)
    if not is_current(app.database.engine):
        _end("The database is not migrated. Run: python -m bot migrate")
    uvloop.run(app.serve())


@main.command()
@click.option("--port", default=8765, show_default=True, help="Where the page is.")
@click.option("--terms", type=click.Path(exists=True, path_type=Path), help="A text to publish.")
def sandbox(port: int, terms: Path | None) -> None:
    """Try everything on this machine: LINE and Telegram on loopback, with a clock to turn."""
    from bot.sandbox.run import run

    uvloop.run(run(port, terms))


@main.command()
def migrate() -> None:
    """Bring the database up to this version's tables."""
    database = _database(migrated=False)
    migrate_database(database.engine)
    database.close()
    click.echo("The database is up to date.")


@main.command()
def check() -> None:
    """Say in plain words what is missing before going live, and what staff must know."""
    try:
        settings, office = read_settings()
    except SettingsError as error:
        _end(f"Not ready:\n{_indented(str(error))}")
    if not asyncio.run(run_check(settings, office, click.echo)):
        sys.exit(1)


@main.command("new-key")
def new_key() -> None:
    """Print a fresh DATA_KEY. Keep it apart from the backups: without it they are unreadable."""
    click.echo(new_data_key())


@main.group()
def terms() -> None:
    """The terms of use."""


@terms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--effective", required=True, help="First day in force, YYYY-MM-DD.")
def publish(file: Path, effective: str) -> None:
    """Publish a text (UTF-8) as a new version, in force from a day on."""
    day = _day(effective)
    try:
        body = file.read_text(encoding="utf-8").replace("\0", "")
    except UnicodeDecodeError:
        _end(f"{file.name} is not UTF-8 text.")
    if not body.strip():
        _end(f"{file.name} is empty.")
    with _open_database() as database:
        version = database.run_now(lambda tx: TermsStore(tx).publish(body, day, machine_clock()))
    click.echo(f"Version {version.version}, in force from {day}, SHA-256 {version.sha256}")


@main.group()
def counselor() -> None:
    """Counselors."""


@counselor.command("add")
@click.argument("name")
@click.option("--meeting-url", help="Where this counselor's consultations take place.")
@click.option("--shift", "shifts", multiple=True, help='Such as "mon-fri 10:00-16:00".')
def add_counselor(name: str, meeting_url: str | None, shifts: tuple[str, ...]) -> None:
    """Add a counselor with shifts."""
    office = _office()
    if not name.strip() or len(name) > 60:
        _end("A counselor's name has 1 to 60 characters.")
    if meeting_url and not is_allowed(meeting_url, office.video.hosts):
        hosts = ", ".join(office.video.hosts)
        _end(f"A meeting URL is https:// on one of: {hosts}, without user or port.")
    parsed = [row for shift in shifts for row in _shift(shift)]
    with _open_database() as database:
        try:
            database.run_now(
                lambda tx: Calendar(tx, office).add_counselor(name.strip(), meeting_url, parsed)
            )
        except IntegrityError:
            _end(f"There is a counselor named {name} already.")
    click.echo(f"{name} is added, with {len(parsed)} shifts a week.")
    if not meeting_url:
        click.echo("Without --meeting-url, bookings have no way in until staff give one.")


@main.group()
def closure() -> None:
    """Times without consultations."""


@closure.command("add")
@click.argument("first")
@click.argument("last", required=False)
@click.option("--counselor", "name", help="Only this counselor, not the office.")
@click.option("--reason", default="", help="For staff.")
def add_closure(first: str, last: str | None, name: str | None, reason: str) -> None:
    """Take no consultations from FIRST to LAST: whole days (2026-12-24), or times of the office
    (2026-12-24T13:00)."""
    office = _office()
    start = _edge(first, office, closing=False)
    end = _edge(last or first, office, closing=True)
    if end <= start:
        _end("It ends before it begins.")
    with _open_database() as database:
        counselor_id = _counselor(database, office, name) if name else None
        database.run_now(
            lambda tx: Calendar(tx, office).add_closure(start, end, reason, counselor_id)
        )
    click.echo(f"No consultations from {start:%F %H:%M} to {end:%F %H:%M}.")
    click.echo("Bookings in that time are left as they are: tell those people.")


@main.command()
@click.argument("text")
@click.option("--now", help="Another time to count from, ISO 8601 with offset.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def understand(text: str, now: str | None, as_json: bool) -> None:
    """Show what typed words mean to the program."""
    zone = _office().zone
    understood = read_typed(text, local_day(_instant(now, zone), zone))
    found = {
        "wish": understood.wish.value if understood.wish else None,
        "date": understood.day.isoformat() if understood.day else None,
        "time": understood.time.strftime("%H:%M") if understood.time else None,
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        click.echo("\n".join(f"{name}: {value or '-'}" for name, value in found.items()))


@main.group()
def inbox() -> None:
    """Events from people."""


@inbox.command()
def retry() -> None:
    """Run the events again that failed."""
    settings, office = _settings()

    async def run() -> tuple[int, int]:
        app = App(settings, office)
        try:
            return await app.turns.retry_failed()
        finally:
            await app.close()

    well, badly = asyncio.run(run())
    click.echo(f"{well} went well, {badly} failed again.")


@main.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def make_backup(file: Path) -> None:
    """Write a consistent copy of the database, also while serving."""
    _run_backup(backup.backup, file, f"Written: {file.name}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup in place of the database. Stop serving first."""
    _run_backup(backup.restore, file, "Restored.")


def _run_backup(work: "backup.Work", file: Path, done: str) -> None:
    try:
        work(DatabaseAddress().database_url, file)
    except backup.BackupError as error:
        _end(str(error))
    click.echo(done)


def _settings() -> tuple[Settings, Office]:
    try:
        return read_settings()
    except SettingsError as error:
        _end(f"Cannot start:\n{_indented(str(error))}")


def _office() -> Office:
    try:
        return load(OfficePath().office)
    except OfficeError as error:
        _end(f"The office file is wrong:\n{_indented(str(error))}")


def _database(*, migrated: bool = True) -> Database:
    database = Database(DatabaseAddress().database_url)
    if migrated and not is_current(database.engine):
        _end("The database is not migrated. Run: python -m bot migrate")
    return database


@contextmanager
def _open_database() -> Iterator[Database]:
    database = _database()
    try:
        yield database
    except DatabaseUnavailable as error:
        _end(f"The database does not answer ({error}). Check DATABASE_URL.")
    finally:
        database.close()


def _shift(text: str) -> list[tuple[int, time, time]]:
    match = re.fullmatch(
        r"\s*([a-z]{3}(?:[-,][a-z]{3})*)\s+(\d{1,2}:\d{2})-(\d{1,2}:\d{2})\s*", text.lower()
    )
    if not match:
        _end(f'A shift looks like "mon-fri 10:00-16:00" or "mon,wed 13:00-16:00", not "{text}".')
    try:
        start, end = (time.fromisoformat(part.zfill(5)) for part in match.group(2, 3))
    except ValueError:
        _end(f'"{text}" has a time that does not exist.')
    if start >= end:
        _end(f'The shift "{text}" ends before it begins.')
    return [(weekday, start, end) for weekday in _weekdays(match[1])]


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        names = part.split("-")
        if len(names) > 2 or any(name not in _WEEKDAYS for name in names):
            _end(f'"{part}" is no weekday or range of weekdays: {" ".join(_WEEKDAYS)}.')
        first, last = _WEEKDAYS.index(names[0]), _WEEKDAYS.index(names[-1])
        if first > last:
            _end(f'"{part}" goes backwards.')
        days += range(first, last + 1)
    return sorted(set(days))


def _edge(text: str, office: Office, *, closing: bool) -> datetime:
    """The beginning or end of a closure: of a whole day, or a time of the office."""
    if "T" not in text:
        day = _day(text)
        return end_of_day(day, office.zone) if closing else at(day, time(0), office.zone)
    return _instant(text, office.zone)


def _counselor(database: Database, office: Office, name: str) -> int:
    known = database.run_now(lambda tx: Calendar(tx, office).counselors())
    for each in known:
        if each.name == name:
            return each.id
    _end(f"There is no counselor named {name}: {', '.join(each.name for each in known)}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _end(f'"{text}" is no day; write it as YYYY-MM-DD.')


def _instant(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return machine_clock()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _end(f'"{text}" is no time; write it as 2026-12-01T09:00+09:00.')
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _indented(lines: str) -> str:
    return "\n".join(f"  - {line}" for line in lines.splitlines())


def _end(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
