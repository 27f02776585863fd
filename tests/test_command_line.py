"""The command line: migrations, publishing, counselors, plain answers to wrong words."""

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner, Result

from bot.cli.main import main
from bot.clock import machine_clock
from locales import languages
from models.booking import Booking
from models.database import Database, Transaction, engine_for
from models.migrations import is_current, migrate
from models.office import load
from models.store import Store
from models.store.audit import Audit
from models.store.contacts import Contacts
from models.store.seekers import Details
from models.tables import Booking as BookingTable
from models.tables import Companion, Role, Staff, table
from models.vault import Vault, new_data_key
from tests.talk import DETAILS

ROOT = Path(__file__).parent.parent
OFFICE = ROOT / "offices" / "hiroshima-mothers.toml"
OFFICIAL = ROOT.parent / "shared" / "terms" / "terms-of-use.ja.txt"
GOOD: dict[str, object] = {
    "data_key": new_data_key(),
    "public_url": "https://counter.test",
    "telegram_bot_token": "1:abc",
}


pytestmark = pytest.mark.usefixtures("plain_environment")


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, words, env=environment)


def test_migrations_make_the_tables_that_the_code_has(database_url: str) -> None:
    engine = engine_for(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, table(BookingTable).metadata) == []
    migrate(engine)  # once more: nothing to do
    assert is_current(engine)
    engine.dispose()


@pytest.mark.parametrize("command", [("migrate",), ("serve",), ("counselor", "list")])
def test_a_database_that_is_away_is_named(command: tuple[str, ...]) -> None:
    environment = {name.upper(): str(value) for name, value in GOOD.items()}
    result = run(*command, DATABASE_URL="postgresql://x:secret@127.0.0.1:9/none", **environment)
    assert result.exit_code == 1
    assert "The database does not answer" in result.output
    assert "secret" not in result.output


def test_two_migrations_at_once_wait_for_each_other(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/new.db"
    command = [sys.executable, "-m", "bot", "migrate"]
    environment = {**os.environ, "DATABASE_URL": address}
    both = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    engine = engine_for(address)
    assert is_current(engine)
    engine.dispose()


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
        (("counselor", "add", "A", "--shift", "mon 10:00-12:00 until 3/31"), "in chat"),
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


def _publish(address: dict[str, str], file: Path, day: str, *more: str) -> Result:
    return run("terms", "publish", str(file), "--effective", day, *more, **address)


def test_terms_that_nobody_can_be_told_of_are_not_published(tmp_path: Path) -> None:
    """Art. 13, also by the command line."""
    address = {"DATABASE_URL": f"sqlite:///{tmp_path}/office.db"}
    run("migrate", **address)
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("\ufeff第1条 試験", encoding="utf-8")
    second.write_text("第1条 ほかの試験", encoding="utf-8")
    assert _publish(address, first, "2025-10-17").exit_code == 0
    refused = _publish(address, second, "2025-10-18")
    assert refused.exit_code == 1
    assert "art. 13" in refused.output
    assert _publish(address, second, "2099-01-01").exit_code == 0


def test_a_summary_names_only_what_the_text_has(tmp_path: Path) -> None:
    address = {"DATABASE_URL": f"sqlite:///{tmp_path}/office.db"}
    run("migrate", **address)
    terms, summary = tmp_path / "terms.txt", tmp_path / "terms.summary.ja.txt"
    terms.write_text("第1条 試験\n第2条 試験", encoding="utf-8")
    summary.write_text("無料です。(第3条)", encoding="utf-8")
    refused = _publish(address, terms, "2025-10-17")
    assert refused.exit_code == 1
    assert "terms.summary.ja.txt names what the text does not have: 第3条" in refused.output
    summary.write_text("無料です。(第2条)", encoding="utf-8")
    assert "summary in: ja" in _publish(address, terms, "2025-10-17").output


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official terms are not beside the checkout")
def test_the_summary_of_hiroshima_is_one_of_its_terms(tmp_path: Path) -> None:
    address = {"DATABASE_URL": f"sqlite:///{tmp_path}/office.db"}
    run("migrate", **address)
    stem = ("--summary", str(OFFICE.with_suffix(".summary")))
    published = _publish(address, OFFICIAL, "2025-10-17", *stem)
    assert published.exit_code == 0, published.output
    assert f"summary in: {', '.join(languages())}" in published.output


def test_understand() -> None:
    result = run(
        "understand", "来週の火曜 10時に予約したい", "--now", "2026-11-23T09:00+09:00", "--json"
    )
    assert json.loads(result.output) == {
        "intent": "book",
        "dates": ["2026-12-01", "2026-12-01"],
        "times": ["10:00", "10:00"],
        "about": None,
        "except": [],
        "confidence": 1.0,
    }
    assert "dates: -" in run("understand", "らりるれろ").output


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


def test_the_calendar_can_be_changed_and_looked_up(tmp_path: Path) -> None:
    address = {"DATABASE_URL": f"sqlite:///{tmp_path}/office.db"}
    run("migrate", **address)
    run("counselor", "add", "佐藤", "--shift", "mon-fri 10:00-16:00", **address)
    url = "https://zoom.us/j/2"
    shifts = ("--shift", "mon,wed 13:00-16:00", "--shift", "fri 10:00-12:00")
    changed = run("counselor", "change", "佐藤", "--meeting-url", url, *shifts, **address)
    assert changed.exit_code == 0, changed.output
    listed = run("counselor", "list", **address).output
    assert listed.split() == (
        [
            "佐藤",
            "https://zoom.us/…2",
            "mon",
            "13:00-16:00",
            "wed",
            "13:00-16:00",
            "fri",
            "10:00-12:00",
        ]
    )
    assert (
        "plain https"
        in run("counselor", "change", "佐藤", "--meeting-url", "http://zoom.us/", **address).output
    )
    with Database(address["DATABASE_URL"]).engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO job_seekers (id, created_at, updated_at) VALUES"
            " (1, '2026-11-30 00:00:00.000000', '2026-11-30 00:00:00.000000')"
        )
        connection.exec_driver_sql(
            "INSERT INTO bookings (reference, job_seeker_id, counselor_id, service, starts_at,"
            " minutes, status, companion, version, created_at, secret, raw_url_out) VALUES"
            " ('AAAAAA', 1, 1, 'consultation', '2199-12-23 01:00:00.000000', 30, 'booked',"
            " 'alone', 1, '2026-11-30 00:00:00.000000', 'x', false)"
        )
    refused = run("counselor", "change", "佐藤", "--meeting-url", "https://zoom.us/j/3", **address)
    assert (refused.exit_code, "by chat" in refused.output) == (1, True)
    run("closure", "add", "2199-12-24", "--reason", "研修", **address)
    assert (
        "1  2199-12-24 00:00 to 2199-12-25 00:00  the office  研修"
        in run("closure", "list", **address).output
    )
    assert run("closure", "remove", "1", **address).exit_code == 0
    assert run("closure", "list", **address).output == ""
    assert "no closure 1" in run("closure", "remove", "1", **address).output
    assert run("counselor", "retire", "佐藤", **address).exit_code == 0
    assert run("counselor", "list", **address).output == ""
    assert "no counselor named 佐藤" in run("counselor", "retire", "佐藤", **address).output


