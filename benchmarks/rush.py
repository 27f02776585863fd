"""The morning rush: many people press the button of one of few slots at once."""

import asyncio
import time
from collections import Counter

from benchmarks.load import Connection, Measured, webhook

PEOPLE, SLOTS, CONNECTIONS = 1000, 240, 64


async def rush(port: int) -> tuple[Measured, int]:
    """Everybody presses once, at as many connections as a platform opens; says how long it took
    and how many slots were sold. Raises AssertionError when one was sold twice."""
    async with Connection(port) as connection:
        slots = (await connection.get("/bench/free")).decode().split()[:SLOTS]
        people = (await connection.get(f"/bench/crowd/{PEOPLE}")).decode().split()
        before = int(await connection.get("/bench/booked"))
    waiting = [
        webhook(
            person,
            "postback",
            postback={"data": f"confirm/1:consultation:{slots[number % SLOTS]}:alone:1"},
        )
        for number, person in enumerate(people)
    ]
    latencies: list[float] = []

    async def press() -> None:
        async with Connection(port) as connection:
            while waiting:
                request = waiting.pop()
                began = time.perf_counter()
                status, _ = await connection.ask(request)
                latencies.append(time.perf_counter() - began)
                assert status == 200, status

    began = time.perf_counter()
    await asyncio.gather(*(press() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - began
    async with Connection(port) as connection:
        sold = int(await connection.get("/bench/booked")) - before
        taken = Counter((await connection.get("/bench/taken")).decode().split())
    assert max(taken.values()) == 1, "a slot was sold twice"
    return Measured(len(latencies), seconds, latencies), sold
