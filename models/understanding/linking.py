"""Linking: days and times that belong together become one ("from the 7th to the 11th")."""

import re
from datetime import date, timedelta
from functools import partial

from models.understanding.days import beside, days_of, is_bare, month_of, week_of
from models.understanding.frame import Days, Times
from models.understanding.grammar import Link
from models.understanding.marking import Day, Marked, is_day, is_time
from models.understanding.times import after, around, before

_A_WEEK = timedelta(weeks=1)


def link(marked: Marked) -> None:
    """Join the marks that belong together. A weekday beside its date adds nothing to it; one that
    contradicts it leaves a doubt."""
    marked.text = _WITH_WEEKDAY.sub(partial(_with_weekday, marked), marked.text)
    for kind, pattern in marked.grammar.links:
        joined, count = pattern.subn(partial(_linked, marked, kind), marked.text)
        while kind is Link.EITHER and count:  # "Monday, Wednesday or Friday"
            joined, count = pattern.subn(partial(_linked, marked, kind), joined)
        marked.text = joined
    marked.text = marked.grammar.glue.sub("", marked.text)


_MARK = r"[\ue000-\ue3ff]"
_WITH_WEEKDAY = re.compile(rf"({_MARK})[ ,、]{{0,2}}[(\[<]?({_MARK})[)\]>]?")


def _with_weekday(marked: Marked, match: re.Match[str]) -> str:
    one, other = marked.day(match[1]), marked.day(match[2])
    if _names_a_weekday(one) and not _names_a_weekday(other):  # "Tuesday, 8 December"
        one, other = other, one
    if "weekday" in one.found or not _names_a_weekday(other):
        return match[0]
    same = _same_week(one.days.first, other)
    if "weeks" in one.found or one.days.first <= same <= one.days.last:
        return marked.mark_days(Days(same, same), one.found)
    marked.is_doubtful = True
    marked.readings = [one.days, Days(same, same)]
    return marked.mark_days(one.days, one.found)


def is_weekday(day: Day) -> bool:
    """Return whether only a weekday was named."""
    return set(day.found) == {"weekday"}


def _names_a_weekday(day: Day) -> bool:
    """Return whether a weekday was named, also that of the week after another."""
    return set(day.found) - {"week_after"} == {"weekday"}


def _same_week(day: date, weekday: Day) -> date:
    found = beside(weekday.found, day, is_range=False)
    assert found is not None
    return found.first


def _linked(marked: Marked, kind: Link, match: re.Match[str]) -> str:
    one, two = match["one"], match.groupdict().get("two")
    if is_day(one):
        day = _days(marked, kind, marked.day(one), two)
        return marked.mark_days(*day)
    mark = marked.mark_times(_times(marked, kind, marked.times(one), two))
    if kind is Link.EITHER and two is not None:
        single = marked.single_times
        either = (*single.get(one, (marked.times(one),)), *single.get(two, (marked.times(two),)))
        single[mark] = either
    return mark


def _days(marked: Marked, kind: Link, one: Day, two: str | None) -> Day:
    match kind:
        case Link.RANGE | Link.EITHER:
            assert two is not None
            return _joined(marked, one, marked.day(two), is_range=kind is Link.RANGE)
        case Link.AFTER:
            # "From the 7th to the 9th" has its end.
            is_range = not one.found or one.named or "day2" in one.found
            last = one.days.last if is_range else month_of(one.days.first).last
            return Day(Days(one.days.first, last), {})
        case Link.BEFORE:
            if "day2" in one.found:
                return one
            return Day(Days(min(marked.today, one.days.last), one.days.last), {})
        case Link.BEYOND:
            first = one.days.last + timedelta(days=1)
            return Day(Days(first, month_of(first + _A_WEEK).last), {})
        case Link.AROUND:
            return Day(one.days, {})
        case Link.WEEK_OF:
            is_one = one.days.first == one.days.last
            return Day(week_of(one.days.first) if is_one else one.days, {})


def _joined(marked: Marked, one: Day, two: Day, *, is_range: bool) -> Day:
    first, last = one.days, two.days
    if is_bare(two.found):
        near = beside(two.found, first.first, is_range=is_range) or last
        # "Tomorrow or Monday" means no Monday that is over.
        last = last if near.last < marked.today <= first.first else near
    elif is_bare(one.found) and "day" in one.found:  # "7 to 11 December"
        of_month = {**two.found, "day": one.found["day"]}
        first = days_of(of_month, marked.today) or first
    elif is_weekday(one) and {"week", "weeks"} & set(two.found):
        # "Monday to Wednesday the week after next"; "Friday or Monday of next week" is no week.
        same = _same_week(last.first, one)
        first = Days(same, same) if same <= last.first else first
    whole = Days(min(first.first, last.first), max(first.last, last.last))
    if is_range:
        return Day(whole, {})
    found = {name: value for name, value in one.found.items() if name == "week"}
    return Day(whole, found, (*(one.named or (first,)), *(two.named or (last,))))


def _times(marked: Marked, kind: Link, one: Times, two: str | None) -> Times:
    match kind:
        case Link.RANGE | Link.EITHER:
            assert two is not None
            assert is_time(two)
            other = marked.times(two)
            return Times(min(one.first, other.first), max(one.last, other.last))
        case Link.AFTER | Link.BEYOND:
            return after(one)
        case Link.BEFORE:
            return before(one)
        case Link.AROUND:
            return around(one)
        case Link.WEEK_OF:
            return one
