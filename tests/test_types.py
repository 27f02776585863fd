"""A closed set is a type: the type checker refuses a typo, which `make lint` runs."""

import re
from pathlib import Path

from mypy import api

from tests.test_documents import ROOT

_TYPOS = """
from models.store.alerts import Alert
from models.booking import Booking
from models.contact import Contact
from models.store.outbox import Outbox
from models.tables import OutboxRow

def typos(booking: Booking, contact: Contact, alert: Alert, row: OutboxRow) -> list[bool]:
    return [
        booking.status == "deemed_canceled",
        booking.status in ("boked", "joined"),
        booking.companion == "alon",
        contact.role == "amdin",
        alert.kind == "decide_unherd",
        row.state == "acepted",
    ]
"""


def test_a_typo_in_a_status_is_red(tmp_path: Path) -> None:
    file, settings = tmp_path / "typos.py", tmp_path / "mypy.ini"
    file.write_text(_TYPOS, encoding="utf-8")
    # As in pyproject.toml, but for this file alone; what is known of the libraries is shared.
    settings.write_text(f"[mypy]\nstrict = True\ncache_dir = {ROOT / '.mypy_cache'}\n")
    found, faults, code = api.run([f"--config-file={settings}", str(file)])
    assert code == 1, found + faults
    lines = re.findall(r"typos.py:(\d+): error: .*\[comparison-overlap\]", found)
    assert sorted(map(int, lines)) == [10, 11, 12, 13, 14, 15], found
