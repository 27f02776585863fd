"""Shifts and spans of time as staff write them, in Japanese or English."""

import re
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.rules.days import at, end_of_day
from models.rules.typed_dates import plain, read_day, read_only_day

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_JAPANESE = "月火水木金土日"
_TO = r"\s*(?:[-–~〜]|から|to)\s*"
_TIMES = re.compile(rf"(\d{{1,2}}:\d{{2}}){_TO}(\d{{1,2}}:\d{{2}})(?:まで)?")
_FROM = re.compile(r"(\d{1,4}[/年月.-]\d{1,2}[^\s]*?)\s*から|from\s+(\S+)")
_UNTIL = re.compile(r"(\d{1,4}[/年月.-]\d{1,2}[^\s]*?)\s*まで|until\s+(\S+)")


class ShiftError(ValueError):
    """A text is no shift; the message says why."""


class ShiftWords(NamedTuple):
    """Weekdays (0 is Monday), local times, and the days from and until which it holds."""

    weekdays: list[int]
    start: time
    end: time
    from_day: date | None
    until_day: date | None


def read_shift(text: str, today: date) -> ShiftWords:
    """A shift like "mon-fri 10:00-16:00" or "月,水 13:00-16:00 12/1から 3/31まで". Raises
    ShiftError."""
    words = plain(text)
    times = _TIMES.search(words)
    if times is None:
        raise ShiftError(
            f'A shift looks like "mon-fri 10:00-16:00" or "mon,wed 13:00-16:00", not "{text}".'
        )
    start, end = _times(times, text)
    rest = words[: times.start()] + " " + words[times.end() :]
    from_day, rest = _bound(_FROM, rest, today)
    until_day, rest = _bound(_UNTIL, rest, today)
    return ShiftWords(_weekdays(rest.strip()), start, end, from_day, until_day)


def read_span(text: str, today: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """A time without consultations: "12/24", "12/24-12/26", "12/24 13:00-15:00"; None for what
    is none. Aware times, in the office's zone."""
    words = plain(text)
    if re.search(r"午前|午後|[ap]\.?m\b|半日", words):
        return None  # half days must be written as times
    times = _TIMES.search(words)
    days = words[: times.start()] + words[times.end() :] if times else words
    parts = [part for part in re.split(r"[-–~〜]|から|まで| to ", days) if part.strip()]
    if not 1 <= len(parts) <= 2:
        return None
    read = [read_only_day(part.strip(), today) for part in parts]
    first, last = read[0], read[-1]
    if first is None or last is None or last < first:
        return None
    if times is None:
        return at(first, time(0), zone), end_of_day(last, zone)
    try:
        start, end = _times(times, text)
    except ShiftError:
        return None
    return (at(first, start, zone), at(last, end, zone)) if first == last else None


def _times(match: re.Match[str], text: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(part.zfill(5)) for part in match.groups())
    except ValueError:
        raise ShiftError(f'"{text}" has a time that does not exist.') from None
    if start >= end:
        raise ShiftError(f'The shift "{text}" ends before it begins.')
    return start, end


def _bound(pattern: re.Pattern[str], words: str, today: date) -> tuple[date | None, str]:
    match = pattern.search(words)
    if match is None:
        return None, words
    day = read_day(match[1] or match[2], today)
    if day is None:
        raise ShiftError(f'"{match[0]}" is no day.')
    return day, words[: match.start()] + words[match.end() :]


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for part in re.split(r"[,、・\s]+", text):
        names = re.split(r"[-–~〜]", part)
        if len(names) > 2 or any(_weekday(name) is None for name in names):
            raise ShiftError(f'"{part}" is no weekday or range of weekdays: {" ".join(_WEEKDAYS)}.')
        first, last = (_weekday(names[0]) or 0), (_weekday(names[-1]) or 0)
        if first > last:
            raise ShiftError(f'"{part}" goes backwards.')
        days += range(first, last + 1)
    return sorted(set(days))


def _weekday(name: str) -> int | None:
    if len(name) <= 3 and name[:1] in _JAPANESE and name[:1]:
        return _JAPANESE.index(name[0])
    return _WEEKDAYS.index(name) if name in _WEEKDAYS else None
