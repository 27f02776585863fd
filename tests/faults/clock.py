"""A clock that several processes read, and one of them sets."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FORMAT = struct.Struct("d")


class SharedClock:
    """Stands still until it is set; what it shows lies in a file."""

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        if start is not None:
            file.write_bytes(_FORMAT.pack(start.timestamp()))
        self.file = file
        with file.open("r+b") as opened:
            self._shown = mmap.mmap(opened.fileno(), _FORMAT.size)

    def __call__(self) -> datetime:
        (seconds,) = _FORMAT.unpack(self._shown[:])
        return datetime.fromtimestamp(seconds, UTC)

    def go_on(self, **length: float) -> None:
        """Let time pass."""
        self._shown[:] = _FORMAT.pack((self() + timedelta(**length)).timestamp())
