"""Days as staff type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.typed_dates import read_day
from models.text import plain

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12/3 14:00", date(2026, 12, 3)),
        ("１２／３　１４：００", date(2026, 12, 3)),
        ("12月3日の14時", date(2026, 12, 3)),
        ("十二月三日の十時", date(2026, 12, 3)),
        ("20日", date(2026, 12, 20)),
        ("23日", date(2026, 11, 23)),
        ("来週の火曜 10時", date(2026, 12, 1)),
        ("来週火曜日10時30分", date(2026, 12, 1)),
        ("再来週の月曜", date(2026, 12, 7)),
        ("今週の金曜日", date(2026, 11, 27)),
        ("金曜", date(2026, 11, 27)),
        ("月曜", date(2026, 11, 30)),
        ("12月3日(木)", date(2026, 12, 3)),
        ("明日の午後2時半", date(2026, 11, 24)),
        ("あさって", date(2026, 11, 25)),
        ("3日後", date(2026, 11, 26)),
        ("1週間後", date(2026, 11, 30)),
        ("1月4日", date(2027, 1, 4)),
        ("2026年12月3日", date(2026, 12, 3)),
        ("2026-12-03 11:00", date(2026, 12, 3)),
        ("Dec 3 2pm", date(2026, 12, 3)),
        ("3rd December at 10:30", date(2026, 12, 3)),
        ("December 3, 10 a.m.", date(2026, 12, 3)),
        ("next tuesday", date(2026, 12, 1)),
        ("fri", date(2026, 11, 27)),
        ("thursday 3pm", date(2026, 11, 26)),
        ("tomorrow noon", date(2026, 11, 24)),
        ("in 3 days", date(2026, 11, 26)),
        ("2時", None),
        ("午前11時", None),
        ("正午", None),
        ("2/30", None),
        ("13/1", None),
        ("9999-12-31 23:59", None),
        ("0001-01-01", None),
        ("25時", None),
        ("I may come", None),
        ("もうすぐ", None),
        ("30日間", None),
        ("2時間", None),
        ("", None),
    ],
)
def test_typed_days(typed: str, day: date | None) -> None:
    words, today = plain(typed), date(2026, 11, 23)
    assert read_day(words, today) == day


@given(st.text(), days)
def test_any_text_can_be_read(typed: str, today: date) -> None:
    words = plain(typed)
    read_day(words, today)


@given(days, days)
def test_a_written_day_is_read_as_itself(day: date, today: date) -> None:
    assert read_day(plain(f"{day.year}年{day.month}月{day.day}日"), today) == day
    found = read_day(plain(f"{day.month}/{day.day}"), today)
    assert found is not None
    assert found >= today
    assert (found.month, found.day) == (day.month, day.day)
