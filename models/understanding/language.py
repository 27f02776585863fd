"""The language of a text, by the words that people type in each."""

import math
import re
from collections import Counter
from functools import cache

from locales.words import examples_of, word_languages, words_of
from models.text import plain
from models.understanding.examples import atoms
from models.understanding.grammar import without_accents

# What is read where nothing tells the language, and where only the letters do.
_USUAL, _USUAL_OF_LATIN = "ja", "en"
# The count given to a word that was never seen in a language, the weight of a known word, and how
# far below the best score the language that the person reads is still taken.
_SMOOTHING, _KNOWN, _NEAR = 0.1, 3.0, 2.0
_OF_NO_LANGUAGE = {"am", "pm"}
_LATIN = re.compile(r"[a-z]")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def language_of(text: str, preferred: str | None = None) -> str:
    """Return the language of plain text, by its words that stand in the examples of a language and
    by its known words; the preferred one, if it is nearly as likely."""
    found = _atoms(text) & _rates().keys()
    known = {each: _KNOWN * len(_known(each).findall(text)) for each in word_languages()}
    if not found and not any(known.values()):
        return _usual(text, preferred)
    scores = {each: known[each] + sum(_rates()[atom][each] for atom in found) for each in known}
    best = max(scores, key=lambda each: scores[each])
    is_near = preferred in scores and scores[preferred] + _NEAR >= scores[best]
    return preferred if preferred and is_near else best


def _usual(text: str, preferred: str | None) -> str:
    """Return the language of a text without a word that tells it: the preferred one, if it has
    such letters."""
    is_latin = _LATIN.search(text) is not None and _EAST_ASIAN.search(text) is None
    if preferred in word_languages() and (words_of(preferred).spaced or not is_latin):
        return preferred
    return _USUAL_OF_LATIN if is_latin else _USUAL


@cache
def _rates() -> dict[str, dict[str, float]]:
    """Return how often a word stands in the examples of each language, as logarithms."""
    texts: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {}
    for language in word_languages():
        for text, _ in examples_of(language):
            texts[language] += 1
            for atom in _atoms(plain(text)):
                seen.setdefault(atom, Counter())[language] += 1
    most = max(texts.values(), default=1)
    return {
        atom: {
            each: math.log((counts[each] + _SMOOTHING) / (texts[each] or most))
            for each in word_languages()
        }
        for atom, counts in seen.items()
    }


def _atoms(text: str) -> set[str]:
    """Return the words of a text, with and without accents; "pm" is of every language."""
    found = atoms(text) - _OF_NO_LANGUAGE
    return found | {without_accents(each) for each in found}


def is_known(text: str) -> bool:
    """Return whether a word of ours stands in plain text."""
    return any(_known(each).search(text) for each in word_languages())


@cache
def _known(language: str) -> re.Pattern[str]:
    words = words_of(language)
    parts = list(words.known)
    if words.spaced:
        parts += [without_accents(each) for each in words.known if "[" not in each]
        return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
    return re.compile("|".join(parts))
