"""Durations: how many minutes late somebody says that they are, in any language."""

import re
from functools import cache

from locales.words import word_languages, words_of
from models.text import plain
from models.understanding.grammar import without_accents

_WORDS = "duration"


def minutes_in(text: str) -> int | None:
    """Return the minutes that a text names ("30分くらい", "half an hour"); None where it names
    none."""
    rest, total = without_accents(plain(text)), 0
    for pattern, minutes in _named():
        rest, times = pattern.subn(" ", rest)
        total += minutes * bool(times)
    if match := _counted().search(rest):
        total += int(match[1])
    return total or None


@cache
def _named() -> list[tuple[re.Pattern[str], int]]:
    """Return the words for so many minutes; those for more first, since they hold the others."""
    found = [
        (re.compile(rf"(?<!\d)(?:{without_accents(word)})"), minutes)
        for language in word_languages()
        for word, minutes in words_of(language).values.get(_WORDS, {}).items()
        if isinstance(minutes, int)
    ]
    return sorted(found, key=lambda each: -each[1])


@cache
def _counted() -> re.Pattern[str]:
    units = (words_of(each).minute for each in word_languages())
    unit = "|".join(without_accents(each) for each in units if each)
    # "10時30分" is a time of day.
    return re.compile(rf"(?<![\d時点:])(?<!gio )(\d{{1,3}})\s*(?:{unit})")
