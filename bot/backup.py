"""Backup and restore: the databases' own copies in a zip file, which shows when it is torn."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

Work = Callable[[str, Path], None]

# What the zip file holds: one of these.
_SQLITE, _POSTGRESQL = "sqlite.db", "postgresql.dump"


class BackupError(Exception):
    """A backup cannot be made or is not sound; the message says what to do."""


def backup(database_url: str, file: Path) -> None:
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
        _to_disk(part)
        part.rename(file)


def restore(database_url: str, file: Path) -> None:
    """Put a backup in place of the database. Raises BackupError, and then changes nothing."""
    url = make_url(database_url)
    near = _sqlite_file(url).parent if _content(url) == _SQLITE else None
    if near is not None:
        near.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=near) as folder:
        copy = _extract(file, _content(url), Path(folder))
        if copy.name == _SQLITE:
            _check_sqlite(copy)
            _keep_what_was(_sqlite_file(url))
            _pour(copy, _sqlite_file(url))
        else:
            _run(
                "pg_restore",
                url,
                *("--clean", "--if-exists", "--no-owner", "--single-transaction"),
                *("--exit-on-error", str(copy)),
            )


def _content(url: URL) -> str:
    return _SQLITE if url.get_backend_name() == "sqlite" else _POSTGRESQL


def _extract(file: Path, content: str, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(file) as archive:
            if content not in archive.namelist():
                raise BackupError(f"{file.name} holds no {content}: it is of another database.")
            return Path(archive.extract(content, folder))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
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
    """A copy of what the backup takes the place of, for whoever restored the wrong one."""
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
    """Into the file that is there, in one transaction: a program that has it open sees the
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
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    command = [tool, *arguments, f"--dbname={plain}"]
    environment = {**os.environ, "PGPASSWORD": url.password} if url.password else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{tool} failed: {' '.join(done.stderr.split())[-300:]}")


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
