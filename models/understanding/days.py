"""Days: the arithmetic of what a pattern found ("the second Tuesday of next month")."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from models.rules.days import YEARS
from models.understanding.frame import Days

# What a pattern found, by the name of its placeholder.
Found = Mapping[str, int | list[int]]

_REIWA = 2018
_LAST = -1  # "the last Friday"
_WEEK = timedelta(weeks=1)
# Names of the placeholders that say which month is meant.
_MONTHS = ("month", "monthname", "ahead")
# Placeholders that count from today.
_COUNTED = ("relative", "week", "ahead", "next_year")


def days_of(found: Found, today: date) -> Days | None:
    """Return the days that a pattern found, counted from `today`; None when there are no such
    days (31 November)."""
    try:
        days = _resolve(found, today)
    except (ValueError, OverflowError):
        return None
    return days if days.first.year in YEARS and days.last.year in YEARS else None


def is_bare(found: Found) -> bool:
    """Return whether only a day of the month or a weekday was found, which takes its month or
    week from the day beside it."""
    return bool(found) and not set(found) - {"day", "weekday"}


def is_over(found: Found) -> bool:
    """Return whether the words themselves speak of the past ("yesterday", "last week")."""
    return any(_number(found.get(name, 0)) < 0 for name in _COUNTED)


def beside(found: Found, other: date, *, is_range: bool) -> Days | None:
    """Return a bare day as it is meant after another one ("7 to 11", "Tuesday or Thursday of next
    week")."""
    if "day" in found:
        return days_of(found, other)
    weekday = _number(found["weekday"])
    in_week = _monday(other) + timedelta(days=weekday)
    return _one(in_week + _WEEK if is_range and in_week < other else in_week)


def month_of(day: date) -> Days:
    """Return the month of a day, whole."""
    first = day.replace(day=1)
    return Days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def week_of(day: date) -> Days:
    """Return the week of a day, from Monday to Sunday."""
    return Days(_monday(day), _monday(day) + timedelta(days=6))


def _resolve(found: Found, today: date) -> Days:
    if "relative" in found:
        return _one(today + timedelta(days=_number(found["relative"])))
    if "count" in found:
        return _one(today + timedelta(days=_number(found["count"])))
    if "within" in found:
        return Days(today, today + timedelta(days=_number(found["within"])))
    if "within_weeks" in found:
        return Days(today, today + _number(found["within_weeks"]) * _WEEK)
    if "fortnight" in found:
        return _one(today + 2 * _WEEK)
    if "week_after" in found:  # than that of a booking, of which nothing is known here
        return _in_week({**found, "week": 1}, today)
    if "weeks" in found or "week" in found:
        return _in_week(found, today)
    if any(name in found for name in _MONTHS):
        return _in_month(found, today)
    if "turn_of_year" in found:
        first = date(today.year + 1, 1, 1)
        return Days(first, first + timedelta(days=14))
    if "rest_of_year" in found:
        return Days(today, date(today.year, 12, 31))
    if "weekend" in found:
        saturday = _monday(today) + timedelta(days=5)
        return Days(max(saturday, today), saturday + timedelta(days=1))
    if "nth" in found:
        return _next_nth(found, today)
    if "part" in found:
        days = _part_of_month(today, found["part"])
        if days.last < today:  # "early in the month", said late in it
            days = _part_of_month(month_of(today).last + timedelta(days=1), found["part"])
        return _from_today(days, today)
    if "weekday" in found:
        ahead = (_number(found["weekday"]) - today.weekday() - 1) % 7 + 1
        return _one(today + timedelta(days=ahead))
    return _day_of_month(found, today)


def _in_week(found: Found, today: date) -> Days:
    if "weeks" in found and "weekday" not in found:
        return _one(today + _number(found["weeks"]) * _WEEK)
    monday = _monday(today) + _number(found.get("week", found.get("weeks", 0))) * _WEEK
    if "after_weekday" in found:  # "a week from Tuesday": seven days after the coming one
        coming = today + timedelta(days=(_number(found["weekday"]) - today.weekday() - 1) % 7 + 1)
        return _one(coming + _number(found["weeks"]) * _WEEK)
    if "weekday" in found:
        return _one(monday + timedelta(days=_number(found["weekday"])))
    if "weekend" in found:
        return Days(monday + timedelta(days=5), monday + timedelta(days=6))
    if "week_part" in found:
        first, last = _pair(found["week_part"])
        return _from_today(Days(monday + timedelta(first), monday + timedelta(last)), today)
    return _from_today(week_of(monday), today)


def _in_month(found: Found, today: date) -> Days:
    month = _month(found, today)
    if "day" in found:
        day = _number(found["day"])
        if not {"ahead", "year", "era", "next_year"} & set(found):
            first = _nearest(today, month.month, day)
        else:
            first = month.replace(day=day)
        if "day2" in found:
            return Days(first, _next_such(first, _number(found["day2"])))
        return _one(first)
    if "nth" in found:
        return _one(_nth(month, _number(found["nth"]), _number(found["weekday"])))
    days = _part_of_month(month, found["part"]) if "part" in found else month_of(month)
    return _from_today(days, today)


def _month(found: Found, today: date) -> date:
    """Return the first day of the month that is meant."""
    if "ahead" in found:
        months = today.year * 12 + today.month - 1 + _number(found["ahead"])
        return date(months // 12, months % 12 + 1, 1)
    month = _number(found.get("month", found.get("monthname", 0)))
    if "year" in found:
        return date(_year(_number(found["year"])), month, 1)
    if "era" in found:
        return date(_REIWA + _number(found["era"]), month, 1)
    if "next_year" in found:
        return date(today.year + _number(found["next_year"]), month, 1)
    year = today.year if month >= today.month else today.year + 1
    return date(year, month, 1)


def _year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _nearest(today: date, month: int, day: int) -> date:
    """Return the nearest such day: one that has just gone by is that day, and no other."""
    near: list[date] = []
    for year in range(today.year - 1, today.year + 9):
        try:
            near.append(date(year, month, day))
        except ValueError:
            if (month, day) != (2, 29):
                raise
    return min(near, key=lambda each: abs(each - today))


def _day_of_month(found: Found, today: date) -> Days:
    wanted = _number(found["day"])
    day = _next_such(today, wanted)
    if "day2" in found:
        return Days(day, _next_such(day, _number(found["day2"])))
    return _one(day)


def _next_such(day: date, wanted: int) -> date:
    such = (each for each in _from(day) if each.day == wanted)
    if (found := next(such, None)) is None:
        raise ValueError("no such day")
    return found


def _next_nth(found: Found, today: date) -> Days:
    nth, weekday = _number(found["nth"]), _number(found["weekday"])
    this_month = _nth(today.replace(day=1), nth, weekday)
    if this_month >= today:
        return _one(this_month)
    return _one(_nth(month_of(today).last + timedelta(days=1), nth, weekday))


def _nth(month: date, nth: int, weekday: int) -> date:
    such = [
        each
        for each in (month + timedelta(days=ahead) for ahead in range(31))
        if each.weekday() == weekday and each.month == month.month
    ]
    if nth > len(such):
        raise ValueError("no such day")
    return such[-1] if nth == _LAST else such[nth - 1]


def _part_of_month(month: date, part: int | list[int]) -> Days:
    """Return a part of a month: from one day to another, or its last days (a negative number)."""
    whole = month_of(month)
    first, last = _pair(part)
    if first < 0:
        return Days(whole.last + timedelta(days=first + 1), whole.last)
    return Days(
        month.replace(day=first), min(whole.last, month.replace(day=1) + timedelta(last - 1))
    )


def _from_today(days: Days, today: date) -> Days:
    """Return days without those that are past, unless all of them are."""
    return Days(max(days.first, today), days.last) if days.last >= today else days


def _from(day: date) -> Iterator[date]:
    # No day of a month is more than two months away.
    return (day + timedelta(days=ahead) for ahead in range(63))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _one(day: date) -> Days:
    return Days(day, day)


def _number(value: int | list[int]) -> int:
    return value if isinstance(value, int) else value[0]


def _pair(value: int | list[int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])
