"""A clock that can be turned forward."""

from datetime import UTC, datetime, timedelta


class TurnableClock:
    """Runs like the machine's clock, some time ahead of it; or stands still when `frozen`."""

    def __init__(self, frozen: datetime | None = None) -> None:
        self._frozen = frozen
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return self._frozen or datetime.now(UTC) + self._ahead

    def turn_to(self, instant: datetime) -> None:
        """Set the clock; it only goes forward."""
        if instant < self():
            raise ValueError("the clock only goes forward")
        if self._frozen is not None:
            self._frozen = instant
        else:
            self._ahead = instant - datetime.now(UTC)
