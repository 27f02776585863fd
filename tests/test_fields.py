"""What is typed into fields: phones, numbers, readings and meeting URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import details
from models.rules.meeting_url import NoRoom, Why, read_room, room_of


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
        ("ろーら すみす", "ローラ スミス"),
        ("ル-シー", "ルーシー"),
        ("Ñíguez O’Neill", "Ñíguez O’Neill"),
        ("Оксана Шевченко", "Оксана Шевченко"),
        ("김민지", "김민지"),
        ("สมหญิง", "สมหญิง"),
        ("प्रिया", "प्रिया"),
        ("Suharti", "Suharti"),
        ("山田 はなこ", None),
        ("12345", None),
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
