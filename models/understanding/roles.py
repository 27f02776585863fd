"""Roles: which day or time of a text is the booking that is spoken of, which is excluded and which
is wanted."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from itertools import islice

from models.understanding.days import beside, week_of
from models.understanding.frame import DOUBTFUL, About, Days, Frame, Intent
from models.understanding.grammar import TAKEN, Role
from models.understanding.linking import is_weekday
from models.understanding.marking import Day, Marked, is_day, is_time
from models.understanding.times import rest_of_day

# So many days of a longer range are excluded.
_MOST = 20
_EXCLUDING = (Role.WITHOUT, Role.CANNOT)


class Roles:
    """The days and times of a text by their roles."""

    def __init__(self, marked: Marked) -> None:
        self._marked = marked
        self._marks: dict[Role, list[str]] = {role: [] for role in Role}
        self._marks[Role.ABOUT] += marked.moved
        rest = marked.text
        for role, pattern in marked.grammar.roles:
            rest = pattern.sub(partial(self._take, role), rest)
        self._left = [each for each in marked.grammar.clauses.split(rest) if marks_in(each)]

    def about_one(self) -> About | None:
        """Return the booking that a text without a wish for another day speaks of: the one of which
        it says "cannot", where it names several. Of two days, none is guessed."""
        cannot = self._marks[Role.CANNOT]
        marks = [
            *self._marks[Role.ABOUT],
            *self._marks[Role.WANTED],
            *marks_in(self._left),
            *cannot,
            *self._marks[Role.WITHOUT],
        ]
        if self._names_days(marks):
            marks = [] if self._names_days(cannot) else cannot
        return self._booking(marks)

    def wanted(self, frame: Frame) -> Frame:
        """Return the frame with what is wanted, for a booking or a move. Of several days or times
        whose roles no word says, the last one is the likeliest wish: reasons, and what is to be
        moved, are told before it."""
        about = self._marks[Role.ABOUT]
        wanted = self._in_order({*self._marks[Role.WANTED], *self._asked()})
        # "The 7th is my husband's day off now, so please the 7th": a reason excludes no wish.
        busy = [each for each in self._marks[Role.BUSY] if not self._are_named(each, wanted)]
        without = [*self._marks[Role.WITHOUT], *busy]
        # "Thursdays he has swimming, so any day but Thursday"
        wanted = [each for each in wanted if not self._are_named(each, without)]
        if frame.intent is Intent.MOVE and not about:
            about = self._marks[Role.CANNOT]
        else:
            without += self._marks[Role.CANNOT]
        if frame.intent is Intent.BOOK and not wanted:
            about, wanted = [], about
        is_doubtful = (
            self._marked.is_doubtful or self._names_days(wanted) or self._names_times(wanted)
        )
        if frame.intent is Intent.MOVE:
            if day := self._day_of_a_time(about, wanted):
                is_doubtful = True
                about = [*about, day]
            elif is_doubtful:
                about = [*about, *self._told_first(about, wanted)]
            wanted = [each for each in wanted if each not in about]
        wanted.reverse()
        about_days = [self._marked.day(each) for each in about if is_day(each)]
        days = [_near(self._marked.day(each), about_days) for each in wanted if is_day(each)]
        times = [self._marked.times(each) for each in wanted if is_time(each)]
        without_days = [self._marked.day(each) for each in without if is_day(each)]
        of_week = [
            each
            for each in without_days
            if "week" in each.found and (each.named or is_one_day(each))
        ]
        if not days and of_week:
            # "Not Monday of next week" speaks of that week.
            days = [week_of(of_week[0].days.first)]
        rest = [
            rest
            for each in without
            if is_time(each) and (rest := rest_of_day(self._marked.times(each)))
        ]
        return frame._replace(
            days=days[0] if days else None,
            times=next(iter(times or rest), None),
            about=self._booking(about),
            without=_excluded(without_days, days),
            at_same_time=self._marked.grammar.same_time.search(self._marked.text) is not None,
            readings=tuple(dict.fromkeys(self._marked.readings or days)) if is_doubtful else (),
            time_readings=tuple(dict.fromkeys(times)) if is_doubtful else (),
            single_days=next((self._marked.day(each).named for each in wanted if is_day(each)), ()),
            single_times=next(
                (self._marked.single_times.get(each, ()) for each in wanted if is_time(each)), ()
            ),
            confidence=DOUBTFUL if is_doubtful else frame.confidence,
        )

    def _told_first(self, about: list[str], wanted: list[str]) -> list[str]:
        """Return the day and time of a move that are told before the wish, with what stands nearer
        to them than to it: what is to be moved."""
        for names_several, is_kind in ((self._names_days, is_day), (self._names_times, is_time)):
            of_kind = [each for each in wanted if is_kind(each)]
            if names_several(wanted) and not any(map(is_kind, about)):
                first, last = self._at(of_kind[0]), self._at(of_kind[-1])
                near = [
                    each
                    for each in wanted
                    if abs(self._at(each) - first) < abs(self._at(each) - last)
                ]
                return [each for each in near if not is_kind(each) or each == of_kind[0]]
        return []

    def _day_of_a_time(self, about: list[str], wanted: list[str]) -> str:
        """Return the day of "my 2 pm on Friday, at 4": it stands beside no time that is wanted, so
        it is likely the day of the time that is to be moved."""
        days, times = [*filter(is_day, wanted)], [*filter(is_time, wanted)]
        if len(days) != 1 or not times or any(map(is_day, about)) or not any(map(is_time, about)):
            return ""
        is_beside = any(abs(self._at(each) - self._at(days[0])) == 1 for each in times)
        return "" if is_beside else days[0]

    def _names_days(self, marks: list[str]) -> bool:
        """Return whether several days are named."""
        return len({self._marked.day(each).days for each in marks if is_day(each)}) > 1

    def _names_times(self, marks: list[str]) -> bool:
        """Return whether several times are named."""
        return len({self._marked.times(each) for each in marks if is_time(each)}) > 1

    def _are_named(self, mark: str, others: list[str]) -> bool:
        """Return whether the same days stand among others."""
        return is_day(mark) and any(
            self._marked.day(each).days == self._marked.day(mark).days
            for each in others
            if is_day(each)
        )

    def _in_order(self, marks: set[str]) -> list[str]:
        return sorted(marks, key=self._at)

    def _at(self, mark: str) -> int:
        return self._marked.text.index(mark)

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
        """Return the days that another clause names within a week or month that is asked for ("after
        New Year, please. 12 January, in the afternoon")."""
        asked_days = [self._marked.day(each) for each in asked if is_day(each)]
        return [
            each
            for each in marks_in(self._left)
            if is_day(each)
            and each not in asked
            and is_one_day(day := self._marked.day(each))
            and any(
                not is_one_day(whole) and _overlap(whole.days, day.days) for whole in asked_days
            )
        ]

    def _booking(self, marks: list[str]) -> About | None:
        days = [self._marked.day(each).days for each in marks if is_day(each)]
        times = [self._marked.times(each) for each in marks if is_time(each)]
        day = next((each.first for each in days if each.first == each.last), None)
        clock = next((each.first for each in times if each.first == each.last), None)
        return About(day, clock) if day or clock else None

    def _take(self, role: Role, match: re.Match[str]) -> str:
        marks = match["one"]
        if role is Role.ABOUT and self._marked.moved:
            role = Role.WANTED
        if role in _EXCLUDING and is_day(marks[0]) and is_time(marks[-1]):
            day = self._marked.day(marks[0])
            if not is_one_day(day) and not day.named:  # "next week, but no mornings"
                self._marks[Role.WANTED] += marks[0]
                marks = marks[1:]
        self._marks[role] += marks
        return TAKEN


def marks_in(clauses: Iterable[str]) -> list[str]:
    """Return the marks of days and times, in their order."""
    return [sign for each in clauses for sign in each if is_day(sign) or is_time(sign)]


def _those_with(is_kind: Callable[[str], bool], clauses: list[str]) -> list[str]:
    return [each for each in clauses if any(is_kind(sign) for sign in each)]


def _near(day: Day, about: list[Day]) -> Days:
    """Return the days that are wanted; a weekday lies in the week that was named for the booking
    it is about ("next Tuesday's to Thursday"), or in its own ("Thursday of the same week")."""
    is_near = is_weekday(day) and about and "week" in about[0].found
    if about and (is_near or "same_week" in day.found):
        return beside(day.found, about[0].days.first, is_range=False) or day.days
    return day.days


def _overlap(one: Days, other: Days) -> bool:
    return one.first <= other.last and other.first <= one.last


def is_one_day(day: Day) -> bool:
    """Return whether one day was named, and no range."""
    return day.days.first == day.days.last


def _excluded(without: list[Day], wanted: list[Days]) -> tuple[date, ...]:
    """Return the days that are excluded, of a range its first ones from Monday to Friday; a weekday
    lies in the week that is wanted. Weeks before or after what is wanted are only its reason."""
    found = set()
    for day in without:
        if wanted and not (is_one_day(day) or day.named) and not _overlap(day.days, wanted[0]):
            continue
        in_week = is_weekday(day) and wanted and wanted[0].first != wanted[0].last
        near = beside(day.found, wanted[0].first, is_range=False) if in_week else None
        for first, last in [near] if near else day.single:
            every = (first + timedelta(days=n) for n in range((last - first).days + 1))
            is_one = first == last
            found |= set(islice((each for each in every if is_one or each.weekday() < 5), _MOST))
    return tuple(sorted(found))
