"""What a device needs for a consultation, and what was found when it was tried."""

from collections.abc import Mapping
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
    """Whether each part worked (None: not tried), and when (UTC) they were tried."""

    at: datetime
    works: Mapping[DevicePart, bool | None]

    @property
    def lacks(self) -> list[DevicePart]:
        """Return the parts that did not work."""
        return [part for part, works in self.works.items() if works is False]

    @property
    def untried(self) -> list[DevicePart]:
        """Return the parts that were not tried."""
        return [part for part, works in self.works.items() if works is None]
