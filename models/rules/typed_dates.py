"""Typed days of staff: a small grammar over Japanese and English, on plain text. A 日 after a
number is a day of the month and no Sunday. What parents type is read by models/understanding."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from models.rules.days import YEARS

_WEEKDAYS = "月火水木金土日"
_ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_WORD = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_WORD = rf"({'|'.join(_ENGLISH_WEEKDAYS)})(?:[a-z]*day|s|rs|nes)?\.?(?![a-z])"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?(?!\d|:|\s*[ap]m)"

_BESIDE_A_DAY = re.compile(rf"[(（]?[{_WEEKDAYS}](?:曜日?)?[)）]?|[(（]?{_DAY_WORD}[)）]?|日")

Reader = Callable[[re.Match[str], date], date | None]


def read_day(words: str, today: date) -> date | None:
    """Return the first day that plain text names, or None. A day without a year is the next such
    day from today on; a bare weekday is the next one after today."""
    for pattern, reader in _DAYS:
        if match := pattern.search(words):
            try:
                found = reader(match, today)
            except (ValueError, OverflowError):
                return None
            return found if found is not None and found.year in YEARS else None
    return None


def read_only_day(words: str, today: date) -> date | None:
    """Return the day that plain text names and nothing else, but its weekday; else None."""
    for pattern, _ in _DAYS:
        if match := pattern.search(words):
            rest = words[: match.start()] + words[match.end() :]
            rest = _BESIDE_A_DAY.sub("", rest)
            return None if rest.strip(" ,、") else read_day(words, today)
    return None


def _in_year(match: re.Match[str], today: date) -> date:
    return date(int(match[1]), int(match[2]), int(match[3]))


def _this_or_next_year(month: int, day: int, today: date) -> date:
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            if (month, day) != (2, 29):
                raise
            continue
        if found >= today:
            return found
    raise ValueError("no such day")


def _month_day(match: re.Match[str], today: date) -> date:
    return _this_or_next_year(int(match[1]), int(match[2]), today)


def _word_day(match: re.Match[str], today: date) -> date:
    return _this_or_next_year(_MONTHS.index(match[1]) + 1, int(match[2]), today)


def _day_word(match: re.Match[str], today: date) -> date:
    return _this_or_next_year(_MONTHS.index(match[2]) + 1, int(match[1]), today)


def _day_of_month(match: re.Match[str], today: date) -> date:
    wanted = int(match[1])
    if not 1 <= wanted <= 31:
        raise ValueError("no such day")
    day = today
    while day.day != wanted:
        day += timedelta(days=1)
    return day


def _ahead(days: int) -> Reader:
    return lambda match, today: today + timedelta(days=days)


def _days_later(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=int(match[1]))


def _weeks_later(match: re.Match[str], today: date) -> date:
    return today + timedelta(weeks=int(match[1]))


def _weekday_of_week(match: re.Match[str], today: date) -> date:
    weeks = {"今週": 0, "来週": 1, "再来週": 2}[match[1]]
    return _of_week(today, weeks, _WEEKDAYS.index(match[2]))


def _english_weekday_of_week(match: re.Match[str], today: date) -> date:
    weeks = {"this": 0, "next": 1}[match[1]]
    return _of_week(today, weeks, _ENGLISH_WEEKDAYS.index(match[2]))


def _of_week(today: date, weeks: int, weekday: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks, days=weekday)


def _next_weekday(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday(match: re.Match[str], today: date) -> date:
    return _next_weekday(today, _WEEKDAYS.index(match[1]))


def _english_weekday(match: re.Match[str], today: date) -> date:
    return _next_weekday(today, _ENGLISH_WEEKDAYS.index(match[1]))


_DAYS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"(?<!\d)(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})(?!\d)", _in_year),
        (r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日?", _month_day),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", _month_day),
        (rf"(?<![a-z]){_MONTH_WORD}\s*{_ORDINAL}", _word_day),
        (rf"(?<!\d){_ORDINAL}\s*(?:of\s+)?{_MONTH_WORD}(?![a-z])", _day_word),
        (r"(?<!\d)(\d{1,3})\s*日後", _days_later),
        (r"(?<!\d)(\d{1,2})\s*週間後", _weeks_later),
        (r"in (\d{1,3}) days?(?![a-z])", _days_later),
        (r"in (\d{1,2}) weeks?(?![a-z])", _weeks_later),
        (r"(?<!\d)(\d{1,2})\s*日(?!間)", _day_of_month),
        (r"しあさって|明々後日|明明後日", _ahead(3)),
        (r"明後日|あさって|day after tomorrow", _ahead(2)),
        (r"明日|あした|あす(?!か)|tomorrow", _ahead(1)),
        (r"今日|きょう|本日|today", _ahead(0)),
        (rf"(再来週|来週|今週)の?\s*([{_WEEKDAYS}])(?:曜|(?![{_WEEKDAYS}\w]))", _weekday_of_week),
        (rf"(?<![a-z])(this|next)\s+{_DAY_WORD}", _english_weekday_of_week),
        (rf"([{_WEEKDAYS}])曜", _weekday),
        (rf"[(（]([{_WEEKDAYS}])[)）]", _weekday),
        (rf"(?<![a-z]){_DAY_WORD}", _english_weekday),
        (r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)(?![a-z])", _day_of_month),
    )
)
