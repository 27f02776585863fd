"""A wish: the days and times that somebody would like, and how a button carries them."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import NamedTuple, Self

from models.chat import NotAButton
from models.rules.slots import Slot
from models.turn import Turn
from models.understanding.frame import LAST_TIME, Days, Frame, Times

# What a button carries where nothing is said of days, and of times.
_NO_DAY = date(2000, 1, 1)
_NO_TIMES = (1, 0)
# A button has room for so many excluded days, so far from the first day.
_EXCLUDED, _FARTHEST = 8, 99
_WEEKDAYS = 2
_SATURDAY = 5


class Wish(NamedTuple):
    """The days and times that somebody would like; None is "any"."""

    days: Days | None = None
    times: Times | None = None
    without: tuple[date, ...] = ()

    @classmethod
    def of(cls, frame: Frame) -> Self:
        """Return the wish of a frame; of days that were named one by one, those between them are
        excluded, as far as a button can carry them."""
        without = {*frame.without, *_between(frame.single_days)}
        return cls(frame.days, frame.times, tuple(sorted(without)))

    @classmethod
    def unpacked(cls, packed: str) -> Self:
        """Return the wish that a button carries. Raises NotAButton for what `packed` never
        writes."""
        try:
            day, length, start, end, *offsets = map(int, packed.split("-"))
            first = date.fromisoformat(str(day))
            wish = cls(
                Days(first, first + timedelta(days=length - 1)) if length else None,
                None if (start, end) == _NO_TIMES else Times(_clock(start), _clock(end)),
                tuple(first + timedelta(days=offset) for offset in offsets),
            )
        except (ValueError, OverflowError) as error:
            raise NotAButton("no such wish") from error
        is_backwards = wish.times is not None and wish.times.last < wish.times.first
        if length < 0 or is_backwards or wish.packed() != packed:
            raise NotAButton("no such wish")
        return wish

    def packed(self) -> str:
        """Return the wish as an argument of a button: the first day, how many days (0: any), from
        and to (HHMM), and the excluded days as days after the first."""
        first = self.days.first if self.days else min(self.without, default=_NO_DAY)
        length = (self.days.last - first).days + 1 if self.days else 0
        start, end = map(_hhmm, self.times) if self.times else _NO_TIMES
        offsets = [(each - first).days for each in self.without]
        near = [each for each in offsets if 0 <= each <= _FARTHEST][:_EXCLUDED]
        return "-".join(map(str, (f"{first:%Y%m%d}", length, start, end, *near)))

    def fits(self, turn: Turn, slot: Slot) -> bool:
        """Return whether a slot is what is wished."""
        local = slot.starts_at.astimezone(turn.office.zone)
        day, clock = local.date(), local.time()
        return (
            (self.days is None or self.days.first <= day <= self.days.last)
            and (self.times is None or _is_in(clock, self.times))
            and not any(self._excludes(each, day) for each in self.without)
        )

    def _excludes(self, excluded: date, day: date) -> bool:
        """Return whether an excluded day rules a day out: without a week, "not Tuesday" means every
        Tuesday; more days than two are a range."""
        is_weekly = self.days is None and len(self.without) <= _WEEKDAYS
        return day == excluded or (is_weekly and day.weekday() == excluded.weekday())


def _between(single: Sequence[Days]) -> list[date]:
    """Return the days from Monday to Friday that lie between days that were named."""
    if not single:
        return []
    first, last = min(each.first for each in single), max(each.last for each in single)
    every = (first + timedelta(days=n) for n in range((last - first).days))
    return [
        day
        for day in every
        if day.weekday() < _SATURDAY and not any(each.first <= day <= each.last for each in single)
    ]


def _is_in(clock: time, times: Times) -> bool:
    """Return whether a start lies in what was wished: before the end of a range, or at the time
    that was named."""
    if times.first == times.last:
        return clock == times.first
    return times.first <= clock and (clock < times.last or times.last == LAST_TIME)


def _hhmm(clock: time) -> int:
    return clock.hour * 100 + clock.minute


def _clock(hhmm: int) -> time:
    return time(hhmm // 100, hhmm % 100)
