"""All channels; a new one is a folder beside this file and a line here."""

from collections.abc import Mapping

from pydantic import ValidationError

from bot.channels.base import Channel
from bot.channels.line.settings import LineSettings
from bot.channels.settings import ChannelSettings
from bot.channels.telegram.settings import TelegramSettings
from bot.environment import faults_of, how_to_get, is_missing

CHANNELS: tuple[type[ChannelSettings], ...] = (LineSettings, TelegramSettings)


def open_channels(values: Mapping[str, object]) -> list[Channel]:
    """Return the channels that are on, by the environment and these values. Raises
    ValidationError."""
    found = [each(**values).open() for each in CHANNELS]  # type: ignore[arg-type]  # by pydantic
    return [channel for channel in found if channel is not None]


def channel_faults(values: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the settings of channels, or that none is on."""
    faults: list[str] = []
    is_any_on = False
    for each in CHANNELS:
        wrong: set[str] = set()
        try:
            found = each(**values)  # type: ignore[arg-type]  # checked by pydantic
        except ValidationError as error:
            faults += faults_of(error, each)
            wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
            # The rest of them, to say all at once what is wrong.
            as_usual = {name: each.model_fields[name].default for name in wrong}
            found = each(**{**values, **as_usual})
        missing = [name for name in each.needed if not getattr(found, name) and name not in wrong]
        is_on = len(missing) < len(each.needed)
        is_any_on = is_any_on or is_on
        if is_on:
            faults += [is_missing(each, name) for name in missing]
    if not is_any_on:
        ways = (" and ".join(how_to_get(each, name) for name in each.needed) for each in CHANNELS)
        faults.append(f"no channel is on: set {', or '.join(ways)}")
    return faults
