"""The vocabulary of both channels: what a person does (Event) and what is answered (Message)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from models.choice import Choice
from models.rules.days import YEARS

MAX_DATA_BYTES = 64

Argument = str | int | date | datetime | Choice


class Did(Choice):
    """What a person did."""

    SAID = "said"
    TAPPED = "tapped"
    SENT = "sent"
    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    UNSENT = "unsent"
    NOTHING_OF_OURS = "nothing of ours"


@dataclass(frozen=True, slots=True)
class Event:
    """One act of one person, as a channel reports it. Times are aware (UTC)."""

    channel: str
    id: str
    did: Did
    acted_at: datetime
    person: str | None = None
    text: str = ""  # SAID: the text; TAPPED: the button's data; SENT: what kind of thing
    reply_token: str | None = None
    message_id: str | None = None
    callback_id: str | None = None
    language: str | None = None
    group: str | None = None  # the group in which it was said; None in private
    replies_to: str | None = None  # the message of ours that it answers
    listening_only: bool = False  # another program answers this chat at the moment
    acted_from: datetime | None = None  # an act without a time of its own: the earliest it can be


@dataclass(frozen=True, slots=True)
class Button:
    """A button that carries its full meaning."""

    label: str
    data: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address; `in_browser` where a browser inside a chat is of no use,
    `returns_to_chat` for a page that goes on in the chat when it is done."""

    label: str
    url: str
    primary: bool = False
    in_browser: bool = False
    returns_to_chat: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons that belong together, under a heading, in rows of `columns`."""

    buttons: tuple[Button | Link, ...]
    heading: str = ""
    columns: int = 1

    def rows(self) -> list[tuple[Button | Link, ...]]:
        step = self.columns
        return [self.buttons[at : at + step] for at in range(0, len(self.buttons), step)]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short points, with or without a heading."""

    items: tuple[str, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of ours. A title or buttons make it a card.

    `headline` is what one looks for first, mostly a date: it stands large below the title.
    `shortcuts` are what one often wants next; `in_place` lets a channel that can do so change the
    message whose button was tapped instead of sending a new one. `about` says what a reply to the
    message would be about ("booking 7").
    """

    text: str = ""
    title: str = ""
    headline: str = ""
    points: Points | None = None
    facts: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    shortcuts: tuple[Button, ...] = field(default=())
    in_place: bool = False
    about: str = ""
    picture: str = ""  # the address of an image; then the text is its caption

    def buttons(self) -> Iterable[Button | Link]:
        """Return every button, in the order in which it is shown."""
        for group in self.groups:
            yield from group.buttons
        yield from self.shortcuts


class NotAButton(ValueError):
    """Button data that nobody shipped."""


def button(label: str, verb: str, *arguments: Argument, primary: bool = False) -> Button:
    """Return a button for a verb ("day/1") with its arguments, at most 64 bytes in all."""
    data = ":".join([verb, *map(_pack, arguments)])
    if len(data.encode()) > MAX_DATA_BYTES:
        raise ValueError(f"button data of {verb} is longer than {MAX_DATA_BYTES} bytes")
    return Button(label, data, primary)


def column(*buttons: Button | Link) -> Group:
    """Return buttons one below the other."""
    return Group(tuple(buttons))


def unpack(data: str, kinds: Iterable[type]) -> tuple[Argument, ...]:
    """Return the arguments behind the verb, read as the given types. Raises NotAButton."""
    parts = data.split(":")[1:]
    wanted = list(kinds)
    if len(parts) != len(wanted):
        raise NotAButton(f"{len(parts)} arguments instead of {len(wanted)}")
    return tuple(_unpack(part, kind) for part, kind in zip(parts, wanted, strict=True))


# The same days and slots are offered all day long.
@lru_cache(maxsize=8192, typed=True)
def _pack(argument: Argument) -> str:
    if isinstance(argument, datetime):
        return argument.astimezone(UTC).strftime("%Y%m%d%H%M")
    if isinstance(argument, date):
        return argument.strftime("%Y%m%d")
    text = str(argument)
    if not re.fullmatch(r"[A-Za-z0-9_@-]+", text):
        raise ValueError("button arguments are plain words and numbers")
    return text


def _unpack(part: str, kind: type) -> Argument:
    """Return the argument; only the one spelling that `_pack` writes is read: what it cannot have
    written is forged."""
    try:
        value: Argument
        if kind is datetime:
            value = datetime.fromisoformat(f"{part[:8]}T{part[8:]}+00:00")
        elif kind is date:
            value = date.fromisoformat(part)
        elif kind is int:
            value = int(part)
            if not 0 <= value < 2**53:
                raise NotAButton("a number out of bounds")
        elif issubclass(kind, Choice):
            value = kind(part)
        else:
            value = part
        if isinstance(value, date) and value.year not in YEARS:
            raise NotAButton("a year that no calendar of ours has")
        if _pack(value) != part:
            raise NotAButton("an argument in another spelling")
    except (ValueError, OverflowError) as error:
        raise NotAButton("an argument that cannot be read") from error
    return value
