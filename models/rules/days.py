"""Days of the office: business days, and local days of an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday

# What lies further away was mistyped or forged. At the ends of the calendar an hour more or less
# has no date.
YEARS = range(2000, 3000)
# How far others' clocks may be behind ours.
_OTHER_CLOCKS = timedelta(minutes=2)


@lru_cache(maxsize=4096)
def is_business_day(day: date) -> bool:
    """Return whether the office opens on this day (art. 6(3)): Monday to Friday, no national
    holiday (substitute and citizens' holidays too), and not 29 December to 3 January."""
    if day.weekday() >= 5 or is_year_end(day):
        return False
    return not jpholiday.is_holiday(day)


def is_year_end(day: date) -> bool:
    """Return whether it is 29 December to 3 January, when public offices in Japan are closed by
    law."""
    return (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)


@lru_cache(maxsize=8192)
def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in the office's time zone."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=8192)
def at(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local day and time; a time of 24:00 is written as the next day's
    0:00."""
    return datetime.combine(day, clock_time, zone)


@lru_cache(maxsize=8192)
def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return 24:00 of a local day: the first instant that no longer belongs to it."""
    return at(day + timedelta(days=1), time(0), zone)


def until_utc_midnight(now: datetime) -> timedelta:
    """Return how long it is until the next 0:00 UTC is past on others' clocks too."""
    day = now.astimezone(UTC)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - day + _OTHER_CLOCKS
