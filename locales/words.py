"""Words: what people type in a language, as data. Each language has one file, `words.toml`
(docs/understanding.md says what stands in it)."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from locales import languages, phrases

_FOLDER = Path(__file__).parent
_FILE, _EXAMPLES = "words.toml", "examples.jsonl"

# What a row says that never fits.
_NEVER = "(?!)"
# Rows of words, by what they say.
Rows = dict[str, tuple[str, ...]]
# A word, written as a regular expression, and the number or numbers that it stands for.
Values = dict[str, int | list[int]]


class Words(NamedTuple):
    """The words of one language, as its file has them."""

    language: str
    spaced: bool  # words stand between spaces
    unaccented: bool  # accents are left out on both sides
    also: tuple[str, ...]  # languages that are mixed into this one
    names: str  # how people name this language, in any language
    known: tuple[str, ...]  # what tells this language from others
    values: dict[str, Values]
    parts: dict[str, str]  # pieces that several rows have in common
    spellings: tuple[tuple[str, str], ...]  # what is read as something else
    dates: tuple[str, ...]
    times: tuple[str, ...]
    noise: tuple[str, ...]  # numbers and weekdays that are no date
    unwished: tuple[str, ...]  # wishes that are denied, past or somebody else's
    glue: str  # what may stand between a day and its time
    same_day: str  # the day that was named before
    same_time: str
    other_day: str  # what speaks of a day, where none was read
    minute: str  # behind a number, what says that it counts minutes
    clauses: str  # what parts a reason from a wish
    asks: str  # what says that a clause asks for something
    links: tuple[tuple[str, str], ...]
    moves: tuple[str, ...]  # what says from when to when
    roles: tuple[tuple[str, str], ...]
    intents: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]  # of frequent questions
    troubles: Rows  # what keeps somebody from coming
    sayings: Rows  # what else a text says, whatever day it names


@cache
def word_languages() -> tuple[str, ...]:
    """Return the languages that have words."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob(f"*/{_FILE}")))


@cache
def words_of(language: str) -> Words:
    """Return the words of a language that has some."""
    raw = tomllib.loads((_FOLDER / language / _FILE).read_text(encoding="utf-8"))
    return Words(
        language=language,
        spaced=raw.get("spaced", True),
        unaccented=raw.get("unaccented", False),
        also=tuple(raw.get("also", ())),
        names=raw["names"],
        known=tuple(raw["known"]),
        values=raw.get("values", {}),
        parts=raw.get("parts", {}),
        spellings=_rows(raw, "spellings"),
        dates=tuple(raw.get("dates", ())),
        times=tuple(raw.get("times", ())),
        noise=tuple(raw.get("noise", ())),
        unwished=tuple(raw.get("unwished", ())),
        glue=raw.get("glue", r"\s?"),
        same_day=raw.get("same_day", _NEVER),
        same_time=raw.get("same_time", _NEVER),
        other_day=raw.get("other_day", _NEVER),
        minute=raw.get("minute", ""),
        clauses=raw.get("clauses", _NEVER),
        asks=raw.get("asks", _NEVER),
        links=_rows(raw, "links"),
        moves=tuple(raw.get("moves", ())),
        roles=_rows(raw, "roles"),
        intents=_rows(raw, "intents"),
        topics=_rows(raw, "topics"),
        troubles=_table(raw, "troubles"),
        sayings=_table(raw, "sayings"),
    )


def filled(row: str, parts: dict[str, str]) -> str:
    """Return a row with its parts filled in; parts may name parts that stand before them."""
    for name, part in reversed(parts.items()):
        row = row.replace(f"{{{name}}}", f"(?:{part})")
    return row


def examples_of(language: str) -> Iterator[tuple[str, str]]:
    """Read the texts of a language that are known to be understood, each with its intent."""
    path = _FOLDER / language / _EXAMPLES
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            yield example["text"], example["intent"]


@cache
def language_names() -> str:
    """Return a pattern of every language's names."""
    return "|".join(words_of(each).names for each in word_languages())


def languages_named(text: str) -> list[str]:
    """Return the languages that people can read here and whose names stand in a text."""
    found = {each: match.span() for each in languages() if (match := _name(each).search(text))}
    return [each for each, span in found.items() if not _is_inside(span, found.values())]


@cache
def _name(language: str) -> re.Pattern[str]:
    names = [re.escape(phrases(language)("language.name"))]
    names += [words_of(language).names] if language in word_languages() else []
    return re.compile("|".join(names), flags=re.IGNORECASE)


def _is_inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Return whether a name is part of a longer one."""
    return any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in others)


def _rows(raw: dict[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, pattern) for word, pattern in raw.get(name, ()))


def _table(raw: dict[str, Any], name: str) -> Rows:
    parts = raw.get("parts", {})
    table = raw.get(name, {})
    return {key: tuple(filled(row, parts) for row in rows) for key, rows in table.items()}
