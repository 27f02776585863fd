"""Typed words: the corpus, what people reported, and texts of any kind."""

import time as clock
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.words import word_languages
from models.understanding.frame import Frame, Intent
from models.understanding.grammar import grammar_of
from models.understanding.output import as_json
from models.understanding.reading import read
from tests.corpus import TODAY, cases

# Percent of whole frames; `make understand` prints what it is today.
LEAST = {"seen": 90, "unseen": 85}
# Of a hundred texts, those of which the program would offer a day that was not meant.
MOST_WRONG_DAYS = {"seen": 1.2, "unseen": 0.4}


@pytest.mark.parametrize("part", ["seen", "unseen"])
def test_the_corpus_is_understood(part: str) -> None:
    found = list(cases(part))
    right = sum(case.is_right for case in found)
    wrong_days = sum(case.is_confidently_wrong for case in found)
    assert 100 * right / len(found) >= LEAST[part]
    assert 100 * wrong_days / len(found) <= MOST_WRONG_DAYS[part]


@pytest.mark.parametrize(
    ("text", "intent", "dates", "times"),
    [
        ("来週の火曜の午後", "book", "12-01", "12:00-23:59"),
        ("next Tuesday morning?", "book", "12-01", "00:00-12:00"),
        ("英語を使う仕事はありますか", "ask", None, None),
        ("はじめまして、2児の母です。先日はお世話になりました。", "greeting", None, None),
        ("キャンセル待ち", "book", None, None),
        ("キャンセルしないでください", "none", None, None),
        ("please don't cancel my booking", "none", None, None),
        ("週3日の仕事", "ask", None, None),
        ("いけなくなりました", "cancel", None, None),
        ("お休みします", "cancel", None, None),
        ("辞退します", "cancel", None, None),
        ("予約を消してほしい", "cancel", None, None),
        ("再来月の5日", "book", "2027-01-05", None),
        ("第2火曜日", "book", "12-08", None),
        ("最後の金曜", "book", "11-27", None),
        ("二週間後の火曜", "book", "12-08", None),
        ("十二月三日", "book", "12-03", None),
        ("令和8年12月3日", "book", "12-03", None),
        ("R8.12.3", "book", "12-03", None),
        ("12月7日から11日", "book", "12-07..12-11", None),
        ("5日か6日", "book", "12-05..12-06", None),
        ("かようび", "book", "12-01", None),
        ("11じ半", "book", None, "11:30-11:30"),
        ("火用", "book", "12-01", None),
        ("らい週", "book", "11-30..12-06", None),
        ("１２／３", "book", "12-03", None),
        ("なるべく早く", "book", None, None),
        ("来年の1月5日", "book", "2027-01-05", None),
        ("来年の12月3日", "book", "2027-12-03", None),
        ("quarter to one tomorrow please", "book", "11-27", "12:45-12:45"),
        ("11月3日", "book", "11-03", None),
        ("the week after next", "book", "12-07..12-13", None),
        ("Dec 3 to Dec 5", "book", "12-03..12-05", None),
        ("下周二下午", "book", "12-01", "12:00-23:59"),
        ("thứ ba tuần sau buổi chiều", "book", "12-01", "12:00-23:59"),
        ("terça que vem à tarde", "book", "12-01", "12:00-23:59"),
        ("sa susunod na Martes ng hapon", "book", "12-01", "12:00-23:59"),
    ],
)
def test_days_and_times(text: str, intent: str, dates: str | None, times: str | None) -> None:
    heard = as_json(read(text, TODAY))
    assert heard["intent"] == intent
    assert heard["dates"] == (_days(dates) if dates else None)
    assert heard["times"] == (times.split("-") if times else None)


def test_a_move_says_from_when_to_when() -> None:
    for text in ("12/3の予約を12/10に変えてもらえますか", "12/3から12/10に", "12/3→12/10"):
        heard = as_json(read(text, TODAY))
        assert heard["intent"] == "move"
        assert heard["about"] == {"date": "2026-12-03", "time": None}
        assert heard["dates"] == ["2026-12-10", "2026-12-10"]


def test_what_is_cancelled_is_what_it_is_about() -> None:
    heard = read("インフルになったけえ明日いけんわ", TODAY)
    assert heard.intent is Intent.CANCEL
    assert heard.days is None
    assert heard.about is not None
    assert heard.about.day == date(2026, 11, 27)


@pytest.mark.parametrize(
    "text",
    [
        "火曜と木曜以外で",
        "not Tuesday or Thursday",
        "除了周二和周四都可以",
        "trừ thứ ba và thứ năm",
        "menos terça e quinta",
        "wag sa martes o huwebes",
    ],
)
def test_several_days_are_excluded(text: str) -> None:
    heard = as_json(read(text, TODAY))
    assert heard["except"] == ["2026-12-01", "2026-12-03"]
    assert heard["dates"] is None


def test_a_weekday_that_contradicts_its_date_leaves_two_readings() -> None:
    heard = read("12/3(金)", TODAY)
    assert heard.confidence < 0.5
    assert [days.first.day for days in heard.readings] == [3, 4]


@pytest.mark.parametrize("language", word_languages())
@pytest.mark.parametrize("bare", [False, True])
def test_every_language_can_be_read(language: str, bare: bool) -> None:
    assert grammar_of(language, bare).intents


@settings(deadline=None)  # the first text of a language reads its examples
@given(st.text(max_size=300), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_any_text_on_any_day_has_a_frame(text: str, today: date) -> None:
    assert isinstance(read(text, today), Frame)


@pytest.mark.parametrize(
    "part", ["a", "12/3 ", "来週の火曜", "予約を変更したい、", "...?", "の", "10時から", "monday "]
)
def test_the_worst_text_is_read_at_once(part: str) -> None:
    """2,000 characters: 5 ms were measured at most; a busy machine may take its time."""
    text = (part * 2000)[:2000]
    read(text, TODAY)
    times = []
    for _ in range(5):
        begun = clock.perf_counter()
        read(text, TODAY)
        times.append(clock.perf_counter() - begun)
    assert min(times) < 0.05


def _days(dates: str) -> list[str]:
    first, _, last = dates.partition("..")
    return [each if len(each) == 10 else f"2026-{each}" for each in (first, last or first)]
