"""The grammar of a language: its words, compiled to patterns.

What a pattern finds is replaced by a mark, one private-use character for a day or a time, so that
what stands around it can be read without knowing how it was written.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from locales.words import Values, Words, filled, language_names, words_of
from models.choice import Choice
from models.topic import Topic
from models.understanding.frame import Intent

FIRST_DAY_MARK, FIRST_TIME_MARK, MARKS = 0xE000, 0xE400, 0x400
NOISE_MARK = "#"  # a number that is no date
TAKEN = "\N{IDEOGRAPHIC FULL STOP}"  # a mark that has its role
PAST_MARK = "\uf000"  # a day that is over ("yesterday") is never wanted
NO_DAY_MARK = "\uf001"  # a day that does not exist
_DAY = f"[{chr(FIRST_DAY_MARK)}-{chr(FIRST_DAY_MARK + MARKS - 1)}]"
_TIME = f"[{chr(FIRST_TIME_MARK)}-{chr(FIRST_TIME_MARK + MARKS - 1)}]"
_BETWEEN = f"{chr(FIRST_DAY_MARK)}-{chr(FIRST_TIME_MARK + MARKS - 1)}"
_ANY = f"[{_BETWEEN}]"

# Placeholders that stand for a number written in digits; the words of a language come beside them.
_DIGITS = {
    "year": r"\d{4}",
    "era": r"\d{1,2}",
    "month": r"\d{1,2}",
    "day": r"\d{1,2}",
    "count": r"\d{1,3}",
    "weeks": r"\d{1,2}",
    "within": r"\d{1,2}",
    "within_weeks": r"\d{1,2}",
    "hour": r"\d{1,2}",
    "minute": r"\d{1,2}",
}
_SENTENCES = r"[。!?…;\n]+|\.(?!\d)"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(\d?)\}")


class Link(Choice):
    """How two days or times, or one and a word, belong together."""

    RANGE = "range"
    EITHER = "either"
    AFTER = "after"
    BEFORE = "before"
    BEYOND = "beyond"  # after it is over
    AROUND = "around"
    WEEK_OF = "week_of"


class Role(Choice):
    """What a day or time is in a text."""

    ABOUT = "about"
    WITHOUT = "without"
    CANNOT = "cannot"
    BUSY = "busy"  # a reason for another day
    WANTED = "wanted"
    ASIDE = "aside"  # said of a day, and no wish
    ENDED = "ended"  # a booking that is to be cancelled


class Guess(NamedTuple):
    """What a row of words says of the intent, and whether that is only likely."""

    intent: Intent
    is_doubtful: bool


class Grammar(NamedTuple):
    """Everything that a language's words say, as patterns."""

    words: Words
    values: dict[str, tuple[tuple[re.Pattern[str], int | list[int]], ...]]
    spellings: tuple[tuple[re.Pattern[str], str], ...]
    dates: tuple[re.Pattern[str], ...]
    times: tuple[re.Pattern[str], ...]
    noise: re.Pattern[str]
    unwished: tuple[re.Pattern[str], ...]
    glue: re.Pattern[str]
    same_day: tuple[re.Pattern[str], ...]
    same_time: re.Pattern[str]
    other_day: re.Pattern[str]
    clauses: re.Pattern[str]
    asks: re.Pattern[str]
    links: tuple[tuple[Link, re.Pattern[str]], ...]
    moves: tuple[re.Pattern[str], ...]
    roles: tuple[tuple[Role, re.Pattern[str]], ...]
    intents: tuple[tuple[Guess, re.Pattern[str]], ...]
    topics: tuple[tuple[Topic, re.Pattern[str]], ...]


