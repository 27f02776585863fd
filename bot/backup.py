"""Backup and restore: the databases' own copies in a zip file, which shows when it is torn."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.registry import CHANNELS
from bot.settings import wrong_key
from models.database import Database, DatabaseUnavailable
from models.migrations import is_current, migrate
from models.office import Office
from models.store.keys import unreadable
from models.store.restoring import Restoring
from models.vault import Vault

# What the zip file holds: one of these, and when it was made.
_SQLITE, _POSTGRESQL = "sqlite.db", "postgresql.dump"
_MADE_AT = "made-at"


class BackupError(Exception):
    """A backup cannot be made or is not sound; the message says what to do."""


def backup(database_url: str, file: Path, now: datetime) -> None:
    """Write a consistent copy, also while the program serves. Raises BackupError."""
    url = make_url(database_url)
    if file.exists():
        raise BackupError(f"{file.name} exists already; choose another name.")
    if not file.absolute().parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
        copy = Path(folder) / _content(url)
        if copy.name == _SQLITE:
            _copy_sqlite(_sqlite_file(url), copy)
        else:
            _run("pg_dump", url, "--format=custom", f"--file={copy}")
        part = Path(folder) / "part"
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, copy.name)
            archive.writestr(_MADE_AT, now.isoformat())
        _to_disk(part)
        part.rename(file)


def restore(
    database_url: str, file: Path, vault: Vault | None, office: Office, now: datetime
) -> datetime:
    """Put a backup in place of the database, and settle what it cannot know; returns when it was
    made (UTC). Raises BackupError, and then changes nothing, except that on PostgreSQL a wrong
    DATA_KEY is seen only after the restore."""
    url = make_url(database_url)
    near = _sqlite_file(url).parent if _content(url) == _SQLITE else None
    if near is not None:
        near.mkdir(parents=True, exist_ok=True)
    _refuse_while_watched(database_url, office, now)
    with tempfile.TemporaryDirectory(dir=near) as folder:
        copy, made_at = _extract(file, _content(url), Path(folder))
        if copy.name == _SQLITE:
            _check_sqlite(copy)
            _check_key(f"sqlite:///{copy}", vault)
            _keep_what_was(_sqlite_file(url))
            _pour(copy, _sqlite_file(url))
        else:
            _run(
                "pg_restore",
                url,
                *("--clean", "--if-exists", "--no-owner", "--single-transaction"),
                *("--exit-on-error", str(copy)),
            )
    _settle(database_url, office, made_at, now)
    _check_key(database_url, vault)
    return made_at


def _refuse_while_watched(database_url: str, office: Office, now: datetime) -> None:
    """Raise BackupError while a program serves this database."""
    database = Database(database_url)
    try:
        if not is_current(database.engine):
            return
        if database.run_now(lambda tx: Restoring(tx, office).is_watched(now)):
            raise BackupError(
                "A program is serving this database, or was killed within the last minute: stop it"
                " first (systemctl stop madoguchi), and try again."
            )
    except DatabaseUnavailable as error:
        raise BackupError(
            "The database does not answer, perhaps because a program is using it: stop it first."
        ) from error
    except SQLAlchemyError:
        return  # a damaged database, which may be why it is restored
    finally:
        database.engine.dispose()


def _check_key(database_url: str, vault: Vault | None) -> None:
    if vault is None:
        return
    database = Database(database_url)
    try:
        if is_current(database.engine):
            count = database.run_now(lambda tx: unreadable(tx, vault))
            if count:
                raise BackupError(wrong_key(count))
    finally:
        database.engine.dispose()


def _settle(database_url: str, office: Office, made_at: datetime, now: datetime) -> None:
    database = Database(database_url)
    try:
        migrate(database.engine)
        database.run_now(
            lambda tx: Restoring(tx, office).settle(
                made_at,
                now,
                known_again=[each.channel.name for each in CHANNELS if each.channel.deduplicates],
            )
        )
    finally:
        database.engine.dispose()


def _content(url: URL) -> str:
    return _SQLITE if url.get_backend_name() == "sqlite" else _POSTGRESQL


def _extract(file: Path, content: str, folder: Path) -> tuple[Path, datetime]:
    """Return the copy that a backup holds, and when it was made; an older backup tells that of
    itself by its entry's time on this machine."""
    try:
        with zipfile.ZipFile(file) as archive:
            if content not in archive.namelist():
                raise BackupError(f"{file.name} holds no {content}: it is of another database.")
            entry = datetime(*archive.getinfo(content).date_time).astimezone(UTC)
            known = _MADE_AT in archive.namelist()
            made_at = datetime.fromisoformat(archive.read(_MADE_AT).decode()) if known else entry
            return Path(archive.extract(content, folder)), made_at
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise BackupError(f"{file.name} is torn, or no backup of this program.") from error


def _copy_sqlite(source: Path, copy: Path) -> None:
    if not source.exists():
        raise BackupError(f"There is no database at {source}.")
    try:
        with closing(sqlite3.connect(source, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        raise BackupError(f"The copy failed: {error}.") from error
    _check_sqlite(copy)


def _check_sqlite(copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"The copy is damaged: {error}.") from error
    if verdict != "ok":
        raise BackupError("The copy is damaged.")


def _keep_what_was(live: Path) -> None:
    """Keep a copy of what the backup takes the place of, for whoever restored the wrong one."""
    if live.exists():
        kept = live.with_name(f"{live.name}.before-restore")
        kept.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(live, timeout=30)) as connection:
                connection.execute("VACUUM INTO ?", (str(kept),))
        except sqlite3.OperationalError as error:
            raise BackupError(f"What is there cannot be kept ({error}): make room.") from error
        except sqlite3.DatabaseError:
            kept.unlink(missing_ok=True)  # it is damaged, which may be why it is restored


def _pour(copy: Path, target: Path) -> None:
    """Pour into the file that is there, in one transaction: a program that has it open sees the
    restored content, where it would go on with a deleted file if the file were replaced."""
    try:
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(target)) as live:
            source.backup(live)
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be written ({error}): stop serving.") from error


def _sqlite_file(url: URL) -> Path:
    if not url.database:
        raise BackupError("DATABASE_URL names no file.")
    return Path(url.database)


def _run(tool: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's tools. The password goes by the environment, since everybody on the
    machine can read the words of a command."""
    if shutil.which(tool) is None:
        raise BackupError(f"{tool} is not on the PATH; install PostgreSQL's client tools.")
    command = [tool, *arguments, f"--dbname={_without_password(url)}"]
    environment = {**os.environ, "PGPASSWORD": url.password} if url.password else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{tool} failed: {' '.join(done.stderr.split())[-300:]}")


def _without_password(url: URL) -> str:
    """Return an address as PostgreSQL's tools read it. Of several hosts they use the one that takes
    writes, as the program does."""
    dialect = url.set(drivername="postgresql+psycopg").get_dialect()()
    _, given = dialect.create_connect_args(url)
    words = {key: value for key, value in given.items() if key not in ("context", "password")}
    return make_conninfo("", **{**words, "target_session_attrs": "read-write"})


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
