"""What a platform may show beside the chat."""

from collections.abc import Mapping, Set
from typing import NamedTuple

from models.chat import Button

Commands = Mapping[str, str]  # a command's name, and what it does in words


class Shortcuts(NamedTuple):
    """What staff need every day, as buttons under a title."""

    title: str
    buttons: tuple[Button, ...]


class StaffChat(NamedTuple):
    """What a staff member's chat shows."""

    language: str
    commands: Commands


class Menus(NamedTuple):
    """Everything that is to be shown on one channel. `left` are those who work here no more;
    `language` is the office's."""

    language: str
    parents: Mapping[str, Commands]
    every_day: Mapping[str, Shortcuts]
    staff: Mapping[str, StaffChat]
    left: Set[str]
