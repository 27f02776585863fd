"""Phrases: every text a person sees, by key and language. A language is one folder here: what
parents see is in its `madoguchi.po`, what staff see in its `desk.po`, if it has one."""

import gettext
from datetime import date, time
from functools import cache, lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from babel.core import get_global
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FOLDER = Path(__file__).parent
DOMAIN, DESK = "madoguchi", "desk"
# How many looked up phrases of a language are kept: every one that there is.
_KEPT = 4096
# Who has no phrase of their own reads one of these.
_FALLBACKS = ("en", "ja")


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are, by their folders."""
    return tuple(sorted(path.parent.parent.name for path in _FOLDER.glob(f"*/*/{DOMAIN}.po")))


@cache
def desk_languages() -> tuple[str, ...]:
    """Return the languages in which staff can work."""
    return tuple(sorted(path.parent.parent.name for path in _FOLDER.glob(f"*/*/{DESK}.po")))


@lru_cache(maxsize=256)
def best_language(wanted: str | None) -> str | None:
    """Return the language of ours that serves a platform's language tag (BCP 47: "en-GB", "zh-CN",
    "tl"), or None. The script decides before the region: "zh-TW" is not served by Simplified
    Chinese."""
    if not wanted:
        return None
    if wanted in languages():
        return wanted
    asked = _full(wanted)
    return next((ours for ours in languages() if "@" not in ours and _full(ours) == asked), None)


def _full(tag: str) -> tuple[str, str]:
    """Return language and script of a tag, by CLDR's likely subtags."""
    language, *rest = tag.replace("_", "-").split("-")
    language = get_global("language_aliases").get(language.lower(), language.lower())
    script = next((each.title() for each in rest if len(each) == 4 and each.isalpha()), "")
    region = next((each.upper() for each in rest if len(each) == 2), "")
    likely = get_global("likely_subtags")
    full = likely.get(f"{language}_{region}") or likely.get(language, f"{language}__")
    return language, script or full.split("_")[1]


def of_speech(language: str) -> str:
    """Return the language proper, for a reader or a voice: "ja" of "ja@easy"."""
    return language.split("@")[0]


@cache
def phrases(language: str) -> "Phrases":
    """Return the phrases of a language that has a folder here."""
    return Phrases(language)


class Phrases:
    """All phrases of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.tag = of_speech(language)  # for whoever reads aloud
        self._catalog = _catalog(language)
        self._phrase = lru_cache(_KEPT)(self._catalog.gettext)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the phrase of a key with its {placeholders} filled in."""
        phrase = self._phrase(key)
        return phrase.format(**values) if values else phrase

    def find(self, key: str) -> str | None:
        """Return the phrase of a key that may have none."""
        phrase = self._catalog.gettext(key)
        return None if phrase == key else phrase

    def count(self, key: str, number: int, /, **values: object) -> str:
        """Return the phrase of a key in the form that fits a number, which fills {n}."""
        return self._catalog.ngettext(key, key, number).format(n=number, **values)

    def day(self, day: date) -> str:
        """Return a day with its weekday, as people of this language write it."""
        return _day(day, self("format.day"), self.language)

    def day_and_year(self, day: date) -> str:
        """Return a day with its year, for what may lie in another one."""
        return _day(day, self("format.date"), self.language)

    def weekday(self, day: date) -> str:
        """Return the name of a day's weekday."""
        return _day(day, "EEEE", self.language)

    def short_weekday(self, day: date) -> str:
        """Return the short name of a day's weekday."""
        return _day(day, "EEE", self.language)

    def short_day(self, day: date) -> str:
        """Return a day with its weekday, short enough for a small button."""
        return _day(day, self("format.day_short"), self.language)

    def time(self, clock_time: time) -> str:
        """Return a time of day, as people of this language write it."""
        return _time(clock_time, self("format.time"), self.language)


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=_locale(language))


@lru_cache(maxsize=2048)
def _time(clock_time: time, pattern: str, language: str) -> str:
    return format_time(clock_time, pattern, locale=_locale(language))


def _catalog(language: str) -> gettext.GNUTranslations:
    """Return a language's phrases, and behind them those of the languages that stand in for it."""
    chain = list(dict.fromkeys([language, of_speech(language), *_FALLBACKS]))
    catalogs = [
        _read(path)
        for each in chain
        for domain in (DOMAIN, DESK)
        if (path := _FOLDER / each / "LC_MESSAGES" / f"{domain}.po").exists()
    ]
    for catalog, fallback in pairwise(catalogs):
        catalog.add_fallback(fallback)
    return catalogs[0]


def _read(path: Path) -> gettext.GNUTranslations:
    """Read the .po text itself, so that nothing has to be compiled before the program runs."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=_locale(path.parent.parent.name)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _locale(language: str) -> str:
    """Return Babel's name of a language."""
    return of_speech(language).replace("-", "_")
