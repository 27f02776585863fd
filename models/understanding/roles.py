"""Roles: which day or time of a text is the booking that is spoken of, which is excluded and which
is wanted, as its words say it."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from models.understanding.frame import About
from models.understanding.grammar import TAKEN, Role
from models.understanding.marking import Marked, is_day, is_one_day, is_range, is_time, overlap

# "It is next week": a clause of so few signs is nothing but its day.
_ALONE = 3
_EXCLUDING = (Role.WITHOUT, Role.CANNOT)


class Roles:
    """The marks of a text by their roles."""

    def __init__(self, marked: Marked) -> None:
        self._marked = marked
        self._marks: dict[Role, list[str]] = {role: [] for role in Role}
        self._marks[Role.ABOUT] += marked.moved
        rest = marked.text
        for role, pattern in marked.grammar.roles:
            rest = pattern.sub(partial(self._take, role), rest)
        self._left = [each for each in marked.grammar.clauses.split(rest) if marks_in(each)]

    def of(self, role: Role) -> list[str]:
        """Return the marks of a role; of what is wanted, also those without a word for their role
        that stand where something is asked for. In the order of the text."""
        if role is Role.ABOUT:
            return [*self._marks[role], *self._marks[Role.ENDED]]
        if role is not Role.WANTED:
            return [*self._marks[role]]
        return sorted({*self._marks[role], *self._asked()}, key=self._marked.text.index)

    def weeks(self) -> list[str]:
        """Return the weeks that the text says it is about: those that are wanted, or make a clause
        of their own."""
        alone = [each for each in self._left if len(each.strip()) <= _ALONE]
        found = dict.fromkeys([*self.of(Role.WANTED), *marks_in(alone)])
        days = [each for each in found if is_day(each)]
        return [
            each
            for each in days
            if "week" in self._marked.day(each).found and is_range(self._marked.day(each))
        ]

    def about_one(self) -> About | None:
        """Return the booking that a text without a wish for another day speaks of: where it names
        several days, the one that is to be cancelled, or of which it says "cannot". Of two such
        days, none is guessed."""
        ended, cannot = self._marks[Role.ENDED], self._marks[Role.CANNOT]
        every = [
            *self._marks[Role.ABOUT],
            *ended,
            *self._marks[Role.WANTED],
            *marks_in(self._left),
            *cannot,
            *self._marks[Role.WITHOUT],
        ]
        about = [*self._marks[Role.ABOUT], *ended]
        for marks in (every, ended, about, cannot):
            if any(map(is_day, marks)) and not self._marked.names_days(marks):
                return self._marked.booking(marks)
        return None if self._marked.names_days(every) else self._marked.booking(every)

    def _is_only_a_time(self, role: Role, day: str, time: str) -> bool:
        """Return whether of a day with a time only the time is excluded: "next week, but no
        mornings", "the 2nd, any time but the morning"."""
        days, times = self._marked.day(day), self._marked.times(time)
        is_part = role is Role.WITHOUT and "day" in days.found and times.first != times.last
        return role in _EXCLUDING and (is_range(days) or is_part)

    def _asked(self) -> list[str]:
        """Return the marks that have no role: of several days or times, those of the clauses that
        ask for something."""
        asking = [each for each in self._left if self._marked.grammar.asks.search(each)]
        asked = [
            mark
            for is_kind in (is_day, is_time)
            for clause in _those_with(is_kind, asking) or self._left
            for mark in clause
            if is_kind(mark)
        ]
        return [*asked, *self._closer(asked)]

    def _closer(self, asked: list[str]) -> list[str]:
        """Return the days that another clause names within a week or month that is asked for
        ("after New Year, please. 12 January, in the afternoon")."""
        days = [self._marked.day(each) for each in asked if is_day(each)]
        ranges = [each.days for each in days if not is_one_day(each)]
        return [
            each
            for each in marks_in(self._left)
            if is_day(each)
            and each not in asked
            and is_one_day(day := self._marked.day(each))
            and any(overlap(whole, day.days) for whole in ranges)
        ]

    def _take(self, role: Role, match: re.Match[str]) -> str:
        marks = match["one"]
        if role is Role.ABOUT and self._marked.moved:
            role = Role.WANTED
        first, last = marks[0], marks[-1]
        is_day_with_time = is_day(first) and is_time(last)
        if is_day_with_time and self._is_only_a_time(role, first, last):
            self._marks[Role.WANTED].append(first)
            marks = last
        self._marks[role] += marks
        return TAKEN


def marks_in(clauses: Iterable[str]) -> list[str]:
    """Return the marks of days and times, in their order."""
    return [sign for each in clauses for sign in each if is_day(sign) or is_time(sign)]


def _those_with(is_kind: Callable[[str], bool], clauses: list[str]) -> list[str]:
    return [each for each in clauses if any(is_kind(sign) for sign in each)]
