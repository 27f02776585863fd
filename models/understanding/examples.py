"""Examples: texts that people typed and what they wished, by which a text that no row foresaw is
still understood (naive Bayes over pieces of words). An example helps every text that is like it."""

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from locales.words import examples_of
from models.text import plain
from models.understanding.frame import Intent

# How certain a piece is that was seen once, and how little longer texts count for more: the best
# of a few values on texts that were held back.
_SMOOTHING, _DAMPING = 0.1, 0.7
_PIECES = range(1, 5)
_LEAST_SEEN = 2
# Of a long text, so many signs of each end are compared.
_COMPARED_ENDS = 80
# Latin letters make a word; of other scripts, nobody knows where a word ends.
_WORD = re.compile("[a-z\u00e0-\u024f\u1ea0-\u1ef9]+")
_UNSPACED = re.compile(r"[^\W\d_]+")


class Likelihood(NamedTuple):
    """How much each piece of a text speaks for each intent."""

    intents: tuple[Intent, ...]
    at_first: tuple[float, ...]
    by_piece: dict[str, tuple[float, ...]]

    def scores(self, text: str) -> dict[Intent, float]:
        """Return how likely each intent is; the difference of two is what counts."""
        known = [self.by_piece[piece] for piece in pieces(text) if piece in self.by_piece]
        damping = 1 + len(known) ** _DAMPING
        sums = [sum(column) for column in zip(*known, strict=True)] or [0.0] * len(self.intents)
        return {
            intent: at_first + total / damping
            for intent, at_first, total in zip(self.intents, self.at_first, sums, strict=True)
        }


@cache
def likelihood(language: str, masked: Callable[[str, str], str]) -> Likelihood:
    """Return what the examples of a language teach; `masked` puts signs for days and times."""
    of_intent: dict[Intent, Counter[str]] = {}
    texts: Counter[Intent] = Counter()
    seen: Counter[str] = Counter()
    for text, name in examples_of(language):
        intent = Intent(name)
        found = pieces(masked(text, language))
        texts[intent] += 1
        seen.update(found)
        of_intent.setdefault(intent, Counter()).update(found)
    intents, every = tuple(texts), texts.total()
    by_piece = {
        piece: tuple(
            _speaks_for(of_intent[intent][piece], texts[intent], count, every) for intent in intents
        )
        for piece, count in seen.items()
        if count >= _LEAST_SEEN
    }
    at_first = tuple(math.log(texts[intent] / every) for intent in intents)
    return Likelihood(intents, at_first, by_piece)


@cache
def _vocabulary(language: str, intent: Intent) -> frozenset[str]:
    """Return the atoms of all examples of an intent."""
    texts = (text for text, name in examples_of(language) if name == intent.value)
    return frozenset(atom for text in texts for atom in atoms(plain(text)))


def is_familiar(text: str, language: str, intent: Intent) -> bool:
    """Return whether a plain text consists of what the examples of an intent consist of: a word
    that is in none of them may say anything."""
    return atoms(text) <= _vocabulary(language, intent)


def atoms(text: str) -> set[str]:
    """Return the words of a text, and pairs of signs where no spaces stand between words."""
    runs = _UNSPACED.findall(_WORD.sub(" ", text))
    return {*_WORD.findall(text), *("".join(pair) for run in runs for pair in pairwise(run))}


def pieces(text: str) -> set[str]:
    """Return runs of one to four signs, words, and pairs of words."""
    if len(text) > 2 * _COMPARED_ENDS:
        text = f"{text[:_COMPARED_ENDS]} {text[-_COMPARED_ENDS:]}"
    padded = f" {text} "
    runs = {padded[at : at + size] for size in _PIECES for at in range(len(padded) - size + 1)}
    words = text.split()
    pairs = {f"{one}={other}" for one, other in pairwise(words)}
    return runs | pairs | {f"={word}" for word in words}


def _speaks_for(of_intent: int, texts: int, seen: int, every: int) -> float:
    """Return the logarithm of how much oftener a piece is in texts of an intent than in others."""
    inside = (of_intent + _SMOOTHING) / (texts + 2 * _SMOOTHING)
    outside = (seen - of_intent + _SMOOTHING) / (every - texts + 2 * _SMOOTHING)
    return math.log(inside / outside)
