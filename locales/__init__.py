"""Phrases: every text a person sees, by key and language. A language is one folder here."""

import gettext
from datetime import date, time
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FOLDER = Path(__file__).parent
DOMAIN = "madoguchi"
# How many looked up phrases of a language are kept: every one that there is.
_KEPT = 4096


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by their folders."""
    return tuple(sorted(path.parent.parent.name for path in _FOLDER.glob(f"*/*/{DOMAIN}.po")))


@lru_cache(maxsize=256)
def best_language(wanted: str | None) -> str | None:
    """The language of ours that serves a platform's language tag ("en-GB"), or None."""
    if not wanted:
        return None
    tag = wanted.replace("_", "-").lower()
    return next((ours for ours in (tag, tag.split("-")[0]) if ours in languages()), None)


@cache
def phrases(language: str) -> "Phrases":
    """The phrases of a language that has a folder here."""
    return Phrases(language)


class Phrases:
    """All phrases of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalog = _read(language)
        self._phrase = lru_cache(_KEPT)(self._catalog.gettext)

    def __call__(self, key: str, /, **values: object) -> str:
        """The phrase of a key with its {placeholders} filled in."""
        phrase = self._phrase(key)
        return phrase.format(**values) if values else phrase

    def find(self, key: str) -> str | None:
        """The phrase of a key that may have none."""
        phrase = self._catalog.gettext(key)
        return None if phrase == key else phrase

    def count(self, key: str, number: int, /, **values: object) -> str:
        """The phrase of a key in the form that fits a number, which fills {n}."""
        return self._catalog.ngettext(key, key, number).format(n=number, **values)

    def day(self, day: date) -> str:
        """A day with its weekday, as people of this language write it."""
        return _day(day, self("format.day"), self.language)

    def day_and_year(self, day: date) -> str:
        """A day with its year, for what may lie in another one."""
        return _day(day, self("format.date"), self.language)

    def weekday(self, day: date) -> str:
        """The name of a day's weekday."""
        return _day(day, "EEEE", self.language)

    def short_weekday(self, day: date) -> str:
        """The short name of a day's weekday."""
        return _day(day, "EEE", self.language)

    def short_day(self, day: date) -> str:
        """A day with its weekday, short enough for a small button."""
        return _day(day, self("format.day_short"), self.language)

    def time(self, clock_time: time) -> str:
        """A time of day, as people of this language write it."""
        return _time(clock_time, self("format.time"), self.language)


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


@lru_cache(maxsize=2048)
def _time(clock_time: time, pattern: str, language: str) -> str:
    return format_time(clock_time, pattern, locale=language)


def _read(language: str) -> gettext.GNUTranslations:
    """Read the .po text itself, so that nothing has to be compiled before the program runs."""
    compiled = BytesIO()
    with (_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
