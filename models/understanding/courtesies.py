"""Courtesies and answers: what people type who wish nothing, who come, or who say yes or no."""

import re
import unicodedata

from models.understanding.sayings import Saying, bare, is_nothing_but, says, without

# What may stand around words and changes nothing.
MARKS = "。.!?、,~～ "
_AROUND_A_STATEMENT = MARKS.replace("?", "")
_SMILES = set("👍🙇🙏😊😄😀🙂☺🙆👌✨💪🎉❤♡♪🏻🏼🏽♂♀\ufe0f\u200d")
_CROSSES = set("×✕✖✗✘❌☓")
_LEFT_OUT = re.compile(r"は\.{3}|\.{3}.*\w")
_LONGEST = 60


def is_yes(text: str) -> bool:
    """Return whether somebody typed "yes", which only a button can say."""
    return is_nothing_but(Saying.YES, bare(text).strip(MARKS))


def is_answer(text: str) -> bool:
    """Return whether somebody typed "yes" or "no"."""
    return is_yes(text) or is_nothing_but(Saying.NO, bare(text).strip(MARKS))


def is_here(text: str) -> bool:
    """Return whether a text says that somebody has come, and nothing else: that goes on record,
    so it takes these very words."""
    return is_nothing_but(Saying.HERE, bare(text).strip(_AROUND_A_STATEMENT))


def is_courtesy(text: str) -> bool:
    """Return whether a text is a courtesy or says that all is well, and nothing else."""
    words = bare(text)
    if len(text) > _LONGEST or not words:
        return False
    if may_say_anything(words):
        return False
    if set(words) <= _SMILES:
        return True
    is_kind = any(says(each, words) for each in (Saying.REASSURES, Saying.COURTESY, Saying.COMING))
    rest = without(told(text), Saying.COURTESY, Saying.COMING, Saying.BESIDE)
    return is_kind and not any(sign.isalnum() for sign in rest)


def may_say_anything(words: str) -> bool:
    """Return whether a bare text has a picture, a cross, or dots that leave the rest to be
    guessed."""
    signs = (sign for sign in words if sign not in _SMILES)
    is_drawn = any(sign in _CROSSES or unicodedata.category(sign) == "So" for sign in signs)
    return is_drawn or _LEFT_OUT.search(words) is not None


def is_coming(text: str) -> bool:
    """Return whether a text says that somebody comes, and nothing else."""
    return is_courtesy(text) and says(Saying.COMING, told(text))


def told(text: str) -> str:
    """Return what a text tells, bare: without what reassures, and without what only sounds like
    trouble."""
    return without(bare(text), Saying.ASIDE, Saying.REASSURES)
