"""What typed words say of a consultation: what keeps somebody from coming, and whether they say
anything beside a command."""

import re
from datetime import date

from models.store.chat_codes import code_in
from models.text import plain
from models.understanding.courtesies import (
    MARKS,
    is_courtesy,
    is_here,
    is_yes,
    may_say_anything,
    told,
)
from models.understanding.examples import is_familiar
from models.understanding.frame import CLEAR, OUTWARD, Intent
from models.understanding.language import is_known
from models.understanding.reading import days_named, read
from models.understanding.sayings import Saying, Trouble, bare, says, trouble_in, without

# What words of a language say that we do not speak, nobody here can tell.
_FOREIGN = re.compile(r"[\u00c0-\u024f\u0400-\u1cff\u1e00-\u1eff\uac00-\ud7af]")

_MAY_NOT_COME = (Intent.CANCEL, Intent.MOVE, Intent.LATE)
# What may be said without saying anything of whether one comes.
_PLAIN = (
    *(Intent.BOOK, Intent.HERE, Intent.LIST, Intent.HELP, Intent.OFFICE, Intent.LANGUAGE),
    *(Intent.QUESTION, Intent.UNDO, Intent.TERMS, Intent.DETAILS, Intent.COMPANY),
    *(Intent.MY_DATA, Intent.NEXT, Intent.MENU, Intent.START),
)
# On a day that is booked already, nobody wishes to book, nor to wait for a free slot.
_SAY_NOTHING_OF_A_DAY = (Intent.NONE, Intent.BOOK, Intent.WAIT)
# Whether something is wished does not hang on the day.
_ANY_DAY = date(2026, 1, 1)
_LONGEST_COMMAND, _LONGEST_IN_LATIN = 12, 25


def trouble(text: str) -> Trouble | None:
    """Return what may keep somebody from coming who typed this, or None."""
    if is_courtesy(text):
        return None
    words = told(text)
    frame = read(text, _ANY_DAY)
    is_of_rules = frame.intent is Intent.ASK and says(Saying.RULES, words)
    is_denied = frame.intent is Intent.NONE and frame.is_denied
    if (is_of_rules or is_denied) and not says(Saying.WISHES, words):
        words = without(words, Saying.CANCELS, Saying.RULES)  # spoken of, and not asked for
    if says(Saying.WORK, words) and is_question(text) and not says(Saying.MAY_NOT, words):
        return None
    return trouble_in(words)


def is_question(text: str) -> bool:
    """Return whether a text asks or looks for something."""
    return says(Saying.QUESTION, bare(text))


def may_not_come(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text may mean that somebody does not come as booked."""
    if is_courtesy(text):
        return False
    if trouble(text) is not None or read(text, today, language).intent in _MAY_NOT_COME:
        return True
    is_unknown = _FOREIGN.search(text) is not None and not is_known(plain(text))
    return is_unknown and not is_understood(text, today, language)


def has_answer_of_its_own(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text that speaks of trouble also asks for what we can do about it."""
    frame = read(text, today, language)
    intent = frame.intent if frame.confidence >= CLEAR else None
    if intent is Intent.LATE:
        return not is_question(text)
    if intent is Intent.CANCEL:
        return says(Saying.CANCELS, told(text))
    return intent in (Intent.MOVE, Intent.UNDO)


def is_understood(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text is a command, a "yes" or a courtesy, and nothing else. A day alone
    may be when somebody would rather come."""
    if is_courtesy(text) or is_yes(text) or code_in(text) is not None:
        return True
    frame = read(text, today, language)
    names_a_time = frame.days or frame.times or frame.about or frame.without
    is_plain = frame.intent in _PLAIN and not says(Saying.DENIES, bare(text))
    if not is_plain or names_a_time or not is_command(text, today, language):
        return False
    if may_say_anything(bare(text)):
        return False
    if frame.intent is Intent.HERE:
        return is_here(text)
    return frame.intent in OUTWARD or is_familiar(plain(text), frame.language, frame.intent)


def names_day(text: str, day: date, today: date, language: str | None = None) -> bool:
    """Return whether a text names a day without asking anything of us that concerns it."""
    frame = read(text, today, language)
    is_clear = frame.intent not in _SAY_NOTHING_OF_A_DAY and frame.confidence >= CLEAR
    if is_clear or is_question(text) or is_courtesy(text):
        return False
    return any(each.first <= day <= each.last for each in days_named(text, today, language))


def is_command(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text is short, and nothing but what we can do something about."""
    words = plain(text).strip(MARKS)
    longest = _LONGEST_IN_LATIN if words.isascii() else _LONGEST_COMMAND
    if len(words) > longest:
        return False
    frame = read(text, today, language)
    return frame.confidence >= CLEAR and frame.intent not in (Intent.NONE, Intent.ASK)
