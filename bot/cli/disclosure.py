"""Disclosing access records: only where the law demands it, and on record (art. 7(2))."""

from datetime import time
from pathlib import Path

import click

from bot.cli.common import give_up, open_database, read_day, the_office
from bot.clock import machine_clock
from models.rules.days import at, end_of_day
from models.rules.spreadsheet import as_csv
from models.store.access import Access
from models.store.audit import Audit

_MIDNIGHT = time(0)
_COLUMNS = ("at", "page", "booking_id", "contact_id", "user_agent", "address")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--basis", required=True, help="The law and the request that demand it.")
@click.option("--from", "first", required=True, help="First day, YYYY-MM-DD.")
@click.option("--to", "last", required=True, help="Last day, YYYY-MM-DD.")
def disclose(file: Path, basis: str, first: str, last: str) -> None:
    """Write the access records of some days to a CSV file. The legal basis goes into the audit."""
    office, now = the_office(), machine_clock()
    if len(basis.strip()) < 5:
        give_up("--basis: name the law and the request that demand it.")
    if file.exists():
        give_up(f"{file.name} exists already; choose another name.")
    start = at(read_day(first), _MIDNIGHT, office.zone)
    end = end_of_day(read_day(last), office.zone)
    with open_database() as database:
        # On record before anything leaves the house.
        database.run_now(
            lambda tx: Audit(tx).note(
                None, "disclose", now, subject=f"{first} to {last}", after=basis.strip()
            )
        )
        records = database.run_now(
            lambda tx: [
                [getattr(each, name) for name in _COLUMNS]
                for each in Access(tx).between(start, end)
            ]
        )
        file.write_text(as_csv([_COLUMNS, *records]), encoding="utf-8")
    click.echo(f"Written: {file.name}, {len(records)} records. It is on record with its basis.")
