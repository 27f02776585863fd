"""When staff are there, and when nobody is to be disturbed."""

from datetime import datetime, timedelta

from models.rules.days import at, is_business_day
from models.turn import Turn


def is_open(turn: Turn) -> bool:
    """Return whether staff are there to answer: the office's hours on a working day."""
    opens, closes = turn.office.office_hours
    zone = turn.office.zone
    return is_business_day(turn.today) and (
        at(turn.today, opens, zone) <= turn.now < at(turn.today, closes, zone)
    )


def next_opening(turn: Turn) -> datetime:
    """Return when the office opens next (UTC or the office's zone: it is aware)."""
    day = turn.today
    while True:
        opens = at(day, turn.office.office_hours[0], turn.office.zone)
        if is_business_day(day) and opens > turn.now:
            return opens
        day += timedelta(days=1)


def is_quiet(turn: Turn) -> bool:
    """Return whether people are not to be disturbed now."""
    begins, ends = turn.office.quiet_hours
    clock = turn.now.astimezone(turn.office.zone).time()
    return clock >= begins or clock < ends if begins > ends else begins <= clock < ends
