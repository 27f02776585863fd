"""Wanting: from the roles of the days and times of a text to what its frame says."""

from datetime import date, timedelta
from itertools import islice

from models.understanding.days import beside, days_of, week_of
from models.understanding.frame import DOUBTFUL, Days, Frame, Intent, Times
from models.understanding.grammar import Role
from models.understanding.linking import is_weekday
from models.understanding.marking import (
    Day,
    Marked,
    is_day,
    is_one_day,
    is_range,
    is_time,
    overlap,
)
from models.understanding.roles import Roles
from models.understanding.times import rest_of_day

# So many days of a longer range are excluded.
_MOST = 20


def wanted(frame: Frame, marked: Marked, roles: Roles) -> Frame:
    """Return the frame with what is wanted, for a booking or a move. Of several days or times whose
    roles no word says, the last one is the likeliest wish: reasons, and what is to be moved, are
    told before it."""
    about, wishes, without = _sorted_out(frame.intent, marked, roles)
    weeks = roles.weeks()
    is_whole_wish = not any(is_day(each) and each not in weeks for each in wishes)
    # A week that is the whole wish says nothing of the day that is to be moved.
    if not (frame.intent is Intent.MOVE and is_whole_wish):
        marked.put_into_week(weeks)
    is_doubtful = marked.is_doubtful or marked.names_days(wishes) or marked.names_times(wishes)
    if frame.intent is Intent.MOVE:
        if day := _day_of_a_time(marked, about, wishes):
            is_doubtful = True
            about = [*about, day]
        elif is_doubtful:
            about = [*about, *_told_first(marked, about, wishes)]
    about_days = [marked.day(each) for each in about if is_day(each)]
    without_days = [marked.day(each) for each in without if is_day(each)]
    near_to = about_days or without_days
    # Also what was told first: it may be the first choice.
    possible = [_near(marked.day(each), near_to) for each in reversed(wishes) if is_day(each)]
    wishes = [each for each in reversed(wishes) if each not in about]
    days = [_near(marked.day(each), near_to) for each in wishes if is_day(each)]
    days = days or _weeks_of(without_days)
    times = [marked.times(each) for each in wishes if is_time(each)]
    # Whoever names a day that is over, and asks for nothing, tells of it.
    is_told = bool(days) and days[0].last < marked.today and not marked.asks()
    is_where_it_is = bool(days) and not times and days[0] in [each.days for each in about_days]
    is_lost = not about_days and any(
        "same_week" in marked.day(each).found for each in wishes if is_day(each)
    )
    is_doubtful = is_doubtful or is_told or is_where_it_is or is_lost
    return frame._replace(
        days=days[0] if days else None,
        times=next(iter(times or _rests(marked, without)), None),
        about=marked.booking(about),
        without=_excluded(without_days, days),
        at_other_day=marked.has_day_word and not days,
        at_same_time=marked.grammar.same_time.search(marked.text) is not None,
        readings=tuple(dict.fromkeys(marked.readings or possible or days)) if is_doubtful else (),
        time_readings=tuple(dict.fromkeys(times)) if is_doubtful else (),
        single_days=next((marked.day(each).named for each in wishes if is_day(each)), ()),
        single_times=next(
            (marked.single_times.get(each, ()) for each in wishes if is_time(each)), ()
        ),
        confidence=DOUBTFUL if is_doubtful else frame.confidence,
    )


def _sorted_out(
    intent: Intent, marked: Marked, roles: Roles
) -> tuple[list[str], list[str], list[str]]:
    """Return the marks of the booking that is spoken of, of the wish, and of what is excluded."""
    about, wishes, cannot = roles.of(Role.ABOUT), roles.of(Role.WANTED), roles.of(Role.CANNOT)
    # "The 7th is my husband's day off now, so please the 7th": a reason excludes no wish.
    busy = [each for each in roles.of(Role.BUSY) if not _is_named(marked, each, wishes)]
    without = [*roles.of(Role.WITHOUT), *busy]
    # "Thursdays he has swimming, so any day but Thursday"
    wishes = [each for each in wishes if not _is_named(marked, each, without)]
    if intent is Intent.MOVE and not about and not marked.names_days(cannot):
        about, cannot = cannot, []
    if intent is not Intent.MOVE and not wishes:
        about, wishes = [], about
    if intent is not Intent.MOVE and any(_is_named(marked, each, wishes) for each in about):
        about = []
    # What stands in the way of a booking is no day to be excluded.
    without = [each for each in (*without, *cannot) if not _is_named(marked, each, about)]
    return about, [each for each in wishes if not _is_named(marked, each, without)], without


