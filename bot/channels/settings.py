"""What switches a channel on."""

from abc import abstractmethod
from typing import ClassVar

from bot.channels.base import Channel
from bot.environment import Switch


class ChannelSettings(Switch):
    """A channel's variables."""

    channel: ClassVar[type[Channel]]

    @abstractmethod
    def open(self) -> Channel | None:
        """Return the channel, or None where it is off."""
