"""Greenlets: work that is written as if it waited, while in truth the event loop goes on.

Futures would do for it (SQLAlchemy's `greenlet_spawn`), and take a fifth more time. A greenlet is
only ever entered by `call_soon`: uvloop keeps addresses on the stack while it hands out what has
come by a socket, and a greenlet puts another stack in its place."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

Result = TypeVar("Result")


def start(work: Callable[[], None]) -> None:
    """Have the loop begin work in a greenlet of its own."""
    asyncio.get_running_loop().call_soon(greenlet(work).switch)


def is_one() -> bool:
    """Whether this is run in a greenlet, and may wait in it."""
    return getcurrent().parent is not None


def wait(hand_over: Callable[[Callable[[Any], object]], object]) -> Any:
    """Let the loop go on until somebody calls what is handed over; gives what they say."""
    here = getcurrent()
    assert here.parent is not None
    hand_over(partial(asyncio.get_running_loop().call_soon, here.switch))
    return here.parent.switch()


def wait_for(future: "asyncio.Future[Result]") -> Result:
    """Let the loop go on until a future is done; gives its result, or raises its error."""
    wait(future.add_done_callback)
    return future.result()


def in_thread(work: Callable[[], Result]) -> Result:
    """Have a thread do what would hold up the loop."""
    return wait_for(asyncio.get_running_loop().run_in_executor(None, work))
