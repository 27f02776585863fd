"""What typed words mean to the program."""

import json

import click

from bot.cli.common import read_instant, the_office
from handlers.parents import troubles
from handlers.parents.typed import understand as read_typed
from models.rules.days import local_day


@click.command()
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
