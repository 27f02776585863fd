"""What switches a video service on."""

from abc import abstractmethod

from bot.clock import Clock
from bot.environment import Switch
from bot.video.base import VideoService
from models.office import Office


class VideoSettings(Switch):
    """A video service's variables."""

    @abstractmethod
    def open(self, office: Office, clock: Clock) -> VideoService | None:
        """Return the service, or None where it is off."""
