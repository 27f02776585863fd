"""The rules as plain functions, over many cases."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.rules.days import end_of_day, is_business_day, is_year_end, local_day
from models.rules.deadlines import bookable_days, day_before, may_book
from models.rules.eligibility import ITEMS, Card, Declaration, open_items
from models.rules.slots import (
    Closure,
    Grid,
    Shift,
    Slot,
    Taken,
    days_around,
    free,
    nearest,
    offered,
    one_for_each_start,
)

JAPAN = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
GRID = Grid(time(10), time(16), 30, JAPAN)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
instants = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


# Days (art. 6(3))


@pytest.mark.parametrize(
    ("year", "closed_weekdays"),
    [
        # National holidays on weekdays, as the Cabinet Office announces them, and the year end.
        (
            2026,
            "01-01 01-02 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22"
            " 09-23 10-12 11-03 11-23 12-29 12-30 12-31",
        ),
        (
            2027,
            "01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11"
            " 11-03 11-23 12-29 12-30 12-31",
        ),
        (
            2028,
            "01-03 01-10 02-11 02-23 03-20 05-03 05-04 05-05 07-17 08-11 09-18 09-22 10-09 11-03"
            " 11-23 12-29",
        ),
    ],
)
def test_closed_weekdays_of_three_years(year: int, closed_weekdays: str) -> None:
    first = date(year, 1, 1)
    all_days = [
        first + timedelta(days=n) for n in range(366) if (first + timedelta(n)).year == year
    ]
    closed = [f"{day:%m-%d}" for day in all_days if day.weekday() < 5 and not is_business_day(day)]
    assert closed == closed_weekdays.split()


@given(days)
def test_weekends_and_year_end_are_never_business_days(day: date) -> None:
    if day.weekday() >= 5 or is_year_end(day):
        assert not is_business_day(day)


# Slots (art. 6(1), 6(3))

shifts = st.lists(
    st.builds(
        Shift,
        counselor_id=st.integers(1, 3),
        weekday=st.integers(0, 6),
        start=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        end=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        from_day=st.none() | days,
        until_day=st.none() | days,
    ),
    max_size=8,
)


@given(days, shifts, st.integers(5, 30))
def test_every_slot_is_within_the_rules(day: date, shifts: list[Shift], minutes: int) -> None:
    grid = GRID._replace(minutes=minutes)
    for slot in offered(day, grid, shifts, []):
        start = slot.starts_at.astimezone(JAPAN)
        end = start + timedelta(minutes=minutes)
        assert is_business_day(start.date())
        assert time(10) <= start.time()
        assert end.time() <= time(16)
        assert any(
            shift.counselor_id == slot.counselor_id
            and shift.weekday == day.weekday()
            and shift.start <= start.time()
            and end.time() <= shift.end
            for shift in shifts
        )


def test_the_last_start_is_half_past_three() -> None:
    week = [Shift(1, weekday, time(9), time(18), None, None) for weekday in range(7)]
    starts = [
        slot.starts_at.astimezone(JAPAN).time()
        for slot in offered(date(2026, 12, 1), GRID, week, [])
    ]
    assert (starts[0], starts[-1], len(starts)) == (time(10), time(15, 30), 12)


def test_a_closure_takes_every_slot_that_it_touches() -> None:
    shift = Shift(1, 1, time(10), time(16), None, None)
    other = shift._replace(counselor_id=2)
    closure = Closure(1, START + timedelta(minutes=29), START + timedelta(minutes=31))
    slots = offered(date(2026, 12, 1), GRID, [shift, other], [closure])
    assert [slot.counselor_id for slot in slots[:3]] == [2, 2, 1]


@given(
    st.lists(
        st.builds(
            Slot,
            st.sampled_from([START + n * timedelta(minutes=10) for n in range(9)]),
            st.integers(1, 3),
        ),
        unique=True,
    ),
    st.integers(1, 3),
)
def test_choosing_among_slots(slots: list[Slot], preferred: int) -> None:
    slots = sorted(slots)
    chosen = one_for_each_start(slots, preferred)
    assert [slot.starts_at for slot in chosen] == sorted({slot.starts_at for slot in slots})
    for slot in chosen:
        if Slot(slot.starts_at, preferred) in slots:
            assert slot.counselor_id == preferred
    assert free(slots, [Taken(*slot, 30) for slot in slots], 30) == []
    close = nearest(slots, START, 2)
    assert close == sorted(close)
    assert set(close) <= set(slots)


@given(
    st.lists(st.integers(0, 24 * 40), unique=True),
    st.integers(-100, 24 * 40 + 100),
    st.integers(1, 5),
)
@example([0, 14], 8, 1)  # the next day's first start, and this day's last
def test_the_nearest_starts_are_on_the_days_around(
    hours: list[int], wanted_hour: int, count: int
) -> None:
    slots = [Slot(START + timedelta(hours=hour), 1) for hour in sorted(hours)]
    wanted = START + timedelta(hours=wanted_hour)
    by_day = {local_day(slot.starts_at, JAPAN): list[Slot]() for slot in slots}
    for slot in slots:
        by_day[local_day(slot.starts_at, JAPAN)].append(slot)
    around = days_around(list(by_day), local_day(wanted, JAPAN), count)
    close = nearest([slot for day in around for slot in by_day[day]], wanted, count)
    assert close == nearest(slots, wanted, count)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 2)), unique=True),
    st.lists(st.tuples(st.integers(0, 95), st.integers(1, 2), st.integers(5, 30))),
    st.sampled_from([10, 15, 20, 30]),
)
def test_a_free_slot_overlaps_no_booking_of_its_counselor(
    slots: list[tuple[int, int]], bookings: list[tuple[int, int, int]], minutes: int
) -> None:
    """Also not one that was made on another grid."""
    grid = [Slot(START + n * timedelta(minutes=minutes), who) for n, who in sorted(slots)]
    taken = [Taken(START + timedelta(minutes=at), who, long) for at, who, long in bookings]
    left = free(grid, taken, minutes)
    for slot in grid:
        end = slot.starts_at + timedelta(minutes=minutes)
        in_the_way = [
            each
            for each in taken
            if each.counselor_id == slot.counselor_id
            and each.starts_at < end
            and slot.starts_at < each.ends_at
        ]
        assert (slot in left) == (not in_the_way)


# Deadlines (art. 6(1))


@given(instants, instants)
def test_booking_ends_at_midnight_of_the_day_before(start: datetime, now: datetime) -> None:
    allowed = may_book(start, now, JAPAN, 28)
    midnight = end_of_day(local_day(start, JAPAN) - timedelta(days=1), JAPAN)
    assert allowed == (now < midnight and local_day(start, JAPAN) in bookable_days(now, JAPAN, 28))


def test_it_is_a_calendar_rule_and_not_24_hours() -> None:
    midnight = datetime(2026, 12, 1, 0, 0, tzinfo=JAPAN)
    early, late = (datetime(2026, 12, 1, hour, 30, tzinfo=JAPAN) for hour in (10, 15))
    for start in (early, late):
        assert may_book(start, midnight - timedelta(microseconds=1), JAPAN, 28)
        assert not may_book(start, midnight, JAPAN, 28)


def test_the_office_reckons_in_its_own_zone() -> None:
    """23:59 in Hiroshima is the afternoon in London and the morning in New York."""
    now = datetime(2026, 11, 30, 23, 59, tzinfo=JAPAN)
    for zone in ("Europe/London", "America/New_York", "UTC"):
        (only,) = bookable_days(now.astimezone(ZoneInfo(zone)), JAPAN, 1)
        assert only == date(2026, 12, 1)
    assert day_before(START, time(17), JAPAN) == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


# Declarations (arts. 2, 5)


@given(st.data())
def test_the_latest_answer_counts_while_it_is_fresh(data: st.DataObject) -> None:
    """Whatever the clock said of it: it may have been set back."""
    now, valid = START, timedelta(days=180)
    answers = [
        Declaration(card, item, data.draw(st.booleans()), now - timedelta(days=age))
        for card in Card
        for item in ITEMS[card]
        for age in data.draw(st.lists(st.integers(-2, 400), max_size=3))
    ]
    for card in Card:
        still_open = open_items(card, answers, now, valid)
        for item in ITEMS[card]:
            mine = [a for a in answers if a.card == card and a.item == item]
            stands = bool(mine) and mine[-1].holds and now - mine[-1].at <= valid
            assert (item in still_open) is not stands
