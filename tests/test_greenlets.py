"""Greenlets: written as if it waited, while the loop goes on."""

import asyncio
from collections.abc import Callable
from typing import Any

from models import greenlets


async def test_a_greenlet_is_entered_by_the_loop_alone() -> None:
    """uvloop writes to the stack of others where one is entered from what a socket brings."""
    seen: list[str] = []
    handed: list[Callable[[Any], object]] = []

    def work() -> None:
        assert greenlets.is_one()
        seen.append("begun")
        seen.append(greenlets.wait(handed.append))

    assert not greenlets.is_one()
    greenlets.start(work)
    assert seen == []
    await asyncio.sleep(0)
    assert seen == ["begun"]
    handed[0]("told")
    assert seen == ["begun"]
    await asyncio.sleep(0)
    assert seen == ["begun", "told"]


async def test_what_a_thread_does_comes_back_and_what_it_raises_too() -> None:
    done: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    def fail() -> None:
        raise ValueError("in the thread")

    def work() -> None:
        seen = [greenlets.in_thread(lambda: "done")]
        try:
            greenlets.in_thread(fail)
        except ValueError as error:
            seen.append(str(error))
        done.set_result(seen)

    greenlets.start(work)
    assert await asyncio.wait_for(done, 5) == ["done", "in the thread"]
