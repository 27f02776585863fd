"""`serve` as a service manager has it."""

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.http_server import REQUEST_SECONDS
from models.database import Database
from models.store.seekers import Details, Seekers
from models.vault import Vault, new_data_key
from tests.talk import DETAILS, wait_for

ROOT = Path(__file__).parent.parent
GOOD: dict[str, object] = {
    "data_key": new_data_key(),
    "public_url": "https://counter.test",
    "telegram_bot_token": "1:abc",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, with an empty database, on a machine that is not in Japan."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = {
        **os.environ,
        **{name.upper(): str(value) for name, value in GOOD.items()},
        "DATABASE_URL": f"sqlite:///{tmp_path}/office.db",
        "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK_SECRET": "s",
        "PORT": str(port),
        "TZ": "America/New_York",
    }
    subprocess.run([sys.executable, "-m", "bot", "migrate"], cwd=ROOT, env=found, check=True)
    return found


@pytest.fixture
def serving(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    """`python -m bot serve` as systemd would start it."""
    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env=environment,
            stderr=errors,
            text=True,
        )
    address = f"http://127.0.0.1:{environment['PORT']}"
    wait_for(f"{address}/healthz")
    yield address, process, log
    if process.poll() is None:
        process.kill()
    process.wait()


def _serve_in_vain(environment: dict[str, str]) -> str:
    """What `serve` says that does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


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


def test_on_a_taken_port_nothing_beats(environment: dict[str, str]) -> None:
    """A beat would tell the program that does serve here that it is watching."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        assert "HOST, PORT" in _serve_in_vain(environment)
    file = environment["DATABASE_URL"].removeprefix("sqlite:///")
    assert _rows(file, "SELECT * FROM watches") == []


def test_a_busy_database_is_named(environment: dict[str, str]) -> None:
    file = environment["DATABASE_URL"].removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = _serve_in_vain(environment)
    assert "The database does not answer" in said
    assert "Traceback" not in said


def test_with_another_installations_key_nothing_starts(environment: dict[str, str]) -> None:
    database = Database(environment["DATABASE_URL"])
    vault = Vault(environment["DATA_KEY"])
    database.run_now(lambda tx: Seekers(tx, vault).add(Details(**DETAILS), datetime.now(UTC)))
    database.engine.dispose()
    said = _serve_in_vain({**environment, "DATA_KEY": new_data_key()})
    assert "DATA_KEY does not open 1 stored values" in said
    checked = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=ROOT,
        env={**environment, "DATA_KEY": new_data_key()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert checked.returncode == 1
    assert "another installation's key" in checked.stdout + checked.stderr


def test_half_open_requests_end_in_seconds(
    serving: tuple[str, subprocess.Popen[str], Path],
) -> None:
    address, _, _ = serving
    place = ("127.0.0.1", int(address.rpartition(":")[2]))
    begun = (
        b"",
        b"POST /webhooks/tele",
        b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n{",
    )
    opened = [socket.create_connection(place, 20) for _ in range(100)]
    for number, each in enumerate(opened):
        each.sendall(begun[number % len(begun)])
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(opened)) as all_at_once:
        list(all_at_once.map(_until_closed, opened))
    assert time.monotonic() - began < REQUEST_SECONDS + 5
    assert urllib.request.urlopen(f"{address}/healthz").status == 200


def _until_closed(connection: socket.socket) -> None:
    """Waits for the other side to close. Raises TimeoutError after 20 seconds."""
    with connection, contextlib.suppress(ConnectionResetError):
        while connection.recv(4096):
            pass


def _rows(file: str, sql: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()
