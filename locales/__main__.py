"""Write the templates that translation platforms read: `python -m locales` after a phrase came or
went. A template has each key with its comment, and no translation."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from locales import DESK, DOMAIN

FOLDER = Path(__file__).parent
# Every phrase is there; its other languages follow.
_FIRST = "ja"


def template(domain: str) -> bytes:
    """Return the template of a domain."""
    with (FOLDER / _FIRST / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        phrases = read_po(file)
    empty = Catalog(charset="utf-8")
    for phrase in phrases:
        if phrase.id:
            empty.add(phrase.id, auto_comments=phrase.auto_comments)
    written = BytesIO()
    write_po(written, empty, width=0, omit_header=True)
    return written.getvalue()


if __name__ == "__main__":
    for name in (DOMAIN, DESK):
        (FOLDER / f"{name}.pot").write_bytes(template(name))
