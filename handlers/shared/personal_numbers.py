"""Phone and registration numbers in what somebody wrote: they are not to be kept from a chat."""

import re
import unicodedata

from models.text import plain

# As many digits as a phone or a registration number has, and no date.
_LEAST_DIGITS = 9
_MOST_GROUPS = 13  # each digit may stand alone
_KANJI_DIGITS = "〇一二三四五六七八九"
_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d(?:[ .()\u2010-\u2015\u2212-]{0,2}\d){8,}(?!\d)")


def without_personal_numbers(text: str) -> str:
    """Return a text without what seems to be a phone or registration number; the very same text
    where there is none."""
    words = plain(text).replace("‐", "-")
    found = _numbers(words)
    if not found:
        return text
    edges = [0, *(edge for match in found for edge in match.span()), len(words)]
    return " ".join(words[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def numbers_in(text: str) -> set[str]:
    """Return everything in a text that could be one phone or registration number, as digits: groups
    of digits that stand together, whatever signs lie between them."""
    groups = list(re.finditer(r"[0-9]+", "".join(map(_digit, plain(text)))))
    found = set()
    for first in range(len(groups)):
        digits = ""
        for at, group in enumerate(groups[first : first + _MOST_GROUPS], first):
            between = group.string[groups[at - 1].end() : group.start()] if at > first else ""
            if len(between) > 3 or any(sign.isalpha() and sign not in "ーの" for sign in between):
                break
            digits += group[0]
            if len(digits) >= _LEAST_DIGITS:
                found.add(digits)
    return found


def _digit(sign: str) -> str:
    """Return digits of every script as ours; all else as it is."""
    if sign in _KANJI_DIGITS:
        return str(_KANJI_DIGITS.index(sign))
    return str(unicodedata.decimal(sign, sign))


def _numbers(words: str) -> list[re.Match[str]]:
    return list(_PERSONAL_NUMBER.finditer(words.replace("ー", "-")))
