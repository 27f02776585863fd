"""Messages as Telegram shows them: HTML with inline buttons."""

from html import escape
from typing import Any

from telegram.constants import ParseMode

from models.chat import Button, Link, Message

# Telegram takes 4,096 characters; the rest is for title, facts and headings.
_LONGEST = 3600
_LABEL = 60


def draw(message: Message) -> dict[str, Any]:
    parts = [f"<b>{escape(message.title)}</b>"] if message.title else []
    parts += [escape(message.text[:_LONGEST])] if message.text else []
    if message.facts:
        parts.append(
            "\n".join(f"{escape(name)}: <b>{escape(value)}</b>" for name, value in message.facts)
        )
    for group in message.groups:
        if group.heading:
            labels = "  ".join(each.label for each in group.buttons)
            parts.append(f"{escape(group.heading)}\n{escape(labels)}")
    drawn: dict[str, Any] = {"text": "\n\n".join(parts)}
    if message.picture:
        drawn["picture"] = message.picture
    keyboard = [
        [button for each in row if (button := _button(each))]
        for group in message.groups
        for row in group.rows()
    ]
    keyboard.append([button for each in message.shortcuts if (button := _button(each))])
    if any(keyboard):
        drawn["keyboard"] = [row for row in keyboard if row]
    return drawn


def arguments(call: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a send or edit. What is plain JSON already goes as it is: the SDK's types
    would be made of it only to be turned back."""
    ready: dict[str, Any] = {"link_preview_options": {"is_disabled": True}}
    if keyboard := call.get("keyboard"):
        ready["reply_markup"] = {"inline_keyboard": keyboard}
    return {"text": call["text"], "parse_mode": ParseMode.HTML, "api_kwargs": ready}


def _button(button: Button | Link) -> dict[str, str] | None:
    if isinstance(button, Button):
        return {"text": button.label[:_LABEL], "callback_data": button.data}
    if button.url.startswith("tel:"):
        return None  # Telegram takes no such link; the number stands in the text
    return {"text": button.label[:_LABEL], "url": button.url}
