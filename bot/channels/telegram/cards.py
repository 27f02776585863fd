"""Messages as Telegram shows them: HTML with inline buttons."""

from html import escape
from typing import Any

from telegram.constants import KeyboardButtonStyle, ParseMode

from models.chat import Button, Link, Message

# Telegram takes 4,096 characters; the rest is for title, facts and headings.
_LONGEST = 3600
_LABEL = 60


def draw(message: Message) -> dict[str, Any]:
    head = [message.title, message.headline]
    parts = ["\n".join(f"<b>{escape(line)}</b>" for line in head if line)]
    parts += [escape(message.text[:_LONGEST])]
    if message.points:
        heading = [f"<b>{escape(message.points.heading)}</b>"] if message.points.heading else []
        items = [f"• {escape(each)}" for each in message.points.items]
        parts.append("\n".join([*heading, *items]))
    if message.facts:
        parts.append(
            "\n".join(f"{escape(name)}: <b>{escape(value)}</b>" for name, value in message.facts)
        )
    for group in message.groups:
        if group.heading:
            labels = "  ".join(each.label for each in group.buttons)
            parts.append(f"{escape(group.heading)}\n{escape(labels)}")
    drawn: dict[str, Any] = {"text": "\n\n".join(filter(None, parts))}
    if message.picture:
        drawn["picture"] = message.picture
    rows = [*(row for group in message.groups for row in group.rows()), message.shortcuts]
    keyboard = [[_button(each) for each in row] for row in rows]
    if any(keyboard):
        drawn["keyboard"] = [row for row in keyboard if row]
    return drawn


def arguments(call: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a send or edit. What is plain JSON already goes as it is: the SDK's
    types would be made of it only to be turned back."""
    ready: dict[str, Any] = {"link_preview_options": {"is_disabled": True}}
    if keyboard := call.get("keyboard"):
        ready["reply_markup"] = {"inline_keyboard": keyboard}
    return {"text": call["text"], "parse_mode": ParseMode.HTML, "api_kwargs": ready}


def _button(button: Button | Link) -> dict[str, Any]:
    drawn: dict[str, Any] = {"text": button.label[:_LABEL]}
    if button.primary:
        drawn["style"] = KeyboardButtonStyle.PRIMARY
    if isinstance(button, Button):
        drawn["callback_data"] = button.data
    elif button.url.startswith("tel:"):
        # Telegram opens no such link, but copies the number for the phone to dial.
        number = button.url.removeprefix("tel:")
        drawn |= {"text": number, "copy_text": {"text": number}}
    else:
        drawn["url"] = button.url
    return drawn
