"""Days and times as people type them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.typed_dates import plain, read_day, read_time

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


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
