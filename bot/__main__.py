"""The command line: python -m bot COMMAND."""

import asyncio
import errno
import json
import os
import sys
from pathlib import Path

import click
import uvloop
from sqlalchemy.exc import OperationalError

from bot import __version__, backup, logs
from bot.app import App
from bot.calendar_commands import closure, counselor
from bot.check import check as run_check
from bot.clock import machine_clock
from bot.command_line import (
    check_key,
    check_migrated,
    give_up,
    give_up_on_database,
    indented,
    open_database,
    read_day,
    read_instant,
    the_database,
    the_office,
)
from bot.disclosure import disclose
from bot.logs import where
from bot.settings import DatabaseAddress, DataKey, SettingsError, read_settings
from bot.staff_commands import staff
from handlers.parents import troubles
from handlers.parents.typed import understand as read_typed
from locales import languages
from models.migrations import migrate as migrate_database
from models.rules.days import local_day
from models.rules.terms_text import unknown_articles
from models.store.audit import Audit
from models.store.terms import TermsStore
from models.vault import DataKeyError, Vault, new_data_key

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@click.group()
@click.version_option(__version__, prog_name="madoguchi")
def main() -> None:
    """Madoguchi: the reservation counter in LINE and Telegram."""
    logs.set_up()
    os.umask(0o077)  # databases and backups are for this user only


@main.command()
def serve() -> None:
    """Serve webhooks, pages and the scheduler until stopped."""
    app = _app()
    check_migrated(app.core.database)
    check_key(app.core.database, app.core.vault)
    try:
        uvloop.run(app.serve())
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
            raise
        give_up(f"Cannot listen on {where} ({error.strerror}): HOST, PORT.")


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
    database = the_database(migrated=False)
    try:
        migrate_database(database.engine)
    except OperationalError as error:
        give_up_on_database(type(error.orig).__name__)
    database.engine.dispose()
    click.echo("The database is up to date.")


@main.command()
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
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    help="The office's summaries: SUMMARY.ja.txt, SUMMARY.en.txt. Else those beside FILE.",
)
def publish(file: Path, effective: str, summary: Path | None) -> None:
    """Publish a text (UTF-8) as a new version, in force from a day on."""
    day, office = read_day(effective), the_office()
    body = _read_text(file)
    summaries = _summaries(summary or file.with_name(f"{file.stem}.summary"), body)
    with open_database() as database:
        now = machine_clock()
        today = local_day(now, office.zone)
        if (
            day <= today
            and database.run_now(lambda tx: TermsStore(tx).in_force(today))
            and not database.run_now(lambda tx: TermsStore(tx).is_published(body, day))
        ):
            give_up(
                "A version is in force, and people have to be told of the next one before it is"
                f" (art. 13): choose a day after {today}."
            )
        version = database.run_now(lambda tx: TermsStore(tx).publish(body, day, now, summaries))
        subject = f"terms {version.version}"
        database.run_now(
            lambda tx: Audit(tx).note(None, "publish", now, subject=subject, after=str(day))
        )
        untold = database.run_now(lambda tx: sum(TermsStore(tx).to_tell(version.version).values()))
    click.echo(f"Version {version.version}, in force from {day}, SHA-256 {version.sha256}")
    if summaries:
        click.echo(f"With the office's summary in: {', '.join(sorted(summaries))}")
    else:
        click.echo("Without a summary of the office's: before they agree, people see the captions.")
    if untold:
        click.echo(f"{untold} people have agreed to another version: tell them by /terms in chat.")


def _read_text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        give_up(f"{file.name} is not UTF-8 text.")
    if not text.strip():
        give_up(f"{file.name} is empty.")
    return text


def _summaries(stem: Path, body: str) -> dict[str, str]:
    """The summaries beside a name, a file a language. Each article that they name must be there."""
    found = {}
    for language in languages():
        file = stem.with_name(f"{stem.name}.{language}.txt")
        if not file.exists():
            continue
        found[language] = _read_text(file).strip()
        if unknown := unknown_articles(found[language], body):
            give_up(f"{file.name} names what the text does not have: {', '.join(unknown)}.")
    return found


@main.command()
@click.argument("text")
@click.option("--now", help="Another time to count from, ISO 8601 with offset.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def understand(text: str, now: str | None, as_json: bool) -> None:
    """Show what typed words mean to the program."""
    zone = the_office().zone
    understood = read_typed(text, local_day(read_instant(now, zone), zone))
    found = {
        "wish": understood.wish.value if understood.wish else None,
        "date": understood.day.isoformat() if understood.day else None,
        "time": understood.time.strftime("%H:%M") if understood.time else None,
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        trouble = troubles.trouble(text)
        found["trouble"] = trouble.value if trouble else None
        click.echo("\n".join(f"{name}: {value or '-'}" for name, value in found.items()))


@main.group()
def inbox() -> None:
    """Events from people."""


@inbox.command()
def retry() -> None:
    """Run the events again that failed."""

    async def run() -> tuple[int, int]:
        app = _app()
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
    try:
        backup.backup(DatabaseAddress().database_url, file, machine_clock())
    except backup.BackupError as error:
        give_up(str(error))
    click.echo(f"Written: {file.name}")


@main.command()
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


def _app() -> App:
    try:
        return App(*read_settings())
    except SettingsError as error:
        give_up(f"Cannot start:\n{indented(str(error))}")


main.add_command(counselor)
main.add_command(closure)
main.add_command(staff)
main.add_command(disclose)

if __name__ == "__main__":
    main()
