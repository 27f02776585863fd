"""What typed words mean to the program."""

import json

import click

from bot.cli.common import read_instant, the_office
from handlers.parents import troubles
from models.rules.days import local_day
from models.understanding.output import as_json
from models.understanding.reading import read


@click.command()
@click.argument("text")
@click.option("--now", help="Another time to count from, ISO 8601 with offset.")
@click.option("--json", "to_json", is_flag=True, help="For programs.")
def understand(text: str, now: str | None, to_json: bool) -> None:
    """Show what typed words mean to the program."""
    zone = the_office().zone
    frame = read(text, local_day(read_instant(now, zone), zone))
    found = as_json(frame)
    if to_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    trouble = troubles.trouble(text)
    found |= {"language": frame.language, "trouble": trouble.value if trouble else None}
    click.echo("\n".join(f"{name}: {_shown(value)}" for name, value in found.items()))


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if value else "-"
