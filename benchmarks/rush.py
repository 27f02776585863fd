"""The morning rush: many people press the button of one of few slots at once."""

import asyncio

from benchmarks.load import CHANNELS, Measured, confirmation, get, play

PEOPLE, SLOTS, CONNECTIONS = 1000, 240, 64


def measure(port: int) -> tuple[Measured, int]:
    """Let everybody press once, at as many connections as a platform opens; also says how many
    slots were sold. Raises AssertionError when one was sold twice."""
    return asyncio.run(_rush(port))


def report(measured: Measured, sold: int) -> str:
    return (
        f"Morning rush: {PEOPLE} people for {SLOTS} slots over {CONNECTIONS} connections: {sold}"
        f" sold, each once; {measured.turns} answered in {measured.seconds:.1f} s,"
        f" p50 {measured.latency(0.5):.0f} ms, p99 {measured.latency(0.99):.0f} ms."
    )


async def _rush(port: int) -> tuple[Measured, int]:
    await get(port, "/bench/clear")
    slots = (await get(port, "/bench/free")).split()[:SLOTS]
    pressed = []
    for channel in CHANNELS:
        people = (await get(port, f"/bench/crowd/{channel}/{PEOPLE // 2}")).split()
        pressed += [
            [confirmation(channel, person, slots[number % SLOTS])]
            for number, person in enumerate(people)
        ]
    measured = await play([port], pressed, CONNECTIONS)
    sold = (await get(port, "/bench/sold")).split()
    assert len(sold) == len(set(sold)), "a slot was sold twice"
    return measured, len(sold)
