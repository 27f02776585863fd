"""Guessing: what a text asks for, by the rows of its language and by its examples."""

import re
from datetime import date

from models.text import plain
from models.understanding.examples import likelihood
from models.understanding.frame import OUTWARD, Intent
from models.understanding.grammar import NO_DAY_MARK, Guess, grammar_of, without_accents
from models.understanding.linking import link
from models.understanding.marking import Marked, is_day, is_time
from models.understanding.roles import marks_in

# A long text is a letter: its wish stands at its beginning or at its end.
_ENDS = 150
# Signs for private use are our marks, and nobody else's.
_OUR_SIGNS = re.compile("[\ue000-\uf8ff]")
# On which day an example is read does not matter.
_ANY_DAY = date(2026, 1, 1)
# A text of nothing but days and times.
_ONLY_TIMES = re.compile(r"[DT\W]+")
# What an intent is worth that a row has found, beside what the examples say of it.
_ROW, _WEAK_ROW, _NEVER = 1.7, 0.8, -5.0
# The bias added to what the examples say of an intent, tuned on texts that were held back: naive
# Bayes overrates intents whose texts are all alike, and underrates those said in any words.
_BIAS = {
    Intent.ASK: -0.5,
    Intent.BOOK: -1.0,
    Intent.CANCEL: -1.5,
    Intent.GREETING: 2.0,
    Intent.HELP: 1.0,
    Intent.HERE: 0.5,
    Intent.LATE: -1.0,
    Intent.MOVE: -1.5,
    Intent.NONE: 1.5,
    Intent.OFFICE: 0.5,
    Intent.THANKS: 1.5,
    Intent.WITHDRAW: -1.0,
}
# So far ahead of all others a wish must be that offers a day of its own accord: of the texts where
# it was less, one in ten had another meaning.
_LEAD = 0.5
# So short a text is a command, which its row understands.
_COMMAND = 12
_OFFERING = (Intent.BOOK, Intent.MOVE)
_COURTEOUS = (Intent.GREETING, Intent.THANKS)
_FOUND_BY_NO_OTHER = (Intent.NONE, Intent.ASK)


def text_of(typed: str) -> str:
    """Return what was typed as it is read: plain, and of a letter its beginning and its end."""
    text = _OUR_SIGNS.sub("", plain(typed)).removeprefix("/")
    return f"{text[:_ENDS]} . {text[-_ENDS:]}" if len(text) > 2 * _ENDS else text


def marked_text(text: str, language: str, today: date) -> Marked:
    """Return a text with marks for its days and times, joined where they belong together."""
    grammar = grammar_of(language, text.isascii())
    if grammar.words.unaccented:
        text = without_accents(text)
    marked = Marked(text, grammar, today)
    link(marked)
    return marked


def wished_part(marked: Marked) -> str:
    """Return the text without wishes that are denied, past or somebody else's."""
    wished = marked.text
    for pattern in marked.grammar.unwished:
        wished = pattern.sub(" / ", wished)
    return wished


def guess_intent(marked: Marked, wished: str, language: str) -> Guess:
    """Return the intent that the rows and the examples of a language agree on, or the one of both
    that has more for it; then it is doubtful."""
    by_row = _by_row(marked, wished)
    is_weak = by_row.is_doubtful or by_row.intent in _FOUND_BY_NO_OTHER
    names_a_time = bool(marks_in(marked.text))
    is_command = len(marked.text) <= _COMMAND and not is_weak and not names_a_time
    is_denied = wished != marked.text and by_row.intent is Intent.NONE
    is_our_own = by_row.intent in OUTWARD  # which no example has
    signs = _signs(wished)  # what is denied is no example of itself
    if is_our_own or is_command or is_denied or _ONLY_TIMES.fullmatch(signs):
        return by_row
    taught = _taught(language, signs, names_a_time=names_a_time)
    if not taught:
        return by_row
    likely = max(taught, key=lambda each: taught[each])
    of_row = taught.get(by_row.intent, _NEVER)
    if of_row + (_WEAK_ROW if is_weak else _ROW) >= taught[likely]:
        others = max((taught[each] for each in taught if each is not by_row.intent), default=_NEVER)
        offers_a_day = by_row.intent in _OFFERING and any(map(is_day, marked.text))
        lead = _LEAD if offers_a_day and len(marked.text) > _COMMAND else 0.0
        return by_row._replace(is_doubtful=by_row.is_doubtful or of_row < others + lead)
    # A word may have a piece of another in it: "chocolate" is not "late".
    is_word = marked.text.isascii() and " " not in marked.text
    if is_word and taught[likely] < 0:
        return by_row._replace(is_doubtful=True)
    return Guess(likely, is_doubtful=True)


def _taught(language: str, signs: str, *, names_a_time: bool) -> dict[Intent, float]:
    """Return the score of each intent by the examples."""
    said = likelihood(language, _masked).scores(signs)
    return {each: score + _bias(each, names_a_time=names_a_time) for each, score in said.items()}


def _bias(intent: Intent, *, names_a_time: bool) -> float:
    """Return the bias of an intent; courtesies seldom name a day or time."""
    bias = _BIAS.get(intent, 0.0)
    return -bias if names_a_time and intent in _COURTEOUS else bias


def _by_row(marked: Marked, wished: str) -> Guess:
    """Return the intent of the first row that fits what is really wished."""
    for guess, pattern in marked.grammar.intents:
        if pattern.search(wished):
            is_moved = marked.moved and guess.intent is Intent.BOOK
            return Guess(Intent.MOVE, guess.is_doubtful) if is_moved else guess
    return Guess(Intent.NONE, is_doubtful=False)


def _masked(text: str, language: str) -> str:
    """Return an example without what it denies, and with signs for its days and times."""
    return _signs(wished_part(marked_text(text_of(text), language, _ANY_DAY)))


def _signs(marked: str) -> str:
    return "".join(map(_sign, marked))


def _sign(mark: str) -> str:
    if is_day(mark) or mark == NO_DAY_MARK:
        return "D"
    return "T" if is_time(mark) else mark
