"""What a person sees of a message, read from what the platform was sent."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any


@dataclass(frozen=True)
class Pressable:
    """A button as a person sees it."""

    label: str
    data: str | None
    url: str | None
    message_id: int = 0


@dataclass
class Seen:
    """One message as a person sees it."""

    text: str
    buttons: list[Pressable]
    message_id: str = ""
    picture: str = ""


def line_message(message: dict[str, Any], number: str) -> Seen:
    if message["type"] == "text":
        seen = Seen(message["text"], [], number)
    elif message["type"] == "image":
        seen = Seen("", [], number, message["originalContentUrl"])
    else:
        seen = Seen("", [], number)
        _read_flex(message["contents"], seen)
    for item in message.get("quickReply", {}).get("items", []):
        seen.buttons.append(_line_button(item["action"]))
    return seen


def _read_flex(part: Any, seen: Seen) -> None:
    if isinstance(part, list):
        for each in part:
            _read_flex(each, seen)
    elif isinstance(part, dict):
        if part.get("type") == "text":
            seen.text += part["text"] + "\n"
        elif part.get("type") == "button":
            seen.buttons.append(_line_button(part["action"]))
        for block in ("header", "body", "footer", "contents"):
            _read_flex(part.get(block), seen)


def _line_button(action: dict[str, Any]) -> Pressable:
    return Pressable(action["label"], action.get("data"), action.get("uri"))


def telegram_message(body: dict[str, Any]) -> Seen:
    text = unescape(re.sub(r"</?b>", "", body["text"]))
    rows = (body.get("reply_markup") or {}).get("inline_keyboard", [])
    message_id = int(body.get("message_id") or 0)
    buttons = [
        Pressable(button["text"], button.get("callback_data"), button.get("url"), message_id)
        for row in rows
        for button in row
    ]
    number = str(body.get("sent_id") or message_id or "")
    return Seen(text, buttons, number, body.get("photo", ""))
