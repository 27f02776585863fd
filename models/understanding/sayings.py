"""Sayings: words that are looked for in the whole text, whatever language it is taken for."""

import re
from collections.abc import Iterable
from functools import cache

from locales.words import Words, word_languages, words_of
from models.choice import Choice
from models.text import plain
from models.understanding.grammar import without_accents

# Of a word between spaces.
_LETTER = "[a-z0-9\u00e0-\u024f\u1ea0-\u1ef9]"


class Saying(Choice):
    """What a text says, whatever day it names."""

    YES = "yes"
    NO = "no"
    DENIES = "denies"  # "no", "not", anywhere in a text
    HERE = "here"  # the very words of somebody who has come
    COMING = "coming"  # the very words of somebody who will come
    COURTESY = "courtesy"
    BESIDE = "beside"  # what stands beside a courtesy, and says nothing
    REASSURES = "reassures"  # all is well, though a trouble is named
    ASIDE = "aside"  # sounds like trouble, and says nothing of whether one comes
    QUESTION = "question"
    CANCELS = "cancels"  # names a cancellation
    RULES = "rules"  # asks how one cancels
    WISHES = "wishes"  # a question or a denial is not all
    WORK = "work"  # of jobs
    MAY_NOT = "may_not"  # not to come, whatever else is spoken of


class Trouble(Choice):
    """What keeps somebody from coming, as a person would hear it; of several, the first counts."""

    BETTER = "better"
    ENTRY = "entry"
    ILL = "ill"
    NURSERY = "nursery"
    LATE = "late"
    CANNOT = "cannot"
    UNSURE = "unsure"


# Letters of which only Vietnamese has need: there an accent makes another word ("muốn", to want,
# and "muộn", late).
_TONAL = re.compile("[ăđơư\u1ea0-\u1ef9]")
# What clears somebody up is believed only as it is written.
_AS_WRITTEN = (Saying.HERE, Saying.COMING, Saying.REASSURES, Saying.ASIDE)


def bare(text: str) -> str:
    """Return a text as sayings are looked for: plain, and without accents unless they make other
    words."""
    words = plain(text)
    return words if _TONAL.search(words) else without_accents(words)


def says(saying: Saying, words: str) -> bool:
    """Return whether a bare text says this, whatever else it says."""
    return _saying(saying).search(words) is not None


def is_nothing_but(saying: Saying, words: str) -> bool:
    """Return whether a bare text says this and nothing else."""
    return _saying(saying).fullmatch(words) is not None


def without(words: str, *sayings: Saying) -> str:
    """Return a bare text without what says this."""
    for each in sayings:
        words = _saying(each).sub(" ", words)
    return " ".join(words.split())


def trouble_in(words: str) -> Trouble | None:
    """Return the trouble that a bare text speaks of."""
    return next((each for each in Trouble if _trouble(each).search(words)), None)


@cache
def _saying(saying: Saying) -> re.Pattern[str]:
    is_strict = saying in _AS_WRITTEN
    rows = ((each, each.sayings.get(saying.value, ())) for each in _words())
    return _any_of(rows, is_strict=is_strict)


@cache
def _trouble(trouble: Trouble) -> re.Pattern[str]:
    rows = ((each, each.troubles.get(trouble.value, ())) for each in _words())
    return _any_of(rows, is_strict=False)


def _words() -> list[Words]:
    return [words_of(each) for each in word_languages()]


def _any_of(rows: Iterable[tuple[Words, tuple[str, ...]]], *, is_strict: bool) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(words, own, is_strict) for words, own in rows if own))


def _pattern(words: Words, rows: tuple[str, ...], is_strict: bool) -> str:
    """Return the pattern: words that stand between spaces are whole words, also between signs of
    other scripts."""
    either = "|".join(rows)
    if not is_strict and (unaccented := without_accents(either)) != either:
        either = f"{either}|{unaccented}"
    return rf"(?<!{_LETTER})(?:{either})(?!{_LETTER})" if words.spaced else f"(?:{either})"
