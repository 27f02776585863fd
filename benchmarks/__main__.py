"""`make bench`: turns a second of whole booking conversations, beside three yardsticks; then the
morning rush, and what grows with what is stored."""

import asyncio
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import growth, rush
from benchmarks.load import Connection, Measured, play

SIDES = {
    "counter": "Madoguchi, answered turns (SQLite, synchronous=FULL)",
    "bare": "A: same server, signature and JSON alone",
    "group": "B: raw driver, 3 reads + 3 writes, group commit",
    "driver": "C: raw driver, 3 reads + 3 writes, one commit a turn",
}
ROUNDS, CONVERSATIONS, CONNECTIONS = 5, 60, 16


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


async def ready(port: int) -> None:
    for _ in range(200):
        try:
            async with Connection(port):
                return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit("a server did not start")


async def measure(ports: dict[str, int]) -> dict[str, list[Measured]]:
    """All rounds, the sides interleaved."""
    async with Connection(ports["counter"]) as connection:
        slots = (await connection.get("/bench/free")).decode().split()
    found: dict[str, list[Measured]] = {side: [] for side in SIDES}
    for number in range(ROUNDS + 1):
        mine = slots[number * CONVERSATIONS : (number + 1) * CONVERSATIONS]
        for side, port in ports.items():
            measured = await play(port, mine, CONNECTIONS, form=side == "counter")
            if number:  # the first round warms up
                found[side].append(measured)
    async with Connection(ports["counter"]) as connection:
        booked = int(await connection.get("/bench/booked"))
    assert booked == (ROUNDS + 1) * CONVERSATIONS, f"only {booked} conversations ended in a booking"
    return found


def report(found: dict[str, list[Measured]]) -> str:
    """The table, medians over the rounds."""
    speed = {
        side: statistics.median(each.turns_a_second for each in rounds)
        for side, rounds in found.items()
    }
    lines = [
        f"{ROUNDS} rounds of {CONVERSATIONS} conversations over {CONNECTIONS} connections,"
        f" sides interleaved; medians. Python {platform.python_version()}, {os.cpu_count()} cores.",
        "",
        "| side | turns/s | p50 ms | p99 ms | Madoguchi is |",
        "|---|---|---|---|---|",
    ]
    for side, name in SIDES.items():
        p50, p99 = (
            statistics.median(each.latency(share) for each in found[side]) for share in (0.5, 0.99)
        )
        ratio = speed["counter"] / speed[side]
        lines.append(f"| {name} | {speed[side]:,.0f} | {p50:.1f} | {p99:.1f} | {ratio:.2f} of it |")
    return "\n".join(lines)


def main() -> None:
    ports = {side: free_port() for side in SIDES}
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as folder:
        servers = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.server", side, folder, str(port)],
                cwd=Path(__file__).parent.parent,
                stderr=subprocess.DEVNULL,
            )
            for side, port in ports.items()
        ]
        try:
            found, rushed = asyncio.run(_all(ports))
        finally:
            for server in servers:
                server.send_signal(signal.SIGTERM)
            for server in servers:
                server.wait(30)
    print(report(found))
    print(f"\n{rush_report(*rushed)}")
    print(f"\n{growth_report(growth.measure())}")


def rush_report(measured: Measured, sold: int) -> str:
    return (
        f"Morning rush: {rush.PEOPLE} people for {rush.SLOTS} slots over {rush.CONNECTIONS}"
        f" connections: {sold} sold, each once; {measured.turns} answered in"
        f" {measured.seconds:.1f} s, p50 {measured.latency(0.5):.0f} ms,"
        f" p99 {measured.latency(0.99):.0f} ms."
    )


def growth_report(found: dict[int, dict[str, float]]) -> str:
    """Microseconds by how many bookings are stored, and the largest beside the smallest."""
    sizes = list(found)
    stored = " | ".join(f"{size:,}" for size in sizes)
    lines = [
        f"| µs (median of {growth.RUNS}) | {stored} | grows |",
        "|---" * (len(sizes) + 2) + "|",
    ]
    for what in found[sizes[0]]:
        figures = [found[size][what] for size in sizes]
        cells = " | ".join(f"{figure:,.0f}" for figure in figures)
        lines.append(f"| {what} | {cells} | {figures[-1] / figures[0]:.2f} × |")
    return "\n".join(lines)


async def _all(
    ports: dict[str, int],
) -> tuple[dict[str, list[Measured]], tuple[Measured, int]]:
    for port in ports.values():
        await ready(port)
    return await measure(ports), await rush.rush(ports["counter"])


if __name__ == "__main__":
    main()
