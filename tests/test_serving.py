"""`serve` as a service manager has it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.vault import new_data_key
from tests.talk import wait_for

ROOT = Path(__file__).parent.parent
GOOD: dict[str, object] = {
    "data_key": new_data_key(),
    "public_url": "https://counter.test",
    "telegram_bot_token": "1:abc",
}


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    """`python -m bot serve` as systemd would start it, on a machine that is not in Japan."""
    database = f"sqlite:///{tmp_path}/office.db"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
    wait_for(f"{address}/readyz")
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
