"""The spelling of codes that join a chat to a record."""

import re
import unicodedata

# No 0/O, 1/I/L, 5/S …: people read codes out. 15 of these 23 signs are more than 64 bits.
SIGNS = "34679ACDEFGHJKMNPQRTWXY"
# The first group finds the row. Codes for staff have another shape.
LENGTHS = (4, 5, 5, 5)
_CODE = re.compile("-".join(f"[{SIGNS}]{{{length}}}" for length in LENGTHS))


def code_in(text: str) -> str | None:
    """Return the code that a text is; its groups may be separated by spaces or any hyphens."""
    typed = unicodedata.normalize("NFKC", text).strip().upper()
    typed = re.sub(r"[\s\u2010-\u2015\u2212\u30fc]+", "-", typed)
    return typed if _CODE.fullmatch(typed) else None
