"""What switches LINE on."""

from typing import ClassVar

from pydantic import Field, field_validator

from bot.channels.line.api import BASE
from bot.channels.line.channel import LineChannel
from bot.channels.line.liff import LIFF_ID, Liff
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
    line_liff_id: str | None = Field(
        None,
        description="LINE Developers console, a LINE Login channel of the same provider, 'LIFF'",
    )
    line_api_base: WebAddress = Field(BASE, description="leave it unset, except for tests")

    @field_validator("line_liff_id")
    @classmethod
    def _looks_like_an_id(cls, value: str | None) -> str | None:
        if value is not None and not LIFF_ID.fullmatch(value):
            raise ValueError("a LIFF id looks like 1234567890-AbCdEfGh")
        return value

    def open(self) -> LineChannel | None:
        """Return the channel, or None where it is off."""
        if not self.line_channel_secret or not self.line_channel_access_token:
            return None
        base = self.line_api_base
        liff = Liff(self.line_liff_id, base) if self.line_liff_id else None
        return LineChannel(self.line_channel_secret, self.line_channel_access_token, base, liff)
