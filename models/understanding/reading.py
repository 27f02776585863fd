"""Reading: from a typed text to what was heard."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

from models.rules.typed_dates import plain
from models.topic import Topic
from models.understanding.days import beside, week_of
from models.understanding.examples import likelihood
from models.understanding.frame import About, Days, Frame, Intent
from models.understanding.grammar import TAKEN, Guess, Role, grammar_of, without_accents
from models.understanding.language import language_of
from models.understanding.linking import is_weekday, link
from models.understanding.marking import Day, Marked, is_day, is_time
from models.understanding.times import rest_of_day

# Below `CLEAR`: the program asks.
_DOUBTFUL = 0.3
# A long text is a letter: its wish stands at its beginning or at its end.
_ENDS = 200

# Signs for private use are our marks, and nobody else's.
_OUR_SIGNS = re.compile("[\ue000-\uf8ff]")
_ANY_DAY = date(2026, 1, 1)
# What an intent is worth that a row has found, beside what the examples say of it.
_ROW, _WEAK_ROW, _NEVER = 1.5, 1.0, -5.0
# From here on the examples are believed without a row; so short a text is a command.
_LIKELY, _COMMAND = -1.0, 12
# So near to the likeliest intent a row's own is not in doubt.
_CLOSE = 0.7
_FOUND_BY_NO_OTHER = (Intent.NONE, Intent.ASK)
# The intents of the corpus; our own commands are found by rows alone.
_TAUGHT = tuple(Intent)[: tuple(Intent).index(Intent.NONE) + 1]
_WANTING = (Intent.BOOK, Intent.MOVE)
_ASKING = (Intent.ASK, Intent.OFFICE, Intent.HELP)
_SPEAKING_OF_ONE = (Intent.CANCEL, Intent.LATE, Intent.HERE, Intent.LIST)


def read(typed: str, today: date, language: str | None = None) -> Frame:
    """Return what was heard in a text. `today` is the office's day; `language` the one that the
    person reads, which decides where the words could be of several."""
    text = _plain(typed)
    language = language_of(text, language)
    marked = _marked(text, language, today)
    wished = _wished(marked)
    guess = _guess(marked, wished, language)
    frame = Frame(
        guess.intent,
        confidence=_DOUBTFUL if guess.is_doubtful else 1.0,
        is_denied=wished != marked.text,
        language=language,
    )
    if guess.intent in _WANTING:
        return _Heard(marked).wanted(frame)
    if guess.intent in _SPEAKING_OF_ONE:
        return frame._replace(about=_Heard(marked).about_one())
    if guess.intent in _ASKING or (guess.intent is Intent.NONE and "?" in text):
        return frame._replace(topic=_topic(marked))
    return frame


def _plain(typed: str) -> str:
    text = _OUR_SIGNS.sub("", plain(typed)).removeprefix("/")
    return f"{text[:_ENDS]} . {text[-_ENDS:]}" if len(text) > 2 * _ENDS else text


def _marked(text: str, language: str, today: date) -> Marked:
    grammar = grammar_of(language, text.isascii())
    if grammar.words.unaccented:
        text = without_accents(text)
    marked = Marked(text, grammar, today)
    link(marked)
    return marked


def _wished(marked: Marked) -> str:
    """Return the text without wishes that are denied, past or somebody else's."""
    wished = marked.text
    for pattern in marked.grammar.unwished:
        wished = pattern.sub(" / ", wished)
    return wished


def _guess(marked: Marked, wished: str, language: str) -> Guess:
    """Return the intent that the rows and the examples of a language agree on, or the one of both
    that has more for it; then it is doubtful."""
    by_row = _by_row(marked, wished)
    is_weak = by_row.is_doubtful or by_row.intent in _FOUND_BY_NO_OTHER
    is_command = len(marked.text) <= _COMMAND and not is_weak and not _marks_in(marked.text)
    is_denied = wished != marked.text and by_row.intent is Intent.NONE
    if by_row.intent not in _TAUGHT or is_command or is_denied:
        return by_row
    taught = likelihood(language, _masked).scores(_signs(marked.text))
    if not taught:
        return by_row
    likely = max(taught, key=lambda each: taught[each])
    of_row = taught.get(by_row.intent, _NEVER)
    if of_row + (_WEAK_ROW if is_weak else _ROW) >= taught[likely]:
        is_close = of_row + _CLOSE >= taught[likely]
        return by_row._replace(is_doubtful=by_row.is_doubtful or not is_close)
    if taught[likely] < _LIKELY:
        return by_row._replace(is_doubtful=True)
    return Guess(likely, is_doubtful=True)


def _by_row(marked: Marked, wished: str) -> Guess:
    """Return the intent of the first row that fits what is really wished."""
    for guess, pattern in marked.grammar.intents:
        if pattern.search(wished):
            is_moved = marked.moved and guess.intent is Intent.BOOK
            return Guess(Intent.MOVE, guess.is_doubtful) if is_moved else guess
    return Guess(Intent.NONE, is_doubtful=False)


