"""Deadlines: may this be booked, moved or cancelled at `now`? When is what due?"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.rules.days import at, is_business_day, local_day


class Joinable(Enum):
    """What the join link answers."""

    NOT_YET = "not yet"
    NOW = "now"
    OVER = "over"


def bookable_days(now: datetime, zone: ZoneInfo, horizon_days: int) -> Sequence[date]:
    """Return the local days a parent can book at `now`: tomorrow (art. 6(1): fixed by the day
    before) up to `horizon_days` from today. Closed days are among them."""
    return _days_after(local_day(now, zone), horizon_days)


@lru_cache(maxsize=64)
def _days_after(today: date, count: int) -> Sequence[date]:
    return tuple(today + timedelta(days=ahead) for ahead in range(1, count + 1))


def may_book(start: datetime, now: datetime, zone: ZoneInfo, horizon_days: int) -> bool:
    """Return whether a parent may still take this start: until 24:00 of the day before (art. 6(1)),
    counted in the office's calendar and not in hours, and not further ahead than the horizon."""
    today, day = local_day(now, zone), local_day(start, zone)
    return today < day <= today + timedelta(days=horizon_days)


def may_cancel(start: datetime, now: datetime) -> bool:
    """Return whether a parent may cancel or leave this slot: any time before the start (art.
    6(6))."""
    return now < start


def day_before(start: datetime, clock_time: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time on the day before a start."""
    return at(local_day(start, zone) - timedelta(days=1), clock_time, zone)


def working_day_before(start: datetime, clock_time: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time on the last working day before a start: what is asked of
    staff falls on a day on which they are there."""
    day = local_day(start, zone) - timedelta(days=1)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return at(day, clock_time, zone)


def next_working_day(day: date) -> date:
    """Return the first working day after a local day."""
    day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def joinable(start: datetime, end: datetime, now: datetime, early: timedelta) -> Joinable:
    """Return whether the join link works at `now`: from `early` before the start to the end."""
    if now < start - early:
        return Joinable.NOT_YET
    if now < end:
        return Joinable.NOW
    return Joinable.OVER
