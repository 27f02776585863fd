"""What a platform may show beside the chat."""

from collections.abc import Mapping, Set
from typing import NamedTuple

from models.chat import Button

Commands = Mapping[str, str]  # a command's name, and what it does in words


class Tiles(NamedTuple):
    """What somebody needs often, as buttons under a title; the first may be primary."""

    title: str
    buttons: tuple[Button, ...]


class Menus(NamedTuple):
    """Everything that is to be shown on one channel, in two kinds: commands that can be typed, and
    tiles. `language` is the office's; `left` are those who work here no more.

    `tiles` holds every menu of tiles by its key, `shown` the key of each chat that is concerned
    now, `everybody` the key of what all others see, and `passing` those that end by themselves."""

    language: str
    parents: Mapping[str, Commands]
    staff: Mapping[str, Commands]
    left: Set[str]
    tiles: Mapping[str, Tiles]
    shown: Mapping[str, str]
    everybody: str
    passing: Set[str]
