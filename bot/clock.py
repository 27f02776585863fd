"""The clock: the machine's own. Only the sandbox has another one."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def machine_clock() -> datetime:
    """Return now, aware (UTC)."""
    return datetime.now(UTC)
