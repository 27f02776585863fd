"""Backup and restore: the databases' own tools, with a check that nothing is torn."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

Work = Callable[[str, Path], None]

_HEADER_BYTES = 100


class BackupError(Exception):
    """A backup cannot be made or is not sound; the message says what to do."""


def backup(database_url: str, file: Path) -> None:
    """Write a consistent copy, also while the program serves. Raises BackupError."""
    url = make_url(database_url)
    if file.exists():
        raise BackupError(f"{file.name} exists already; choose another name.")
    part = file.with_name(f"{file.name}.part")
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(_sqlite_file(url), part)
        else:
            _run("pg_dump", "--format=custom", f"--file={part}", f"--dbname={_plain(url)}")
        _to_disk(part)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def restore(database_url: str, file: Path) -> None:
    """Put a backup in place of the database. Raises BackupError, and then changes nothing."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _run(
            "pg_restore",
            *("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"),
            *(f"--dbname={_plain(url)}", str(file)),
        )
        return
    _check_sqlite(file)
    target = _sqlite_file(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(file, part)
    _to_disk(part)
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    part.replace(target)


def _copy_sqlite(source: Path, part: Path) -> None:
    if not source.exists():
        raise BackupError(f"There is no database at {source}.")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        raise BackupError(f"The copy failed: {error}.") from error
    _check_sqlite(part)


def _check_sqlite(file: Path) -> None:
    """SQLite itself overlooks a file that was cut at the end of a page, so count the pages."""
    header = file.open("rb").read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(b"SQLite format 3\0"):
        raise BackupError(f"{file.name} is no backup of this program.")
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    pages = int.from_bytes(header[28:32], "big")
    if file.stat().st_size != page_size * pages:
        raise BackupError(f"{file.name} is torn: it is not as long as it should be.")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{file.name} is damaged: {error}.") from error
    if verdict != "ok":
        raise BackupError(f"{file.name} is damaged.")


def _sqlite_file(url: URL) -> Path:
    if not url.database:
        raise BackupError("DATABASE_URL names no file.")
    return Path(url.database)


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise BackupError(f"{tool} is not on the PATH; install PostgreSQL's client tools.")
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{tool} failed: {done.stderr.strip().splitlines()[-1:]}")


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
