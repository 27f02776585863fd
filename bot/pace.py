"""The pace of a chat: nobody presses two buttons a second for a minute. Whoever does gets one kind
answer and costs no further work until the minute is over."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

_TURNS, _WORDS = RateLimitItemPerMinute(120), RateLimitItemPerMinute(1)


class Pace:
    """Counts the turns of each person, in this process."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def is_kept(self, channel: str, person: str) -> bool:
        """Count a turn; False when there were too many in the last minute."""
        return self._limiter.hit(_TURNS, channel, person)

    def is_to_be_said(self, channel: str, person: str) -> bool:
        """Whether the person has not been told so in the last minute."""
        return self._limiter.hit(_WORDS, channel, person, "told")
