"""Menus: what stands beside a parent's chat, by what they can do now."""

from datetime import datetime, tzinfo

from models.choice import Choice
from models.rules.days import local_day


class MenuState(Choice):
    """What a parent can do next."""

    NEW = "new"
    MAY_BOOK = "may_book"
    BOOKED = "booked"
    TODAY = "today"


def menu_state(
    next_start: datetime | None, now: datetime, zone: tzinfo, *, may_book: bool
) -> MenuState:
    """Return what a parent can do next whose next consultation begins then (UTC), if they have
    one."""
    if next_start is None:
        return MenuState.MAY_BOOK if may_book else MenuState.NEW
    is_today = local_day(next_start, zone) == local_day(now, zone)
    return MenuState.TODAY if is_today else MenuState.BOOKED
