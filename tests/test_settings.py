"""Settings and the office file: every fault is named."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings
from models.office import OfficeError, load
from models.vault import new_data_key

ROOT = Path(__file__).parent.parent
OFFICE = ROOT / "offices" / "hiroshima-mothers.toml"
GOOD: dict[str, object] = {
    "data_key": new_data_key(),
    "public_url": "https://counter.test",
    "telegram_bot_token": "1:abc",
}


pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("data_key", "short", "DATA_KEY is wrong"),
        ("data_key", "é" * 43, "DATA_KEY is wrong"),
        ("public_url", "http://counter.test", "must begin with https://"),
        ("public_url", "counter", "PUBLIC_URL is wrong"),
        ("database_url", "mysql://x", "DATABASE_URL is wrong"),
        ("database_url", "::", "DATABASE_URL is wrong"),
        ("database_url", "postgresql://u@a:5432,b:5432/n", "several hosts are written"),
        ("telegram_bot_token", "abc", "TELEGRAM_BOT_TOKEN is wrong"),
        ("telegram_webhook_secret", "a b", "TELEGRAM_WEBHOOK_SECRET is wrong"),
        ("port", "99999", "PORT is wrong"),
        ("line_channel_secret", "x", "LINE_CHANNEL_ACCESS_TOKEN is missing"),
        ("line_channel_access_token", "x", "LINE_CHANNEL_SECRET is missing"),
        ("telegram_bot_token", None, "no channel is on"),
        ("office", "nowhere.toml", "cannot read the office file nowhere.toml"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: object, word: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(word)):
        read_settings({**GOOD, name: value})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"line_channel_secret": "x", "line_api_base": "x"},
            ("LINE_API_BASE is wrong", "LINE_CHANNEL_ACCESS_TOKEN is missing"),
        ),
        ({"telegram_webhook_secret": "a b"}, ("TELEGRAM_WEBHOOK_SECRET", "no channel is on")),
        ({"line_api_base": "x"}, ("LINE_API_BASE is wrong", "no channel is on")),
    ],
)
def test_all_faults_of_channels_at_once(given: dict[str, object], words: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as found:
        read_settings({**GOOD, "telegram_bot_token": None, **given})
    for word in words:
        assert word in str(found.value)


def test_all_faults_at_once() -> None:
    with pytest.raises(SettingsError) as found:
        read_settings({"public_url": "x", "port": "x", "office": "nowhere.toml"})
    for word in ("DATA_KEY is missing", "PUBLIC_URL", "PORT", "no channel", "nowhere.toml"):
        assert word in str(found.value)
    assert "new-key" in str(found.value)  # how to get it


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("slot_minutes = 30", "slot_minutes = 31", "slot_minutes"),
        ('hours = "10:00-16:00"', 'hours = "16:00-10:00"', "hours"),
        ('hours = "10:00-16:00"', 'hours = "early"', "hours"),
        ('"Asia/Tokyo"', '"Asia/Hiroshima"', "time_zone"),
        ('"consultation", ', '"karaoke", ', "services"),
        ('"D-1 12:00"', '"noon"', "notice_due"),
        ('"1 h"', '"an hour"', "reminder_too_late"),
        ("'\\d{5}-\\d{4,8}'", "'['", "registration_pattern"),
        ("max_upcoming = 1", "max_upcoming = 0", "max_upcoming"),
        ('phone = "082-542-8609"', 'phone = "0825428609"', "phone"),
        ('"https://zoom.us/test"', '"http://zoom.us/test"', "test_url"),
        ("grace_minutes = 10", "grace_minuts = 10", "grace_minuts"),
        ('ja = "平日', 'xx = "平日', "phone_hours"),
        ("[video]", "[video", "not a TOML file"),
    ],
)
def test_a_wrong_office_file_is_explained(
    tmp_path: Path, before: str, after: str, word: str
) -> None:
    text = OFFICE.read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "office.toml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(OfficeError, match=re.escape(word)):
        load(file)


def test_an_office_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """As some editors on Windows save it."""
    file = tmp_path / "office.toml"
    file.write_text("\ufeff" + OFFICE.read_text(encoding="utf-8"), encoding="utf-8")
    assert load(file) == load(OFFICE)


def test_a_file_of_settings_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{name.upper()}={value}" for name, value in GOOD.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, f"OFFICE={OFFICE}", "PORT=1"]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", "2")
    settings = read_settings().settings
    assert (settings.data_key, settings.port) == (GOOD["data_key"], 2)


def test_the_office_of_hiroshima() -> None:
    office = load(OFFICE)
    assert (office.phone, office.grace, office.reminder_too_late) == (
        "082-542-8609",
        timedelta(minutes=10),
        timedelta(hours=1),
    )
