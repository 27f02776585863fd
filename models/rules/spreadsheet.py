"""Tables for spreadsheets: CSV in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Return CSV with a byte order mark, so that spreadsheets read Japanese."""
    written = io.StringIO()
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([safe(str(cell)) for cell in row])
    return "\ufeff" + written.getvalue()


def safe(cell: str) -> str:
    """Return a text that a spreadsheet takes for a text: what begins like a formula is quoted."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_DANGEROUS) else cell
