"""Slots: which starts the office offers, and which of them are free."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.rules.days import at, is_business_day, local_day


class Slot(NamedTuple):
    """A counselor and a start (UTC)."""

    starts_at: datetime
    counselor_id: int


class Shift(NamedTuple):
    """When a counselor works: one weekday (0 is Monday), local times, and the days it holds for."""

    counselor_id: int
    weekday: int
    start: time
    end: time
    from_day: date | None
    until_day: date | None


class Closure(NamedTuple):
    """A time (UTC) in which the office, or one counselor, takes no consultations."""

    counselor_id: int | None
    start: datetime
    end: datetime


class Taken(NamedTuple):
    """What keeps a counselor: a booking, or a slot held for somebody who waits. A start (UTC) and
    how long it lasts."""

    starts_at: datetime
    counselor_id: int
    minutes: int

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.counselor_id)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Grid(NamedTuple):
    """The office's hours (art. 6(3)) cut into consultations of `minutes` (art. 6(1))."""

    opens: time
    closes: time
    minutes: int
    zone: ZoneInfo


def offered(
    day: date, grid: Grid, shifts: Collection[Shift], closures: Collection[Closure]
) -> list[Slot]:
    """Return every slot of a local day in order of time, whether taken or not (art. 6(1), 6(3))."""
    if not is_business_day(day):
        return []
    slots = [
        Slot(start, shift.counselor_id)
        for shift in shifts
        if _holds_on(shift, day)
        for start in _starts(day, grid, shift.start, shift.end)
    ]
    length = timedelta(minutes=grid.minutes)
    return sorted({slot for slot in slots if not _is_closed(slot, length, closures)})


def offered_between(
    first: date, last: date, grid: Grid, shifts: Collection[Shift], closures: Collection[Closure]
) -> Mapping[date, Sequence[Slot]]:
    """Return the same for every local day from `first` to `last` that has any."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return {day: slots for day in days if (slots := offered(day, grid, shifts, closures))}


def free_by_day(
    offered: Mapping[date, Sequence[Slot]],
    taken: Iterable[Taken],
    minutes: int,
    zone: ZoneInfo,
) -> dict[date, list[Slot]]:
    """Return what is free of the slots offered on some local days; full days are left out."""
    by_day: dict[date, list[Taken]] = {}
    for each in taken:
        by_day.setdefault(local_day(each.starts_at, zone), []).append(each)
    left = {
        day: _fairly(free(slots, by_day[day], minutes), by_day[day])
        if day in by_day
        else list(slots)
        for day, slots in offered.items()
    }
    return {day: slots for day, slots in left.items() if slots}


def _fairly(slots: list[Slot], taken: Iterable[Taken]) -> list[Slot]:
    """Return the slots in order of time; of one start, whoever has the fewest that day comes
    first."""
    load = Counter(each.counselor_id for each in taken)
    return sorted(slots, key=lambda slot: (slot.starts_at, load[slot.counselor_id], slot))


def free(slots: Collection[Slot], taken: Collection[Taken], minutes: int) -> list[Slot]:
    """Return the slots of `minutes` that nobody has, in the order given. A booking made on another
    grid, before the office changed its hours, takes every slot of its counselor that it
    overlaps."""
    by_start = {(each.starts_at, each.counselor_id) for each in taken}
    left = [slot for slot in slots if slot not in by_start]
    all_on_grid = len(slots) - len(left) == len(by_start)
    if all_on_grid and all(each.minutes == minutes for each in taken):
        return left
    on_grid = set(slots)
    odd = [each for each in taken if each.minutes != minutes or each.slot not in on_grid]
    return [
        slot
        for slot in left
        if not any(
            slot.counselor_id == each.counselor_id
            and overlap(slot.starts_at, minutes, each.starts_at, each.minutes)
            for each in odd
        )
    ]


def overlap(start: datetime, minutes: int, other: datetime, other_minutes: int) -> bool:
    """Return whether two consultations share any time."""
    return start < other + timedelta(minutes=other_minutes) and other < start + timedelta(
        minutes=minutes
    )


def days_around(days: Sequence[date], wanted: date, count: int) -> Sequence[date]:
    """Return, of days in order, each with a free slot, those among which the `count` starts nearest
    to any time of the wanted day are: as many days before it, that day, and as many after it."""
    at = bisect_left(days, wanted)
    return days[max(0, at - count) : at + count + 1]


def nearest(slots: Collection[Slot], wanted: datetime, count: int) -> list[Slot]:
    """Return the `count` slots nearest in time to the wanted start, in order of time."""
    by_distance = sorted(slots, key=lambda slot: (abs(slot.starts_at - wanted), slot))
    return sorted(by_distance[:count])


def one_for_each_start(slots: Iterable[Slot], preferred: int | None) -> list[Slot]:
    """Return one slot a start, in order of time: the preferred counselor's where that one is free,
    else the first one's."""
    chosen: dict[datetime, Slot] = {}
    for slot in slots:
        if slot.starts_at not in chosen or slot.counselor_id == preferred:
            chosen[slot.starts_at] = slot
    return [chosen[start] for start in sorted(chosen)]


def _holds_on(shift: Shift, day: date) -> bool:
    return (
        shift.weekday == day.weekday()
        and (shift.from_day is None or shift.from_day <= day)
        and (shift.until_day is None or day <= shift.until_day)
    )


@lru_cache(maxsize=4096)
def _starts(day: date, grid: Grid, start: time, end: time) -> tuple[datetime, ...]:
    """Return starts (UTC) on the office's grid whose whole consultation fits office hours and
    shift."""
    length = timedelta(minutes=grid.minutes)
    first, last = at(day, grid.opens, grid.zone), at(day, grid.closes, grid.zone)
    from_, until = at(day, start, grid.zone), at(day, end, grid.zone)
    starts = []
    while first + length <= last:
        if from_ <= first and first + length <= until:
            starts.append(first.astimezone(UTC))
        first += length
    return tuple(starts)


def _is_closed(slot: Slot, length: timedelta, closures: Collection[Closure]) -> bool:
    end = slot.starts_at + length
    return any(
        closure.counselor_id in (None, slot.counselor_id)
        and slot.starts_at < closure.end
        and closure.start < end
        for closure in closures
    )
