"""The pace of a chat: nobody presses two buttons a second for a minute. Whoever does gets one kind
answer and costs no further work until the minute is over."""

import time
from typing import NamedTuple

TURNS_A_MINUTE = 120
_LENGTH = 60.0  # seconds


class _Minute(NamedTuple):
    """How often somebody acted in the minute that began with their first act."""

    ends: float
    turns: int


class Pace:
    """Counts the turns of each person in this process."""

    def __init__(self) -> None:
        self._minutes: dict[tuple[str, str], _Minute] = {}
        self._tidied = 0.0

    def is_kept(self, channel: str, person: str) -> bool:
        """Count a turn; False when there were too many in this person's minute."""
        now = time.monotonic()
        self._tidy(now)
        ends, turns = self._minutes.get((channel, person), _Minute(0.0, 0))
        if now >= ends:
            ends, turns = now + _LENGTH, 0
        self._minutes[channel, person] = _Minute(ends, turns + 1)
        return turns < TURNS_A_MINUTE

    def is_to_be_said(self, channel: str, person: str) -> bool:
        """Whether the turn just counted is the first that was too many."""
        return self._minutes[channel, person].turns == TURNS_A_MINUTE + 1

    def _tidy(self, now: float) -> None:
        if now >= self._tidied + _LENGTH:
            self._tidied = now
            self._minutes = {
                who: minute for who, minute in self._minutes.items() if now < minute.ends
            }
