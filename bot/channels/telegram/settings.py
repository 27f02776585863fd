"""What switches Telegram on."""

import re
from typing import ClassVar

from pydantic import Field, field_validator

from bot.channels.settings import ChannelSettings
from bot.channels.telegram.api import BASE
from bot.channels.telegram.channel import TelegramChannel
from bot.environment import WebAddress


class TelegramSettings(ChannelSettings):
    """The keys of the office's Telegram bot. Without a webhook secret updates are asked for."""

    needed: ClassVar = ("telegram_bot_token",)
    channel: ClassVar = TelegramChannel

    telegram_bot_token: str | None = Field(None, description="from @BotFather in Telegram")
    telegram_webhook_secret: str | None = Field(
        None, description="1 to 256 of A-Z a-z 0-9 _ - that you make up"
    )
    telegram_api_base: WebAddress = Field(BASE, description="leave it unset, except for tests")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _allowed_secret(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
            raise ValueError("may hold only A-Z a-z 0-9 _ -, 1 to 256 of them")
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_form(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
            raise ValueError("has the form 123456:ABC…")
        return value

    def open(self) -> TelegramChannel | None:
        """Return the channel, or None where it is off."""
        if not self.telegram_bot_token:
            return None
        return TelegramChannel(
            self.telegram_bot_token, self.telegram_api_base, self.telegram_webhook_secret
        )
