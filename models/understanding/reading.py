"""Reading: from a typed text to what was heard."""

from datetime import date
from functools import lru_cache

from locales.words import word_languages
from models.topic import Topic
from models.understanding.frame import DOUBTFUL, Days, Frame, Intent, Times
from models.understanding.guessing import guess_intent, marked_text, text_of, wished_part
from models.understanding.language import language_of
from models.understanding.marking import Marked, is_day, is_time
from models.understanding.roles import Roles
from models.understanding.sayings import Saying, says, trouble_in
from models.understanding.wanting import wanted

# What is read to make ready, and on which day, does not matter, if it is no command and its letters
# are of none of our languages.
_SENTENCE, _ANY_DAY = "가 " * 10, date(2026, 1, 1)
_WANTING = (Intent.BOOK, Intent.MOVE, Intent.WAIT)
_SPEAKING_OF_ONE = (Intent.CANCEL, Intent.LATE, Intent.HERE, Intent.LIST)
_ASKING = (Intent.ASK, Intent.OFFICE, Intent.HELP)


@lru_cache(maxsize=4)  # several steps of a turn read the same text
def read(typed: str, today: date, language: str | None = None) -> Frame:
    """Return what was heard in a text. `today` is the office's day; `language` the one that the
    person reads, which decides where the words could be of several."""
    text = text_of(typed)
    language = language_of(text, language)
    marked = marked_text(text, language, today)
    wished = wished_part(marked)
    guess = guess_intent(marked, wished, language)
    frame = Frame(
        guess.intent,
        confidence=DOUBTFUL if guess.is_doubtful else 1.0,
        is_denied=wished != marked.text,
        language=language,
    )
    if guess.intent in _WANTING:
        return wanted(frame, marked, Roles(marked))
    if guess.intent in _SPEAKING_OF_ONE:
        return frame._replace(about=Roles(marked).about_one())
    if guess.intent in _ASKING or (guess.intent is Intent.NONE and "?" in text):
        return frame._replace(topic=_topic(marked))
    return frame


def warm_up() -> None:
    """Read a sentence in every language, so that the first person of a language waits no longer
    than others for its rows and examples to be made ready."""
    for language in word_languages():
        read(_SENTENCE, _ANY_DAY, language)
    for saying in Saying:
        says(saying, _SENTENCE)
    trouble_in(_SENTENCE)


def days_named(typed: str, today: date, language: str | None = None) -> list[Days]:
    """Return the days that a text names, whatever it says of them."""
    text = text_of(typed)
    marked = marked_text(text, language_of(text, language), today)
    return [marked.day(sign).days for sign in marked.text if is_day(sign)]


def times_named(typed: str, today: date, language: str | None = None) -> list[Times]:
    """Return the times of day that a text names, whatever it says of them."""
    text = text_of(typed)
    marked = marked_text(text, language_of(text, language), today)
    return [marked.times(sign) for sign in marked.text if is_time(sign)]


def _topic(marked: Marked) -> Topic | None:
    """Return the frequent question that a text asks."""
    rows = marked.grammar.topics
    return next((topic for topic, pattern in rows if pattern.search(marked.text)), None)
