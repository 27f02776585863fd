"""The rules as plain functions, over many cases."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.rules import details
from models.rules.attendance import (
    Verdict,
    counts_as_coming,
    counts_as_contact,
    verdict,
)
from models.rules.days import end_of_day, is_business_day, is_year_end, local_day
from models.rules.deadlines import bookable_days, day_before, may_book
from models.rules.eligibility import ITEMS, Card, Declaration, open_items
from models.rules.hearing import (
    DATABASE,
    HEARD_FROM,
    PAGES,
    SWEEP,
    Closed,
    Stretch,
    closed_ways,
)
from models.rules.meeting_url import NoRoom, Why, read_room, room_of
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
from models.rules.typed_dates import plain, read_day, read_time

JAPAN = ZoneInfo("Asia/Tokyo")
GRACE = timedelta(minutes=10)
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
        st.builds(Slot, st.sampled_from([START + n * GRACE for n in range(9)]), st.integers(1, 3)),
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


# Attendance (art. 6(6))


@pytest.mark.parametrize(
    ("after", "came", "contact", "expected"),
    [
        (timedelta(minutes=9, seconds=59, milliseconds=999), False, False, Verdict.WAIT),
        (timedelta(minutes=10), False, False, Verdict.DEEMED_CANCELLED),
        (timedelta(minutes=10), True, False, Verdict.CAME),
        (timedelta(minutes=10), False, True, Verdict.CONTACT),
        (timedelta(minutes=10), True, True, Verdict.CAME),
        (timedelta(minutes=3), False, True, Verdict.WAIT),
    ],
)
def test_the_ten_minute_rule(
    after: timedelta, came: bool, contact: bool, expected: Verdict
) -> None:
    found = verdict(
        START, START + after, GRACE, came=came, contact=contact, is_shut=False, closed=[]
    )
    assert found is expected


@pytest.mark.parametrize(
    ("after", "is_shut", "is_final", "expected"),
    [
        (timedelta(minutes=10), False, True, Verdict.UNHEARD),
        (timedelta(minutes=10), False, False, Verdict.WAIT),
        (timedelta(minutes=10, seconds=59), False, False, Verdict.WAIT),
        (timedelta(minutes=11), False, False, Verdict.UNHEARD),
        (timedelta(minutes=10), True, False, Verdict.SHUT),
        (timedelta(minutes=9), True, True, Verdict.WAIT),
    ],
)
def test_who_could_not_be_heard_is_not_judged(
    after: timedelta, is_shut: bool, is_final: bool, expected: Verdict
) -> None:
    closed = [Closed("line", "401", is_final)]
    found = verdict(
        START, START + after, GRACE, came=False, contact=False, is_shut=is_shut, closed=closed
    )
    assert found is expected


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-60.001, False), (-60, True), (0, True), (9.999, True), (10, False), (10.001, False)],
)
def test_what_counts_as_contact(minutes: float, counts: bool) -> None:
    acted_at = START + timedelta(minutes=minutes)
    assert counts_as_contact(START, acted_at, acted_at, timedelta(minutes=60), GRACE) is counts


@pytest.mark.parametrize(("minutes", "counts"), [(-15.001, False), (-15, True), (10, False)])
def test_what_counts_as_coming(minutes: float, counts: bool) -> None:
    acted_at = START + timedelta(minutes=minutes)
    assert counts_as_coming(START, acted_at, acted_at, timedelta(minutes=15), GRACE) is counts


def _shown(way: str, first: timedelta, last: timedelta, *, works: bool = True) -> Stretch:
    return Stretch(way, works, START + first, START + last, "" if works else "seen")


@given(
    st.lists(st.tuples(st.integers(-40, 20), st.integers(0, 30)), max_size=6),
    st.integers(-15 * 60, 10 * 60),
)
def test_an_unproven_moment_is_seen(stretches: list[tuple[int, int]], second: int) -> None:
    proofs = [
        _shown(PAGES, timedelta(minutes=first), timedelta(minutes=first + length))
        for first, length in stretches
    ]
    moment = START + timedelta(seconds=second)
    if not any(proof.start <= moment <= proof.end for proof in proofs):
        found = closed_ways([PAGES], START - HEARD_FROM, START + GRACE, proofs)
        assert [each.way for each in found] == [PAGES]


@given(st.lists(st.integers(1, 1499), unique=True, max_size=5))
def test_proofs_that_follow_each_other_cover(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 1500]
    start, end = START - HEARD_FROM, START + GRACE
    proofs = [
        Stretch(SWEEP, True, start + timedelta(seconds=a), start + timedelta(seconds=b))
        for a, b in pairwise(edges)
    ]
    assert closed_ways([SWEEP], start, end, reversed(proofs)) == []
    assert closed_ways([SWEEP], start, end, proofs[1:])


@given(st.integers(-30 * 60, 30 * 60), st.integers(0, 120), st.sampled_from([PAGES, DATABASE]))
def test_any_fault_in_the_span_is_seen(second: int, length: int, way: str) -> None:
    start, end = START - HEARD_FROM, START + GRACE
    hour = timedelta(hours=1)
    from_ = timedelta(seconds=second)
    fault = _shown(way, from_, from_ + timedelta(seconds=length), works=False)
    found = closed_ways([way], start, end, [_shown(way, -hour, hour), fault])
    assert bool(found) == (fault.start <= end and fault.end >= start)


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


# The form's fields


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("090-1234-5678", "09012345678"),
        ("０９０ー１２３４ー５６７８", "09012345678"),
        ("090‐1234–5678", "09012345678"),
        ("(082) 542 8609", "0825428609"),
        ("+81 90 1234 5678", "09012345678"),
        ("+81-(0)90-1234-5678", "09012345678"),
        ("090−1234−5678\u200b", "09012345678"),
    ],
)
def test_phones(typed: str, kept: str) -> None:
    assert details.phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("34010-1234567", "34010-1234567"),
        ("３４０１０－１２３４", "34010-1234"),
        ("340101234567", "34010-1234567"),
        ("34010ー12345678", "34010-12345678"),
        (" 34010 – 12345 ", "34010-12345"),
    ],
)
def test_registration_numbers(typed: str, kept: str) -> None:
    assert details.registration(typed, r"\d{5}-\d{4,8}") == kept


@pytest.mark.parametrize("typed", ["", "123", "9012345678", "090-1234-567", "電話", "0" * 40])
def test_what_is_no_phone(typed: str) -> None:
    with pytest.raises(details.Refused):
        details.phone(typed)


@pytest.mark.parametrize("typed", ["", "34010", "34010-123", "34010-123456789"])
def test_what_is_no_registration_number(typed: str) -> None:
    with pytest.raises(details.Refused):
        details.registration(typed, r"\d{5}-\d{4,8}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ひろしま はなこ", "ヒロシマ ハナコ"),
        ("ﾋﾛｼﾏ　ﾊﾅｺ", "ヒロシマ ハナコ"),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
        ("Łukasz Żółć", "Łukasz Żółć"),
        ("山田", None),
        ("Maria da Silva-Souza", "Maria da Silva-Souza"),
        ("花子", None),
    ],
)
def test_readings(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(details.Refused):
            details.reading(typed)
    else:
        assert details.reading(typed) == kept


@given(st.text())
def test_fields_take_any_text_without_breaking(typed: str) -> None:
    for check in (details.name, details.reading, details.phone):
        try:
            kept = check(typed)
        except details.Refused:
            continue
        assert kept == kept.strip()
        assert "\0" not in kept


# Meeting URLs


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://zoom.us/j/1?pwd=x", True),
        ("https://us02web.zoom.us/j/1", True),
        ("http://zoom.us/j/1", False),
        ("https://zoom.us.evil.test/j/1", False),
        ("https://evilzoom.us/j/1", False),
        ("https://zoom.us@evil.test/", False),
        ("https://user@zoom.us/j/1", False),
        ("https://zoom.us:8443/j/1", False),
        ("https://zoom.us:x/", False),
        ("https://zoom。us/j/1", False),
        ("https://zoom.us/j/1\r\nX: y", False),
        ("https://zoom.us\\@evil.test/", False),
        ("javascript:alert(1)//zoom.us", False),
        ("", False),
    ],
)
def test_meeting_urls(url: str, allowed: bool) -> None:
    try:
        found = read_room(url, ("zoom.us",))
    except NoRoom:
        found = None
    assert (found == url) is allowed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://us02web.zoom.us/s/1?zak=x", Why.HOST_LINK),
        ("https://zoom.us/j/1?zak=x", Why.HOST_LINK),
        ("https://zoom.us/join", Why.NO_ROOM),
        ("https://zoom.us/rec/share/abc", Why.NO_ROOM),
        ("https://zoom.us/profile", Why.NO_ROOM),
        ("https://zoom.us/", Why.NO_ROOM),
        ("https://zoom.us/j/", Why.NO_ROOM),
        ("あとで送ります", Why.NOT_ALLOWED),
    ],
)
def test_what_is_no_room_is_named(text: str, why: Why) -> None:
    with pytest.raises(NoRoom) as refused:
        read_room(text, ("zoom.us",))
    assert refused.value.why is why


@pytest.mark.parametrize("path", ["j/123456789?pwd=a", "my/sato", "w/99", "wc/join/123"])
def test_what_can_be_a_room_is_taken(path: str) -> None:
    url = f"https://us02web.zoom.us/{path}"
    assert read_room(f"こちらです: {url}。", ("zoom.us",)) == url


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://zoom.us/j/123456789", "https://us02web.zoom.us/j/123456789?pwd=a#success", True),
        ("https://zoom.us/j/123456789/", "https://zoom.us/wc/join/123456789", True),
        ("https://zoom.us/j/123456789", "https://zoom.us/j/123456780", False),
        ("https://zoom.us/my/Sato", "https://zoom.us/my/sato?pwd=b", True),
        ("https://zoom.us/my/sato", "https://zoom.us/my/suzuki", False),
    ],
)
def test_addresses_of_one_room(first: str, second: str, same: bool) -> None:
    assert (room_of(first) == room_of(second)) is same


# Typed days and times


@pytest.mark.parametrize(
    ("typed", "day", "clock"),
    [
        ("12/3 14:00", date(2026, 12, 3), time(14)),
        ("１２／３　１４：００", date(2026, 12, 3), time(14)),
        ("12月3日の14時", date(2026, 12, 3), time(14)),
        ("十二月三日の十時", date(2026, 12, 3), time(10)),
        ("20日", date(2026, 12, 20), None),
        ("23日", date(2026, 11, 23), None),
        ("来週の火曜 10時", date(2026, 12, 1), time(10)),
        ("来週火曜日10時30分", date(2026, 12, 1), time(10, 30)),
        ("再来週の月曜", date(2026, 12, 7), None),
        ("今週の金曜日", date(2026, 11, 27), None),
        ("金曜", date(2026, 11, 27), None),
        ("月曜", date(2026, 11, 30), None),
        ("12月3日(木)", date(2026, 12, 3), None),
        ("明日の午後2時半", date(2026, 11, 24), time(14, 30)),
        ("あさって", date(2026, 11, 25), None),
        ("3日後", date(2026, 11, 26), None),
        ("1週間後", date(2026, 11, 30), None),
        ("1月4日", date(2027, 1, 4), None),
        ("2026年12月3日", date(2026, 12, 3), None),
        ("2026-12-03 11:00", date(2026, 12, 3), time(11)),
        ("Dec 3 2pm", date(2026, 12, 3), time(14)),
        ("3rd December at 10:30", date(2026, 12, 3), time(10, 30)),
        ("December 3, 10 a.m.", date(2026, 12, 3), time(10)),
        ("next tuesday", date(2026, 12, 1), None),
        ("fri", date(2026, 11, 27), None),
        ("thursday 3pm", date(2026, 11, 26), time(15)),
        ("tomorrow noon", date(2026, 11, 24), time(12)),
        ("in 3 days", date(2026, 11, 26), None),
        ("2時", None, time(14)),
        ("午前11時", None, time(11)),
        ("正午", None, time(12)),
        ("2/30", None, None),
        ("13/1", None, None),
        ("9999-12-31 23:59", None, time(23, 59)),
        ("0001-01-01", None, None),
        ("25時", None, None),
        ("I may come", None, None),
        ("もうすぐ", None, None),
        ("30日間", None, None),
        ("2時間", None, None),
        ("", None, None),
    ],
)
def test_typed_days_and_times(typed: str, day: date | None, clock: time | None) -> None:
    words, today = plain(typed), date(2026, 11, 23)
    assert (read_day(words, today), read_time(words)) == (day, clock)


@given(st.text(), days)
def test_any_text_can_be_read(typed: str, today: date) -> None:
    words = plain(typed)
    read_day(words, today)
    read_time(words)


@given(days, days)
def test_a_written_day_is_read_as_itself(day: date, today: date) -> None:
    assert read_day(plain(f"{day.year}年{day.month}月{day.day}日"), today) == day
    found = read_day(plain(f"{day.month}/{day.day}"), today)
    assert found is not None
    assert found >= today
    assert (found.month, found.day) == (day.month, day.day)
