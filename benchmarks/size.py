"""Start and size: time to ready, import time, resident memory idle and under load."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from benchmarks.counter import DATA_KEY
from benchmarks.load import SECRET
from benchmarks.servers import Servers, free_port
from benchmarks.turns import ROUNDS, Side, one_round
from models.database import engine_for
from models.migrations import migrate

_ROOT = Path(__file__).parent.parent
_SETTLED = 3.0  # seconds until an idle process has done what it does at its start


class Size(NamedTuple):
    """Seconds and bytes; medians."""

    imports: float
    start: float
    idle: int
    loaded: int


def measure(servers: Servers) -> Size:
    """Start `serve` as an operator does, several times over."""
    url = servers.sqlite()
    migrate(engine_for(url))
    found = [_serve(servers, url) for _ in range(ROUNDS)]
    port = servers.counter(servers.sqlite())
    for _ in range(ROUNDS):
        asyncio.run(one_round(Side("", [port], True)))
    return Size(
        imports=statistics.median(_imports() for _ in range(ROUNDS)),
        start=statistics.median(seconds for seconds, _ in found),
        idle=int(statistics.median(memory for _, memory in found)),
        loaded=servers.memory(port),
    )


def report(size: Size) -> str:
    return (
        f"Start and size: ready after {size.start:.1f} s; everything imported alone"
        f" {size.imports:.1f} s; {size.idle >> 20} MiB idle, {size.loaded >> 20} MiB after"
        f" {ROUNDS} rounds of load."
    )


def _imports() -> float:
    began = time.perf_counter()
    everything = "import bot.app, bot.cli.main"
    subprocess.run([sys.executable, "-c", everything], cwd=_ROOT, check=True)
    return time.perf_counter() - began


def _serve(servers: Servers, url: str) -> tuple[float, int]:
    """Seconds until `serve` says that it is ready, and the bytes it holds a little later."""
    port, platforms = free_port(), f"http://127.0.0.1:{servers.platforms}"
    settings = {
        "DATABASE_URL": url,
        "DATA_KEY": DATA_KEY,
        "PUBLIC_URL": "https://counter.test",
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "of-a-server-on-loopback",
        "LINE_API_BASE": platforms,
        "PORT": str(port),
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=_ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _is_ready(port):
            assert process.poll() is None, "serve has ended"
            time.sleep(0.02)
        started = time.perf_counter() - began
        time.sleep(_SETTLED)
        return started, servers.memory_of(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
