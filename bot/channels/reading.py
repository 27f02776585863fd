"""Reading webhook bodies: JSON that may be hostile, and text at the door."""

import json
import re
from typing import Any

import orjson

from bot.channels.base import Unreadable
from models.text import clean

_LONGEST_TAG = 35
_PLAIN = re.compile(r"[\x21-\x7e]+")


def parse(body: bytes) -> Any:
    """Return what JSON says, also with halves of surrogate pairs, which a phone can send. Raises
    Unreadable."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error


def plain_id(value: object, longest: int) -> str:
    """Return an identifier of a platform. Raises Unreadable for what cannot be one."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if len(text) > longest or not _PLAIN.fullmatch(text):
        raise Unreadable("not an identifier")
    return text


def typed_text(value: object) -> str:
    """Return what a person typed, safe to store. Raises Unreadable for what is no text."""
    if not isinstance(value, str):
        raise Unreadable("not a text")
    return clean(value)


def tag(value: object) -> str | None:
    """Return a language tag, or None for what is none."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_TAG else None
