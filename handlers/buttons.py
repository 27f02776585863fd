"""Pressing a button: its data become the arguments of its step."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from models.chat import Message, unpack
from models.store import Store
from models.turn import Turn

Step = Callable[..., list[Message]]


def press(step: Step, turn: Turn, store: Store, data: str) -> list[Message]:
    """Take the step of a button. Raises NotAButton for data that it never had."""
    return step(turn, store, *unpack(data, argument_kinds(step)))


@cache
def argument_kinds(step: Step) -> tuple[type, ...]:
    """Return the types of a step's arguments after turn and store, which its buttons carry."""
    parameters: list[Any] = list(inspect.signature(step).parameters.values())
    return tuple(parameter.annotation for parameter in parameters[2:])
