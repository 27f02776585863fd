"""What a device needs for a consultation, and what was found when it was tried."""

from dataclasses import dataclass
from datetime import datetime

from models.choice import Choice


class DevicePart(Choice):
    """What is tried (arts. 2(2), 12(4))."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    CONNECTION = "connection"


@dataclass(frozen=True)
class DeviceCheck:
    """Which parts worked, when (UTC) they were tried."""

    at: datetime
    worked: frozenset[DevicePart]

    @property
    def lacks(self) -> list[DevicePart]:
        """The parts that did not work."""
        return [part for part in DevicePart if part not in self.worked]
