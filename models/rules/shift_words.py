"""Shifts and spans of time as staff write them, in Japanese or English."""

import re
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.rules.days import at, end_of_day
from models.rules.typed_dates import read_day, read_only_day
from models.text import plain

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
    """Return a shift like "mon-fri 10:00-16:00" or "月,水 13:00-16:00 12/1から 3/31まで". Raises
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
    """Return a time without consultations: "12/24", "12/24-12/26", "12/24 13:00-15:00",
    "12/24 午後", "12/24 15:00から"; None for what is not understood as a whole. Aware times, in the
    office's zone."""
    words = plain(text)
    if part := _part_of_day(words, today, zone):
        return part
    if re.search(r"午前|午後|[ap]\.?m\b|半日", words):
        return None
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


def _part_of_day(words: str, today: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return one day's morning or afternoon, or what lies before or after a time of it."""
    begins, ends = time(0), None
    if match := _MORNING.fullmatch(words):
        ends = _NOON
    elif match := _AFTERNOON.fullmatch(words):
        begins = _NOON
    elif match := _AFTER.fullmatch(words) or _BEFORE.fullmatch(words):
        try:
            clock = time.fromisoformat(match[2].zfill(5))
        except ValueError:
            return None
        begins, ends = (time(0), clock) if words.endswith("まで") else (clock, None)
    day = read_only_day(match[1].strip(), today) if match else None
    if day is None:
        return None
    return at(day, begins, zone), at(day, ends, zone) if ends else end_of_day(day, zone)


_NOON = time(12)
_MORNING = re.compile(r"(.+?)\s*(?:の?午前中?|(?<![a-z])am|(?<![a-z])morning)")
_AFTERNOON = re.compile(r"(.+?)\s*(?:の?午後|(?<![a-z])pm|(?<![a-z])afternoon)")
_AFTER = re.compile(r"(.+?)\s+(\d{1,2}:\d{2})\s*(?:から|以降)")
_BEFORE = re.compile(r"(.+?)\s+(\d{1,2}:\d{2})\s*まで")


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
        if part == "平日":
            days += range(5)
            continue
        names = re.split(r"[-–~〜]", part)
        runs = [_run(name) for name in names]
        if len(names) == 1 and runs[0]:
            days += runs[0]
            continue
        if len(names) != 2 or any(len(run) != 1 for run in runs):
            raise ShiftError(f'"{part}" is no weekday or range of weekdays: {" ".join(_WEEKDAYS)}.')
        first, last = runs[0][0], runs[1][0]
        if first > last:
            raise ShiftError(f'"{part}" goes backwards.')
        days += range(first, last + 1)
    return sorted(set(days))


def _run(name: str) -> list[int]:
    """Return the weekdays that a word names one after the other ("mon", "月曜", "月水金"); none for
    what is not understood as a whole."""
    if name in _WEEKDAYS:
        return [_WEEKDAYS.index(name)]
    if not _JAPANESE_RUN.fullmatch(name):
        return []
    return [_JAPANESE.index(match[1]) for match in _JAPANESE_DAY.finditer(name)]


_JAPANESE_DAY = re.compile(rf"([{_JAPANESE}])(?:曜日?)?")
_JAPANESE_RUN = re.compile(rf"(?:{_JAPANESE_DAY.pattern})+")
