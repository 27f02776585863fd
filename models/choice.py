"""Closed sets: what can be one of a few things, and nothing else."""

from enum import Enum


class Choice(Enum):
    """One of a few things, each of which is stored and written as its value. It is no text itself,
    so that the type checker refuses to compare it with one: a typo cannot pass."""

    def __str__(self) -> str:
        return str(self.value)