def test_what_a_command_hits_is_listed_and_on_record(database_url: str) -> None:
    """As in chat, except that nobody is told: that is left to people."""
    address = {"DATABASE_URL": database_url}
    assert (
        run("counselor", "add", "佐藤", "--shift", "mon-fri 10:00-16:00", **address).exit_code == 0
    )
    office, now, database = load(OFFICE), machine_clock(), Database(database_url)

    def booked(tx: Transaction) -> Booking:
        store = Store(tx, office, Vault(new_data_key()))
        seeker = store.seekers.add(Details(**DETAILS), now)
        slot = store.calendar.free_from(now, holder=0)[-1]
        return store.bookings.book(seeker, slot, "consultation", Companion.ALONE, now)

    booking = database.run_now(booked)
    day = f"{booking.starts_at.astimezone(office.zone):%F}"
    shift = ("--shift", "mon-fri 10:00-10:30")
    for words in (("closure", "add", day), ("counselor", "change", "佐藤", *shift)):
        assert f"hit and stays: {booking.reference}, {day}" in run(*words, **address).output
    assert booking.reference in run("counselor", "retire", "佐藤", **address).output
    found = database.run_now(lambda tx: Audit(tx).latest(10))
    assert [each.what for each in reversed(found)] == [
        *("add counselor", "close", "add shift", "retire")
    ]
    database.engine.dispose()


def test_the_last_admin_stays(database_url: str) -> None:
    address, database = {"DATABASE_URL": database_url}, Database(database_url)

    def enrolled(name: str, tx: Transaction) -> None:
        contact = Contacts(tx).add("line", name, "ja", machine_clock())
        tx.session.add(
            Staff(contact_id=contact.id, name=name, role=Role.ADMIN, since=machine_clock())
        )

    database.run_now(partial(enrolled, "one"))
    assert "last admin" in run("staff", "remove", "1", **address).output
    database.run_now(partial(enrolled, "two"))
    assert "one is removed" in run("staff", "remove", "1", **address).output
    database.engine.dispose()
