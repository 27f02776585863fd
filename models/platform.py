"""What a step may know of the channels that are on."""

from typing import Protocol


class Platform(Protocol):
    """A channel as people know it. `counts_pushes`: what is sent unasked is counted, and may
    cost."""

    title: str
    counts_pushes: bool
