"""All channels; a new one is a folder beside this file and a line here."""

from collections.abc import Mapping

from bot.channels.base import Channel
from bot.channels.line.settings import LineSettings
from bot.channels.settings import ChannelSettings
from bot.channels.telegram.settings import TelegramSettings
from bot.environment import how_to_get, switch_faults

CHANNELS: tuple[type[ChannelSettings], ...] = (LineSettings, TelegramSettings)


def open_channels(values: Mapping[str, object]) -> list[Channel]:
    """Return the channels that are on, by the environment and these values. Raises
    ValidationError."""
    found = [each(**values).open() for each in CHANNELS]  # type: ignore[arg-type]  # by pydantic
    return [channel for channel in found if channel is not None]


def channel_faults(values: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the settings of channels, or that none is on."""
    found = [switch_faults(each, values) for each in CHANNELS]
    faults = [fault for _, wrong in found for fault in wrong]
    if not any(is_begun for is_begun, _ in found):
        ways = (" and ".join(how_to_get(each, name) for name in each.needed) for each in CHANNELS)
        faults.append(f"no channel is on: set {', or '.join(ways)}")
    return faults
