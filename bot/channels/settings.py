"""What switches a channel on."""

from abc import abstractmethod
from typing import ClassVar

from bot.channels.base import Channel
from bot.environment import FromEnvironment


class ChannelSettings(FromEnvironment):
    """A channel's variables, of which all in `needed` must be set."""

    needed: ClassVar[tuple[str, ...]]
    channel: ClassVar[type[Channel]]

    @abstractmethod
    def open(self) -> Channel | None:
        """Return the channel, or None where it is off."""
