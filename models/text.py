"""Text at the door: what a person typed, made safe to store and to compare."""

import re
import unicodedata

# Marks of direction, zero-width spaces and the like; not what joins the parts of an emoji.
_HIDDEN = re.compile(r"[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

# Enough to understand a wish; a person who needs more is better served by the phone.
MAX_TEXT = 2000


def clean(typed: str) -> str:
    """Text without what databases refuse (NUL, halves of surrogate pairs), at most MAX_TEXT
    long."""
    kept = typed[: 2 * MAX_TEXT].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    return kept[:MAX_TEXT]


def says_something(text: str) -> bool:
    """Whether there is anything to see in a text."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def shortened(text: str, longest: int) -> str:
    """A text on one line, at most `longest` characters long, without signs that turn its
    direction or hide."""
    line = " ".join(_HIDDEN.sub("", text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
