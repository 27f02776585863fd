"""What a step may know of a channel."""

from typing import NamedTuple


class Platform(NamedTuple):
    """A channel as people know it. `counts_pushes`: what is sent unasked is counted, and may
    cost."""

    title: str
    counts_pushes: bool
