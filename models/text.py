"""Text at the door: what a person typed, made safe to store and to compare."""

# Enough to understand a wish; a person who needs more is better served by the phone.
MAX_TEXT = 2000


def clean(typed: str) -> str:
    """Text without what databases refuse (NUL, halves of surrogate pairs), at most MAX_TEXT
    long."""
    kept = typed[: 2 * MAX_TEXT].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    return kept[:MAX_TEXT]


def shortened(text: str, longest: int) -> str:
    """A text on one line, at most `longest` characters long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
