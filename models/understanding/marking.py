"""Marking: days and times in a text are found and replaced by marks."""

import re
from datetime import date
from typing import NamedTuple

from models.understanding.days import Found, beside, days_of, is_over
from models.understanding.frame import About, Days, Times
from models.understanding.grammar import (
    FIRST_DAY_MARK,
    FIRST_TIME_MARK,
    MARKS,
    NO_DAY_MARK,
    NOISE_MARK,
    PAST_MARK,
    TAKEN,
    Grammar,
    value_of,
)
from models.understanding.times import times_of

# Nobody means more days; what is left unread costs no time.
_MOST_DAYS = 30


class Day(NamedTuple):
    """A day or range of days in a text, and what the pattern found of it."""

    days: Days
    found: Found
    named: tuple[Days, ...] = ()  # of "Tuesday or Thursday", each

    @property
    def single(self) -> tuple[Days, ...]:
        """Return each of the days that were named one by one; a range is one of them."""
        return self.named or (self.days,)


class Marked:
    """A text whose days and times are marks."""

    def __init__(self, text: str, grammar: Grammar, today: date) -> None:
        for pattern, instead in grammar.spellings:
            text = pattern.sub(instead, text)
        self.has_day_word = grammar.other_day.search(text) is not None
        self.text = grammar.noise.sub(NOISE_MARK, text)
        self.grammar = grammar
        self.today = today
        self.is_doubtful = False
        self.readings: list[Days] = []
        self.moved = ""  # the marks of what is to be moved, where the words say to when
        self.single_times: dict[str, tuple[Times, ...]] = {}  # of "at 10 or at 2", by its mark
        self._days: list[Day] = []
        self._times: list[Times] = []
        for pattern in grammar.dates:
            self.text = pattern.sub(self._mark_day, self.text)
        for pattern in grammar.times:
            self.text = pattern.sub(self._mark_time, self.text)
        for pattern in grammar.same_day:
            self.text = pattern.sub(self._mark_same_day, self.text)
        self.text = grammar.glue.sub("", self.text)
        for pattern in grammar.moves:
            self.text = pattern.sub(self._take_moved, self.text)

    def day(self, mark: str) -> Day:
        return self._days[ord(mark) - FIRST_DAY_MARK]

    def times(self, mark: str) -> Times:
        return self._times[ord(mark) - FIRST_TIME_MARK]

    def asks(self) -> bool:
        """Return whether a word of the text asks for something."""
        return self.grammar.asks.search(self.text) is not None

    def names_days(self, marks: list[str]) -> bool:
        """Return whether several days are among marks."""
        return len({self.day(each).days for each in marks if is_day(each)}) > 1

    def names_times(self, marks: list[str]) -> bool:
        """Return whether several times are among marks."""
        return len({self.times(each) for each in marks if is_time(each)}) > 1

    def booking(self, marks: list[str]) -> About | None:
        """Return the booking that marks speak of: their first single day, and their first single
        time."""
        days = [self.day(each).days for each in marks if is_day(each)]
        times = [self.times(each) for each in marks if is_time(each)]
        day = next((each.first for each in days if each.first == each.last), None)
        clock = next((each.first for each in times if each.first == each.last), None)
        return About(day, clock) if day or clock else None

    def put_into_week(self, weeks: list[str]) -> None:
        """Let weekdays lie in the one week that the text says it is about ("from Thursday to
        Friday, please. It is about next week")."""
        if len(weeks) != 1:
            return
        week = self.day(weeks[0])
        for at, day in enumerate(self._days):
            if set(day.found) == {"weekday"} and is_one_day(day):
                days = beside(day.found, week.days.last, is_range=False) or day.days
                self._days[at] = Day(days, {**day.found, **week.found})

    def distance(self, one: str, other: str) -> int:
        """Return how many signs two marks stand apart."""
        return abs(self.text.index(one) - self.text.index(other))

    def mark_days(self, days: Days, found: Found, named: tuple[Days, ...] = ()) -> str:
        """Return a new mark for days."""
        self._days.append(Day(days, found, named))
        return chr(FIRST_DAY_MARK + min(len(self._days), MARKS) - 1)

    def mark_times(self, times: Times) -> str:
        """Return a new mark for times."""
        self._times.append(times)
        return chr(FIRST_TIME_MARK + min(len(self._times), MARKS) - 1)

    def _mark_day(self, match: re.Match[str]) -> str:
        if len(self._days) == _MOST_DAYS:
            return match[0]
        found = self._found(match)
        days = days_of(found, self.today)
        if days is None and "month" in found and "day" in found:  # the other order of 3/12
            found = {**found, "month": found["day"], "day": found["month"]}
            days = days_of(found, self.today)
        if days is None:
            self.is_doubtful = True
            # "30 February" is not the 30th of another month either.
            is_whole = "day" in found and bool({"month", "monthname"} & set(found))
            return NO_DAY_MARK if is_whole else match[0]
        ends = (Days(days.first, days.first), Days(days.last, days.last))
        named = ends if "either" in found else ()  # "the 3rd or the 8th"
        return PAST_MARK if is_over(found) else self.mark_days(days, found, named)

    def _mark_same_day(self, match: re.Match[str]) -> str:
        """Return a mark for "that day": the single day that is named before it, if there is one."""
        before = [self.day(sign) for sign in match.string[: match.start()] if is_day(sign)]
        if not before or not is_one_day(before[-1]):
            return match[0]
        return self.mark_days(before[-1].days, {})

    def _mark_time(self, match: re.Match[str]) -> str:
        times = times_of(self._found(match))
        if times is None:
            self.is_doubtful = True
            return match[0]
        return self.mark_times(times)

    def _take_moved(self, match: re.Match[str]) -> str:
        """Take what is to be moved out of the text, before it is taken for one end of a range."""
        self.moved += match["one"]
        start, end = match.start("one") - match.start(), match.end("one") - match.start()
        return f"{match[0][:start]}{TAKEN}{match[0][end:]}"

    def _found(self, match: re.Match[str]) -> Found:
        return {
            name: value_of(self.grammar, match, name)
            for name, text in match.groupdict().items()
            if text is not None
        }


def is_one_day(day: Day) -> bool:
    """Return whether one day was named, and no range."""
    return day.days.first == day.days.last


def is_range(day: Day) -> bool:
    """Return whether a range was named, and not one day or several one by one."""
    return not (is_one_day(day) or day.named)


def overlap(one: Days, other: Days) -> bool:
    """Return whether two ranges have a day in common."""
    return one.first <= other.last and other.first <= one.last


def is_day(mark: str) -> bool:
    """Return whether a sign is the mark of a day."""
    return FIRST_DAY_MARK <= ord(mark) < FIRST_DAY_MARK + MARKS


def is_time(mark: str) -> bool:
    """Return whether a sign is the mark of a time."""
    return FIRST_TIME_MARK <= ord(mark) < FIRST_TIME_MARK + MARKS
