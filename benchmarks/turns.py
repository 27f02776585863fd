"""Turns a second: whole booking conversations, first and repeated, on both channels, beside the
yardsticks; the sides interleaved."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.load import (
    CHANNELS,
    Measured,
    confirmation,
    first_booking,
    get,
    next_booking,
    play,
)
from benchmarks.servers import Servers

ROUNDS, CONVERSATIONS, CONNECTIONS = 5, 120, 16
CROWD = 240


class Side(NamedTuple):
    """One thing that is measured: its servers, which take connections in turn; whether it books,
    or only stores something."""

    name: str
    ports: Sequence[int]
    books: bool
    sends: bool = False
    channels: Sequence[str] = CHANNELS


def sides(servers: Servers) -> list[Side]:
    """Run all that is measured, the program before what it stands beside."""
    on_postgresql, shared = servers.counter(servers.postgresql()), servers.postgresql()
    two = [servers.counter(shared), servers.counter(shared)]
    posting = servers.driver(64, servers.platforms)
    return [
        _sending("Madoguchi on SQLite, every reply sent", servers.sqlite(), servers),
        _plain("plain bot on SQLite", servers.sqlite(), servers),
        _sending("Madoguchi on PostgreSQL, every reply sent", servers.postgresql(), servers),
        _plain("plain bot on PostgreSQL", servers.postgresql(), servers),
        Side("Madoguchi on SQLite", [servers.counter(servers.sqlite())], True),
        Side("A: no database", [servers.start("bare")], False),
        Side("B: raw SQLite driver, group commit", [servers.driver(64)], False),
        Side("C: raw SQLite driver, one commit a turn", [servers.driver(1)], False),
        Side("Madoguchi on PostgreSQL", [on_postgresql], True),
        Side(
            "raw PostgreSQL driver",
            [servers.start("postgresql", url=servers.postgresql())],
            False,
        ),
        Side("Madoguchi on PostgreSQL, two processes", two, True),
        Side("B with one bare POST a turn", [posting], False, sends=True),
    ]


def _sending(name: str, url: str, servers: Servers) -> Side:
    port = servers.counter(url, sending=True)
    return Side(name, [port], True, sends=True, channels=("telegram",))


def _plain(name: str, url: str, servers: Servers) -> Side:
    port = servers.start("plain", url=url, platforms=servers.platforms)
    return Side(name, [port], True, sends=True, channels=("telegram",))


def measure(found: Sequence[Side]) -> dict[str, list[Measured]]:
    """Run all rounds of all sides; the first warms up and is not counted."""
    rounds: dict[str, list[Measured]] = {side.name: [] for side in found}
    for number in range(ROUNDS + 1):
        for side in found:
            measured = asyncio.run(one_round(side))
            if number:
                rounds[side.name].append(measured)
    return rounds


def contended(side: Side) -> tuple[float, float]:
    """Presses of the last button a second: each for a slot of its own, and all for one slot;
    medians."""
    apart: list[float] = []
    together: list[float] = []
    for number in range(ROUNDS + 1):
        for one_slot, speeds in ((False, apart), (True, together)):
            measured = asyncio.run(_presses(side, one_slot=one_slot))
            if number:
                speeds.append(measured.turns_a_second)
    return statistics.median(apart), statistics.median(together)


def report(rounds: dict[str, list[Measured]]) -> str:
    """Return the table, medians over the rounds; ours beside each that follows it."""
    lines = [
        f"{ROUNDS} rounds of {CONVERSATIONS} conversations over {CONNECTIONS} connections, sides"
        " interleaved; medians.",
        "",
        "| | turns/s | p50 ms | p99 ms | Madoguchi is |",
        "|---|---|---|---|---|",
    ]
    ours = 0.0
    for name, measured in rounds.items():
        speed = statistics.median(each.turns_a_second for each in measured)
        ours = speed if name.startswith("Madoguchi") else ours
        p50, p99 = (
            statistics.median(each.latency(share) for each in measured) for share in (0.5, 0.99)
        )
        beside = "" if name.startswith("Madoguchi") else f"{ours / speed:.2f} times it"
        lines.append(f"| {name} | {speed:,.0f} | {p50:.1f} | {p99:.1f} | {beside} |")
    return "\n".join(lines)


async def one_round(side: Side) -> Measured:
    """Whole conversations with one side; a side that sends is done when all is sent."""
    conversations = await _conversations(side)
    began = time.perf_counter()
    measured = await play(side.ports, conversations, CONNECTIONS)
    if side.sends:
        while await get(side.ports[0], "/bench/waiting") != "0":  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.01)
        measured = measured._replace(seconds=time.perf_counter() - began)
    if side.books:
        sold = (await get(side.ports[0], "/bench/sold")).split()
        assert len(sold) == len(set(sold)) == CONVERSATIONS, f"{len(sold)} have booked"
    return measured


async def _conversations(side: Side) -> list[list[bytes]]:
    """Play a first and a repeated booking on each channel, in turn."""
    each = CONVERSATIONS // (2 * len(side.channels))
    slots, crowds = [f"209901010{n:03}:1" for n in range(CONVERSATIONS)], {}
    for channel in side.channels:
        crowds[channel] = [str(10**9 + number) for number in range(each)]
    if side.books:
        await get(side.ports[0], "/bench/clear")
        slots = (await get(side.ports[0], "/bench/free")).split()
        for channel in side.channels:
            crowds[channel] = (await get(side.ports[0], f"/bench/crowd/{channel}/{each}")).split()
    free = iter(slots)
    return [
        conversation
        for number in range(each)
        for channel in side.channels
        for conversation in (
            first_booking(channel, next(free)),
            next_booking(channel, crowds[channel][number], next(free)),
        )
    ]


async def _presses(side: Side, *, one_slot: bool) -> Measured:
    (port,) = side.ports
    await get(port, "/bench/clear")
    slots = (await get(port, "/bench/free")).split()
    people = (await get(port, f"/bench/crowd/line/{CROWD}")).split()
    pressed = [
        [confirmation("line", person, slots[0] if one_slot else slots[number])]
        for number, person in enumerate(people)
    ]
    measured = await play(side.ports, pressed, CONNECTIONS)
    sold = (await get(port, "/bench/sold")).split()
    assert len(sold) == (1 if one_slot else CROWD), f"{len(sold)} have booked"
    return measured
