"""What switches LINE on."""

from typing import ClassVar

from pydantic import Field

from bot.channels.line.api import BASE
from bot.channels.line.channel import LineChannel
from bot.channels.settings import ChannelSettings
from bot.environment import WebAddress


class LineSettings(ChannelSettings):
    """The keys of the office's LINE official account."""

    needed: ClassVar = ("line_channel_secret", "line_channel_access_token")
    channel: ClassVar = LineChannel

    line_channel_secret: str | None = Field(
        None, description="LINE Developers console, your channel, tab 'Basic settings'"
    )
    line_channel_access_token: str | None = Field(
        None, description="LINE Developers console, your channel, tab 'Messaging API'"
    )
    line_api_base: WebAddress = Field(BASE, description="leave it unset, except for tests")

    def open(self) -> LineChannel | None:
        """Return the channel, or None where it is off."""
        if not self.line_channel_secret or not self.line_channel_access_token:
            return None
        return LineChannel(
            self.line_channel_secret, self.line_channel_access_token, self.line_api_base
        )
