"""Publishing the terms of use (art. 13)."""

from pathlib import Path

import click

from bot.cli.common import give_up, open_database, read_day, the_office
from bot.clock import machine_clock
from locales import languages
from models.rules.days import local_day
from models.rules.terms_text import unknown_articles
from models.store.audit import Audit
from models.store.terms import TermsStore


@click.group()
def terms() -> None:
    """Manage the terms of use."""


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
    body = read_text(file)
    summaries = read_summaries(summary or file.with_name(f"{file.stem}.summary"), body)
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


def read_text(file: Path) -> str:
    """Return a text in UTF-8; give up where it is none, or empty."""
    try:
        text = file.read_text(encoding="utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        give_up(f"{file.name} is not UTF-8 text.")
    if not text.strip():
        give_up(f"{file.name} is empty.")
    return text


def read_summaries(stem: Path, body: str) -> dict[str, str]:
    """Return the summaries beside a name, a file a language. Give up where one names an article
    that the text does not have."""
    found = {}
    for language in languages():
        file = stem.with_name(f"{stem.name}.{language}.txt")
        if not file.exists():
            continue
        found[language] = read_text(file).strip()
        if unknown := unknown_articles(found[language], body):
            give_up(f"{file.name} names what the text does not have: {', '.join(unknown)}.")
    return found
