"""Text at the door: what a person typed, made safe to store and to compare."""

import re
import unicodedata
from functools import lru_cache

# Marks of direction, zero-width spaces and the like; not what joins the parts of an emoji.
_HIDDEN = re.compile(r"[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

# Enough to understand a wish; a person who needs more is better served by the phone.
MAX_TEXT = 2000

_KANJI_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}

# The look behind keeps it linear: a run of signs is tried once, and not from each of its signs.
_KANJI_NUMBER = re.compile(
    r"(?<![〇一二三四五六七八九十周期拜])([〇一二三四五六七八九十]++)(?=[月日号時时点分年天]|週間|个?(?:星期|礼拜|周))"
    r"|(?<=[周期拜][一二三四五六日天])([〇一二三四五六七八九十]++)(?=[点时])"
)


def clean(typed: str) -> str:
    """Return text without what databases refuse (NUL, halves of surrogate pairs), at most MAX_TEXT
    long."""
    kept = typed[: 2 * MAX_TEXT].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    return kept[:MAX_TEXT]


@lru_cache(maxsize=16)
def plain(text: str) -> str:
    """Return text as it is compared: NFKC, lower case, no invisible signs, and kanji numbers before
    月日時分 as digits. Single spaces stay: `12/3 14:00` without its space would be another time."""
    # One sign may become 18.
    folded = unicodedata.normalize("NFKC", text)[:MAX_TEXT].casefold()
    visible = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    spaced = " ".join(visible.replace("\0", " ").replace("’", "'").split())
    return _KANJI_NUMBER.sub(_from_kanji, spaced)


def says_something(text: str) -> bool:
    """Return whether there is anything to see in a text."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def shortened(text: str, longest: int) -> str:
    """Return a text on one line, at most `longest` characters long, without signs that turn its
    direction or hide."""
    line = " ".join(_HIDDEN.sub("", text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _from_kanji(match: re.Match[str]) -> str:
    signs = match[1] or match[2]
    if "十" not in signs:
        return "".join(str(_KANJI_DIGITS[sign]) for sign in signs)
    tens, _, ones = signs.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return signs
    return str((_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0))