@cache
def grammar_of(language: str, bare: bool) -> Grammar:
    """Return the grammar of a language; `bare` for texts that are typed without accents."""
    words = words_of(language)
    mixed = [words, *(words_of(each) for each in words.also)]
    values: dict[str, Values] = {}
    for each in mixed:
        for name, table in each.values.items():
            values[name] = {**table, **values.get(name, {})}
    is_bare = bare or words.unaccented
    first = _Builder(words.spaced, is_bare, values, {})
    builds = [
        (first._replace(parts={"language": language_names(), **each.parts}), each) for each in mixed
    ]
    return Grammar(
        words=words,
        values={
            name: tuple((builds[0][0].compiled(key), value) for key, value in table.items())
            for name, table in values.items()
        },
        spellings=tuple(
            (build.row(row), build.plain(instead))
            for build, each in builds
            for row, instead in each.spellings
        ),
        dates=tuple(build.whole(row) for build, each in builds for row in each.dates),
        times=tuple(build.whole(row) for build, each in builds for row in each.times),
        noise=builds[0][0].any_of(row for each in mixed for row in each.noise),
        unwished=tuple(build.row(row) for build, each in builds for row in each.unwished),
        # A comma between two days makes a list of them.
        glue=re.compile(f"(?<={_ANY})(?!(?<={_DAY})[、,] ?{_DAY})(?:{words.glue})(?={_ANY})"),
        same_day=tuple(build.row(each.same_day) for build, each in builds),
        other_day=builds[0][0].any_of(each.other_day for each in mixed),
        same_time=builds[0][0].any_of(each.same_time for each in mixed),
        clauses=re.compile("|".join([_SENTENCES, *(each.clauses for each in mixed)])),
        asks=builds[0][0].any_of(each.asks for each in mixed),
        links=tuple(
            (Link(name), pattern)
            for build, each in builds
            for name, row in each.links
            for pattern in build.link(row)
        ),
        moves=tuple(build.row(row) for build, each in builds for row in each.moves),
        roles=tuple(
            (Role(name), build.row(row)) for build, each in builds for name, row in each.roles
        ),
        intents=tuple(
            (Guess(Intent(name.rstrip("?")), name.endswith("?")), build.row(row))
            for build, each in builds
            for name, row in each.intents
        ),
        topics=tuple(
            (Topic(name), build.row(row)) for build, each in builds for name, row in each.topics
        ),
    )


def value_of(grammar: Grammar, match: re.Match[str], group: str) -> int | list[int]:
    """Return the number or numbers that a found word stands for; a mere flag is 1."""
    text, start, end = match[group], match.start(group), match.end(group)
    if text.isdigit():
        return int(text)
    for pattern, value in grammar.values.get(group.rstrip("2"), ()):
        found = pattern.match(match.string, start)
        if (found and found.end() == end) or pattern.fullmatch(text):
            return value
    return 1


def without_accents(text: str) -> str:
    """Return Latin letters without their accents (đ is a d); other scripts as they are."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return unicodedata.normalize("NFC", re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", apart))


class _Builder(NamedTuple):
    """Makes patterns of one language's rows."""

    spaced: bool
    bare: bool
    values: dict[str, Values]
    parts: dict[str, str]

    def plain(self, text: str) -> str:
        return without_accents(text) if self.bare else text

    def compiled(self, row: str) -> re.Pattern[str]:
        return re.compile(self._expanded(row))

    def whole(self, row: str) -> re.Pattern[str]:
        """Return the pattern of a date or time that stands by itself, in no longer word."""
        filled = self._filled(row).replace("{D}", _DAY)
        if self.spaced:
            return re.compile(rf"(?<!\w)(?<!\d[/:.-])(?:{filled})(?!\w)(?![/:.]\d)")
        return re.compile(rf"(?<![\da-z])(?<!\d[/:.-])(?:{filled})(?:(?<!\d)|(?![/:.]?\d))")

    def any_of(self, rows: Iterable[str]) -> re.Pattern[str]:
        return re.compile("|".join(map(self._bounded, rows)) or r"(?!)")

    def link(self, row: str) -> list[re.Pattern[str]]:
        """Return the patterns of a row: one that speaks of {X1} stands for days and for times."""
        kinds = {"X": (_DAY, _TIME), "D": (_DAY,), "T": (_TIME,)}
        letter = next(each for each in kinds if f"{{{each}1}}" in row)
        bounded = self._bounded(row)
        return [
            re.compile(
                bounded.replace(f"{{{letter}1}}", f"(?P<one>{kind})").replace(
                    f"{{{letter}2}}", f"(?P<two>{kind})"
                )
            )
            for kind in kinds[letter]
        ]

    def row(self, row: str) -> re.Pattern[str]:
        return re.compile(
            self._bounded(row)
            .replace("{A}", f"(?P<one>{_DAY}{_TIME}?|{_TIME}{_DAY}?)")
            .replace("{O}", f"(?P<one>{_ANY})")
            .replace("{X}", _ANY)
            .replace("{x}", _BETWEEN)
            .replace("{P}", PAST_MARK)
            .replace("{D}", _DAY)
            .replace("{T}", _TIME)
        )

    def _bounded(self, row: str) -> str:
        expanded = self._expanded(row)
        return rf"(?<!\w)(?:{expanded})(?!\w)" if self.spaced else f"(?:{expanded})"

    def _expanded(self, row: str) -> str:
        return self.plain(filled(row, self.parts))

    def _filled(self, row: str) -> str:
        def group(match: re.Match[str]) -> str:
            name, number = match[1], match[2]
            choices = sorted(self.values.get(name, {}), key=len, reverse=True)
            parts = [_DIGITS[name]] if name in _DIGITS else []
            parts += [self._expanded(each) for each in choices]
            return f"(?P<{name}{number}>{'|'.join(parts) or '(?!)'})"

        return _PLACEHOLDER.sub(group, self._expanded(row))
