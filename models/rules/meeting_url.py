"""Addresses of meeting rooms that staff give: the one reader for all doors."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from models.choice import Choice

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]、。」』）]+(?<![.,;:!])")
# A meeting of Zoom's has one number on all of Zoom's hosts.
_ZOOM_NUMBER = re.compile(r"/(?:j|w|wc|wc/join)/(\d{9,12})(?:/join)?/?")
# What the host opens, and what opens no room, by the beginning of the path.
_HOST_PATHS = ("s", "start")
_NO_ROOM_PATHS = (
    *("join", "rec", "recording", "profile", "user", "u", "p", "share", "signin", "signup"),
    *("meeting", "meetings", "account", "test", "download", "support", "pricing"),
)


class Why(Choice):
    """Why a text holds no room."""

    NOT_ALLOWED = "not_allowed"
    HOST_LINK = "host_link"
    NO_ROOM = "no_room"


class NoRoom(ValueError):
    """A text holds no address of a room; `why` says what it is instead."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def read_room(text: str, hosts: Sequence[str]) -> str:
    """Return the first room's address in a text: https, on one of the hosts or below it, without
    user or port, and a room that others can enter. It is never fetched. Raises NoRoom."""
    found = _ADDRESS.search(text)
    if found is None:
        raise NoRoom(Why.NOT_ALLOWED)
    url = found[0]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NoRoom(Why.NOT_ALLOWED) from None
    host = parts.hostname or ""
    if not (
        parts.scheme == "https"
        and port is None
        and parts.username is None
        and parts.password is None
        and url.isascii()
        and not any(sign in '"\\' for sign in url)
        and any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
    ):
        raise NoRoom(Why.NOT_ALLOWED)
    path = [part.lower() for part in parts.path.split("/") if part]
    if "zak" in parse_qs(parts.query) or (path and path[0] in _HOST_PATHS):
        raise NoRoom(Why.HOST_LINK)
    if not path or path == ["j"] or path[0] in _NO_ROOM_PATHS:
        raise NoRoom(Why.NO_ROOM)
    return url


def room_of(url: str) -> str:
    """Return what names the room behind a meeting URL: two addresses of one room differ in their
    subdomain, passcode or case."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if number := _ZOOM_NUMBER.fullmatch(parts.path):
        return f"zoom {number[1]}"
    return f"{host}{parts.path.rstrip('/').lower()}"


def in_browser(url: str) -> str | None:
    """Return where a browser alone opens a room, without its app; None where that is not known.
    Of Zoom's: the address that Zoom's own page offers to who has no app."""
    parts = urlsplit(url)
    number = _ZOOM_NUMBER.fullmatch(parts.path)
    return parts._replace(path=f"/wc/join/{number[1]}").geturl() if number else None


def shown(url: str | None) -> str:
    """Return a meeting URL as far as a list may show it: the way in itself is not given out."""
    if not url:
        return ""
    parts = urlsplit(url)
    return f"https://{parts.hostname}/…{parts.path.rpartition('/')[2][-3:]}"
