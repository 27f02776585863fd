"""Times of day: the arithmetic of what a pattern found ("half past two in the afternoon")."""

from datetime import time

from models.understanding.days import Found
from models.understanding.frame import FIRST_TIME, LAST_TIME, Times

# An hour without a word for its half of the day is meant in the afternoon up to this one: no
# office opens so early.
_LAST_AFTERNOON_HOUR = 6
_NOON = 12
_DAY = 24 * 60
_AROUND = 30
# What words say of an hour ("half past two", "a quarter to three").
_MINUTES = {"half": 30, "quarter": 15, "to_quarter": -15}


def times_of(found: Found) -> Times | None:
    """Return the times that a pattern found; None when there is no such time (25:00)."""
    try:
        return _resolve(found)
    except ValueError:
        return None


def after(times: Times) -> Times:
    """Return the times from the first on."""
    return Times(times.first, LAST_TIME)


def before(times: Times) -> Times:
    """Return the times up to the last."""
    return Times(FIRST_TIME, times.last)


def around(times: Times) -> Times:
    """Return half an hour more on each side of one time; what is a range already stays one."""
    if times.first != times.last:
        return times
    return Times(_shifted(times.first, -_AROUND), _shifted(times.last, _AROUND))


def rest_of_day(times: Times) -> Times | None:
    """Return the times of the day without these; None when they are no half of it."""
    if times.first == FIRST_TIME:
        return Times(times.last, LAST_TIME)
    if times.last == LAST_TIME:
        return Times(FIRST_TIME, times.first)
    return None


def _resolve(found: Found) -> Times:
    part = found.get("part_of_day")
    if "hour" not in found:
        if not isinstance(part, list):
            raise ValueError("no time")
        return Times(_clock(part[0]), _clock(part[1]))
    last_part = found.get("part_of_day2", part)
    if "hour2" not in found:
        one = _hour(found, "", part)
        return Times(one, one)
    last = _hour(found, "2", last_part)
    first = _hour(found, "", part if part is not None else last_part)
    if first > last:  # "9 to 1 pm": the word belongs to the last only
        first = _hour(found, "", None)
    return Times(first, last) if first <= last else Times(last, first)


def _hour(found: Found, which: str, part: int | list[int] | None) -> time:
    hour = found[f"hour{which}"]
    by_word = next((value for name, value in _MINUTES.items() if name in found), 0)
    minute = found.get(f"minute{which}", by_word)
    assert isinstance(hour, int)
    assert isinstance(minute, int)
    if isinstance(part, list):
        hour = _in_part(hour, part)
    elif 1 <= hour <= _LAST_AFTERNOON_HOUR:
        hour += _NOON
    if minute < 0:  # "a quarter to three"
        hour, minute = hour - 1, minute + 60
    return time(hour, minute)


def _in_part(hour: int, part: list[int]) -> int:
    """Return an hour of twelve as it is meant in a part of the day (from and to as HHMM)."""
    if hour > _NOON:
        return hour
    early = hour % _NOON
    return min(
        (early, early + _NOON),
        key=lambda each: max(part[0] - each * 100, each * 100 - part[1], 0),
    )


def _clock(hhmm: int) -> time:
    return time(hhmm // 100, hhmm % 100)


def _shifted(clock: time, minutes: int) -> time:
    whole = min(max(clock.hour * 60 + clock.minute + minutes, 0), _DAY - 1)
    return time(whole // 60, whole % 60)
