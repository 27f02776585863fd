"""Troubles: words of any language that say, or may say, that somebody cannot come. They are looked
for in the whole text, whatever language it is taken for."""

import re
import unicodedata
from functools import cache

from locales.words import word_languages, words_of
from models.rules.typed_dates import plain
from models.understanding.grammar import without_accents


def trouble_in(text: str) -> str | None:
    """Return the first trouble that a text speaks of, by its name in the words."""
    words = plain(text)
    bare = without_accents(words)
    return next(
        (name for name, pattern in _rows() if pattern.search(words) or pattern.search(bare)), None
    )


def is_only_kind(text: str) -> bool:
    """Return whether a text is a courtesy of some language, and nothing else."""
    if any(unicodedata.category(sign) == "So" for sign in text):
        return False  # a sign that may say anything
    words = re.sub(r"[^\w\s]", " ", plain(text)).strip()
    bare = without_accents(words)
    return any(each.fullmatch(words) or each.fullmatch(bare) for each in _kind())


def says_here(text: str) -> bool:
    """Return whether a text says that somebody has come, and nothing else: that goes on record,
    so it takes these very words."""
    words = plain(text).strip(" .!。、～~")
    return any(each.fullmatch(words) for each in _here())


def denies(text: str) -> bool:
    """Return whether a text denies something, in whatever language."""
    words = plain(text)
    return any(each.search(words) for each in _denials())


@cache
def _here() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(words_of(each).here, spaced=False) for each in word_languages())


@cache
def _denials() -> tuple[re.Pattern[str], ...]:
    every = [words_of(each) for each in word_languages()]
    return tuple(_pattern(words.denies, words.spaced) for words in every)


@cache
def _rows() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, _pattern(row, words_of(each).spaced))
        for each in word_languages()
        for name, row in words_of(each).troubles
    )


@cache
def _kind() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(words_of(each).kind, spaced=False) for each in word_languages())


def _pattern(row: str, spaced: bool) -> re.Pattern[str]:
    either = f"(?:{row}|{without_accents(row)})"
    return re.compile(rf"(?<!\w){either}(?!\w)" if spaced else either)
