"""The language of a text, by its letters and by words that only one language has."""

import re
from functools import cache

from locales.words import word_languages, words_of
from models.understanding.grammar import without_accents

# What is read where nothing tells the language, and where only the letters do.
_USUAL, _USUAL_OF_LATIN = "ja", "en"
_LATIN = re.compile(r"[a-z]")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def language_of(text: str, preferred: str | None = None) -> str:
    """Return the language whose known words are the most in plain text; where several have as
    many, the preferred one, if it is among them."""
    own = {each: len(_known(each).findall(text)) for each in word_languages()}
    # A language that is mixed with others has theirs too, once it has words of its own.
    scores = {
        each: own[each] and own[each] + sum(own[other] for other in words_of(each).also)
        for each in own
    }
    best = max(scores.values())
    likely = [each for each, score in scores.items() if score == best]
    if not best:
        likely = [_USUAL_OF_LATIN, *likely] if _is_latin(text) else [_USUAL, *likely]
        likely = [each for each in likely if words_of(each).spaced or not _is_latin(text)]
    return preferred if preferred in likely else likely[0]


def is_known(text: str) -> bool:
    """Return whether a word of ours stands in plain text."""
    return any(_known(each).search(text) for each in word_languages())


def _is_latin(text: str) -> bool:
    return _LATIN.search(text) is not None and _EAST_ASIAN.search(text) is None


@cache
def _known(language: str) -> re.Pattern[str]:
    words = words_of(language)
    parts = list(words.known)
    if words.spaced:
        parts += [without_accents(each) for each in words.known if "[" not in each]
        return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
    return re.compile("|".join(parts))