def _is_named(marked: Marked, mark: str, others: list[str]) -> bool:
    """Return whether the same days or times stand among others."""
    if is_time(mark):
        return any(marked.times(each) == marked.times(mark) for each in others if is_time(each))
    return any(marked.day(each).days == marked.day(mark).days for each in others if is_day(each))


def _told_first(marked: Marked, about: list[str], wishes: list[str]) -> list[str]:
    """Return the day and time of a move that are told before the wish, with what stands nearer to
    them than to it: what is to be moved."""
    for names_several, is_kind in ((marked.names_days, is_day), (marked.names_times, is_time)):
        of_kind = [each for each in wishes if is_kind(each)]
        if names_several(wishes) and not any(map(is_kind, about)):
            first, last = of_kind[0], of_kind[-1]
            near = [
                each
                for each in wishes
                if marked.distance(each, first) < marked.distance(each, last)
            ]
            return [each for each in near if not is_kind(each) or each == first]
    return []


def _day_of_a_time(marked: Marked, about: list[str], wishes: list[str]) -> str:
    """Return the day of "my 2 pm on Friday, at 4": it stands beside no time that is wanted, so it
    is likely the day of the time that is to be moved."""
    days, times = [*filter(is_day, wishes)], [*filter(is_time, wishes)]
    if len(days) != 1 or not times or any(map(is_day, about)) or not any(map(is_time, about)):
        return ""
    return "" if any(marked.distance(each, days[0]) == 1 for each in times) else days[0]


def _near(day: Day, others: list[Day]) -> Days:
    """Return the days that are wanted; a weekday lies in the week that was named for the booking
    it is about ("next Tuesday's to Thursday") or for what is excluded, or in the booking's own
    ("Thursday of the same week", "the following Tuesday"); a day without a month, in its month."""
    if not others:
        return day.days
    other = others[0]
    if is_one_day(other) and set(day.found) in ({"day"}, {"part"}):
        return _in_month(day, other)
    if "week_after" in day.found:
        return beside(day.found, other.days.first + timedelta(weeks=1), is_range=False) or day.days
    if "same_week" in day.found or (is_weekday(day) and "week" in other.found):
        return beside(day.found, other.days.first, is_range=False) or day.days
    return day.days


def _in_month(day: Day, other: Day) -> Days:
    """Return a part of a month, that was named without it, in the month of another day; or a day,
    where it is nearest to the other ("my 8 January to the 12th")."""
    same = days_of(day.found, other.days.first.replace(day=1)) or day.days
    if "part" in day.found or same < day.days:
        return max(day.days, same)
    return min(day.days, same, key=lambda each: abs(each.first - other.days.first))


def _weeks_of(without: list[Day]) -> list[Days]:
    """Return the week of which only days were excluded ("not Monday of next week")."""
    of_week = [each for each in without if "week" in each.found and not is_range(each)]
    return [week_of(of_week[0].days.first)] if of_week else []


def _rests(marked: Marked, without: list[str]) -> list[Times]:
    """Return the halves of the day that remain without the excluded times."""
    rests = (rest_of_day(marked.times(each)) for each in without if is_time(each))
    return [each for each in rests if each is not None]


def _excluded(without: list[Day], wishes: list[Days]) -> tuple[date, ...]:
    """Return the days that are excluded, of a range its first ones from Monday to Friday; a weekday
    lies in the week that is wanted. Weeks before or after what is wanted are only its reason."""
    found = set()
    for day in without:
        if wishes and is_range(day) and not overlap(day.days, wishes[0]):
            continue
        in_week = is_weekday(day) and wishes and wishes[0].first != wishes[0].last
        near = beside(day.found, wishes[0].first, is_range=False) if in_week else None
        for first, last in [near] if near else day.single:
            every = (first + timedelta(days=n) for n in range((last - first).days + 1))
            is_one = first == last
            found |= set(islice((each for each in every if is_one or each.weekday() < 5), _MOST))
    return tuple(sorted(found))
