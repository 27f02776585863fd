"""The reminder hour: very many reminders due at once, against the sandbox's LINE with its limit;
and what the turns of other people cost meanwhile."""

import asyncio
import statistics
import time
from typing import NamedTuple

from benchmarks.load import get
from benchmarks.servers import Servers
from benchmarks.turns import ROUNDS, Side, one_round

REMINDERS = 100_000
_PAUSE = 1.0  # seconds between looks


class Hour(NamedTuple):
    """What the hour came to; memory in bytes, speeds a second."""

    sent: int
    people: int
    most_a_second: int
    ceiling: float
    turns_before: float
    turns_meanwhile: float
    memory_before: int
    memory_most: int


def measure(servers: Servers) -> Hour:
    """Let everything be sent, once each. Raises AssertionError when somebody got two."""
    line = servers.start("line")
    port = servers.counter(servers.sqlite(), sending=True, line=line)
    asyncio.run(get(line, f"/bench/people/{REMINDERS}"))
    # On the other channel: this LINE knows nobody but those who are to be reminded.
    side = Side("", [port], True, channels=("telegram",))
    before = _turns(side)
    asyncio.run(get(port, f"/bench/owe/{REMINDERS}"))
    memory_before = memory_most = servers.memory(port)
    asyncio.run(get(port, "/bench/tick"))
    time.sleep(_PAUSE)
    meanwhile = _turns(side)
    began, first = time.monotonic(), _taken(line)[0]
    sent = first
    while sent < REMINDERS:
        time.sleep(_PAUSE)
        sent = _taken(line)[0]
        memory_most = max(memory_most, servers.memory(port))
    ceiling = (REMINDERS - first) / (time.monotonic() - began)
    sent, people, most = _taken(line)
    assert sent == people == REMINDERS, f"{sent} reminders for {people} people"
    return Hour(sent, people, most, ceiling, before, meanwhile, memory_before, memory_most)


def report(hour: Hour) -> str:
    return (
        f"Reminder hour: {hour.sent:,} reminders due at once, each sent once;"
        f" {hour.ceiling:,.0f} a second where nobody else writes (at most"
        f" {hour.most_a_second:,} in one second; LINE takes 2,000). Memory"
        f" {hour.memory_before >> 20} → {hour.memory_most >> 20} MiB. Turns:"
        f" {hour.turns_before:,.0f} a second before, {hour.turns_meanwhile:,.0f} meanwhile"
        f" ({hour.turns_before / hour.turns_meanwhile:.2f} × slower)."
    )


def _turns(side: Side) -> float:
    speeds = [asyncio.run(one_round(side)).turns_a_second for _ in range(ROUNDS)]
    return statistics.median(speeds)


def _taken(line: int) -> tuple[int, int, int]:
    sent, people, most = asyncio.run(get(line, "/bench/taken")).split()
    return int(sent), int(people), int(most)
