"""Shifts and spans as staff write them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from models.rules.shift_words import ShiftError, ShiftWords, read_shift, read_span

JAPAN = ZoneInfo("Asia/Tokyo")

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 10:00-16:00", ([0, 1, 2, 3, 4], time(10), time(16), None, None)),
        ("月-金 10:00-16:00", ([0, 1, 2, 3, 4], time(10), time(16), None, None)),
        ("月〜金 10:00〜16:00", ([0, 1, 2, 3, 4], time(10), time(16), None, None)),
        ("月水金 10:00-16:00", ([0, 2, 4], time(10), time(16), None, None)),
        ("水、金曜 9:30から12:00まで", ([2, 4], time(9, 30), time(12), None, None)),
        ("月 １３：００ー１６：００".replace("ー", "-"), ([0], time(13), time(16), None, None)),
        (
            "火 10:00-12:00 12/1から 3/31まで",
            ([1], time(10), time(12), date(2026, 12, 1), date(2027, 3, 31)),
        ),
        (
            "tue,thu 10:00-12:00 from 12/1 until 3/31",
            ([1, 3], time(10), time(12), date(2026, 12, 1), date(2027, 3, 31)),
        ),
    ],
)
def test_a_shift_as_staff_write_it(text: str, expected: tuple[object, ...]) -> None:
    assert read_shift(text, MONDAY) == ShiftWords(*expected)  # type: ignore[arg-type]  # written out above as a row of the table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "月",
        "月曜と祝日 10:00-16:00",
        "月 10:00-12:00 隔週",
        "10:00-16:00",
        "mon 16:00-10:00",
        "mon 25:00-26:00",
        "fri-mon 10:00-11:00",
    ],
)
def test_what_is_no_shift(text: str) -> None:
    with pytest.raises(ShiftError):
        read_shift(text, MONDAY)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("12/24", "2026-12-24T00:00", "2026-12-25T00:00"),
        ("12/24-12/26", "2026-12-24T00:00", "2026-12-27T00:00"),
        ("12月24日から12月26日まで", "2026-12-24T00:00", "2026-12-27T00:00"),
        ("12/24 13:00-15:00", "2026-12-24T13:00", "2026-12-24T15:00"),
        ("明日", "2026-12-01T00:00", "2026-12-02T00:00"),
        ("12/24 午後", "2026-12-24T12:00", "2026-12-25T00:00"),
        ("12/24 13:00から", "2026-12-24T13:00", "2026-12-25T00:00"),
    ],
)
def test_a_span_as_staff_write_it(text: str, start: str, end: str) -> None:
    expected = tuple(datetime.fromisoformat(edge).replace(tzinfo=JAPAN) for edge in (start, end))
    assert read_span(text, MONDAY, JAPAN) == expected


@pytest.mark.parametrize("text", ["", "いつか", "12/26-12/24", "12/24 15:00-13:00", "1 2 3"])
def test_what_is_no_span(text: str) -> None:
    assert read_span(text, MONDAY, JAPAN) is None


@pytest.mark.parametrize("text", ["12/24 13:00", "12/24 13:00-", "12/24と12/25"])
def test_a_span_is_read_whole_or_not_at_all(text: str) -> None:
    assert read_span(text, MONDAY, JAPAN) is None


@pytest.mark.parametrize("text", ["12/24(木)", "12月24日 木曜", "dec 24", "24日", "来週の木曜"])
def test_a_day_with_its_weekday_is_a_span(text: str) -> None:
    assert read_span(text, MONDAY, JAPAN) is not None