def _topic(marked: Marked) -> Topic | None:
    """Return the frequent question that a text asks."""
    rows = marked.grammar.topics
    return next((topic for topic, pattern in rows if pattern.search(marked.text)), None)


def _masked(text: str) -> str:
    """Return an example as the examples are compared; on which day it is read does not matter."""
    text = _plain(text)
    return _signs(_marked(text, language_of(text), _ANY_DAY).text)


def _signs(marked: str) -> str:
    return "".join("D" if is_day(sign) else "T" if is_time(sign) else sign for sign in marked)


class _Heard:
    """The days and times of a text by their roles."""

    def __init__(self, marked: Marked) -> None:
        self._marked = marked
        self._marks: dict[Role, list[str]] = {role: [] for role in Role}
        self._marks[Role.ABOUT] += marked.moved
        rest = marked.text
        for role, pattern in marked.grammar.roles:
            rest = pattern.sub(partial(self._take, role), rest)
        self._left = [each for each in marked.grammar.clauses.split(rest) if _marks_in(each)]

    def about_one(self) -> About | None:
        """Return the booking that a text without a wish for another day speaks of."""
        marks = [
            *self._marks[Role.ABOUT],
            *self._marks[Role.WANTED],
            *_marks_in("".join(self._left)),
        ]
        return self._booking([*marks, *self._marks[Role.CANNOT], *self._marks[Role.WITHOUT]])

    def wanted(self, frame: Frame) -> Frame:
        """Return the frame with what is wanted, for a booking or a move."""
        about, wanted = self._marks[Role.ABOUT], [*self._marks[Role.WANTED], *self._asked()]
        without = [*self._marks[Role.WITHOUT]]
        if frame.intent is Intent.MOVE and not about:
            about = self._marks[Role.CANNOT]
        else:
            without += self._marks[Role.CANNOT]
        if frame.intent is Intent.BOOK and not wanted:
            about, wanted = [], about
        about_days = [self._marked.day(each) for each in about if is_day(each)]
        days = [_near(self._marked.day(each), about_days) for each in wanted if is_day(each)]
        times = [self._marked.times(each) for each in wanted if is_time(each)]
        without_days = [self._marked.day(each) for each in without if is_day(each)]
        if not days and (of_week := [each for each in without_days if "week" in each.found]):
            # "Not Monday of next week" speaks of that week.
            days = [week_of(of_week[0].days.first)]
        rest = [
            rest
            for each in without
            if is_time(each) and (rest := rest_of_day(self._marked.times(each)))
        ]
        is_doubtful = self._marked.is_doubtful or len(set(days)) > 1 or len(set(times)) > 1
        return frame._replace(
            days=days[0] if days else None,
            times=next(iter(times or rest), None),
            about=self._booking(about),
            without=tuple(sorted(_single(each, days) for each in without_days if _is_one(each))),
            at_same_time=self._marked.grammar.same_time.search(self._marked.text) is not None,
            readings=tuple(dict.fromkeys(self._marked.readings or days)) if is_doubtful else (),
            time_readings=tuple(dict.fromkeys(times)) if is_doubtful else (),
            confidence=_DOUBTFUL if is_doubtful else frame.confidence,
        )

    def _asked(self) -> list[str]:
        """Return the marks that have no role: of several days or times, those of the clauses that
        ask for something."""
        asking = [each for each in self._left if self._marked.grammar.asks.search(each)]
        return [
            mark
            for is_kind in (is_day, is_time)
            for clause in _those_with(is_kind, asking) or self._left
            for mark in clause
            if is_kind(mark)
        ]

    def _booking(self, marks: list[str]) -> About | None:
        days = [self._marked.day(each).days for each in marks if is_day(each)]
        times = [self._marked.times(each) for each in marks if is_time(each)]
        day = next((each.first for each in days if each.first == each.last), None)
        clock = next((each.first for each in times if each.first == each.last), None)
        return About(day, clock) if day or clock else None

    def _take(self, role: Role, match: re.Match[str]) -> str:
        if role is Role.ABOUT and self._marked.moved:
            role = Role.WANTED
        self._marks[role] += match["one"]
        return TAKEN


def _marks_in(clauses: Iterable[str]) -> list[str]:
    return [sign for each in clauses for sign in each if is_day(sign) or is_time(sign)]


def _those_with(is_kind: Callable[[str], bool], clauses: list[str]) -> list[str]:
    return [each for each in clauses if any(is_kind(sign) for sign in each)]


def _is_one(day: Day) -> bool:
    return day.days.first == day.days.last


def _near(day: Day, about: list[Day]) -> Days:
    """Return the days that are wanted; a weekday lies in the week that was named for the booking
    it is about ("next Tuesday's to Thursday")."""
    if about and "week" in about[0].found and is_weekday(day):
        return beside(day.found, about[0].days.first, is_range=False) or day.days
    return day.days


def _single(day: Day, wanted: list[Days]) -> date:
    """Return a day that is excluded; a weekday lies in the week that is wanted."""
    is_in_range = bool(wanted) and wanted[0].first != wanted[0].last and is_weekday(day)
    if is_in_range and (found := beside(day.found, wanted[0].first, is_range=False)):
        return found.first
    return day.days.first
