"""LINE's drawing of messages: texts, and cards as Flex bubbles (plain dicts; the tests let the
SDK's models check them)."""

from collections.abc import Sequence
from typing import Any

from models.chat import Button, Group, Link, Message, Points

_TEXT, _ALT, _LABEL, _QUICK_LABEL, _DISPLAY, _QUICK_REPLIES = 5000, 400, 40, 20, 300, 13
# Every colour is given, so that no theme of the phone's changes what stands on what.
_PAPER, _INK, _MUTED, _ACCENT = "#FFFFFF", "#1F2937", "#5B6472", "#17598A"
_STYLES = {part: {"backgroundColor": _PAPER} for part in ("body", "footer")}

Json = dict[str, Any]


def draw(messages: Sequence[Message]) -> list[Json]:
    """Return LINE's message objects; only the last one's quick replies are seen, so they go
    there."""
    drawn = [_message(message) for message in messages]
    shortcuts = next((each.shortcuts for each in reversed(messages) if each.shortcuts), ())
    if drawn and shortcuts:
        drawn[-1]["quickReply"] = {
            "items": [
                {"type": "action", "action": _action(each, _QUICK_LABEL)}
                for each in shortcuts[:_QUICK_REPLIES]
            ]
        }
    return drawn


def _message(message: Message) -> Json:
    if message.picture:
        return {
            "type": "image",
            "originalContentUrl": message.picture,
            "previewImageUrl": message.picture,
        }
    is_card = message.title or message.headline or message.points or message.facts
    if not (is_card or message.groups):
        return {"type": "text", "text": clip(message.text, _TEXT)}
    return {"type": "flex", "altText": _alternative(message), "contents": _bubble(message)}


def _alternative(message: Message) -> str:
    """Return what a lock screen shows and a screen reader speaks: what it is and when first."""
    facts = (f"{name} {value}" for name, value in message.facts)
    points = message.points.items if message.points else ()
    said = (message.title, message.headline, message.text, *facts, *points)
    return clip("\n".join(filter(None, said)), _ALT)


def _bubble(message: Message) -> Json:
    body: list[Json] = []
    if message.title and message.headline:
        body.append(_text(message.title, size="sm", weight="bold", color=_ACCENT))
    elif message.title:
        body.append(_text(message.title, size="lg", weight="bold"))
    if message.headline:
        body.append(_text(message.headline, size="xl", weight="bold"))
    if message.text:
        body.append(_text(message.text, size="sm"))
    if message.points:
        body.append(_points(message.points))
    if message.facts:
        body.append({"type": "separator", "margin": "md"})
        body.append(_box([_fact(*fact) for fact in message.facts], spacing="sm", margin="md"))
    bubble: Json = {"type": "bubble", "styles": _STYLES, "body": _box(body, spacing="sm")}
    if message.groups:
        rows = [part for group in message.groups for part in _group(group)]
        bubble["footer"] = _box(rows, spacing="sm")
    return bubble


def _points(points: Points) -> Json:
    """Return points whose second lines hang below their first ones, not below the bullet."""
    heading = [_text(points.heading, size="sm", weight="bold")] if points.heading else []
    bullet = _text("•", size="sm", color=_MUTED, flex=0)
    items = [
        _box([bullet, _text(each, size="sm", flex=1)], layout="baseline", spacing="sm")
        for each in points.items
    ]
    return _box([*heading, *items], spacing="sm", margin="md")


def _fact(name: str, value: str) -> Json:
    label = _text(name, size="sm", color=_MUTED, flex=3)
    return _box([label, _text(value, size="sm", flex=5)], layout="baseline", spacing="sm")


def _group(group: Group) -> list[Json]:
    rows: list[Json] = []
    if group.heading:
        rows.append(_text(group.heading, size="sm", weight="bold", margin="md"))
    for row in group.rows():
        buttons = [_button(each, in_column=group.columns == 1) for each in row]
        if group.columns == 1:
            rows += buttons
        else:
            gaps = [{"type": "filler"}] * (group.columns - len(buttons))
            rows.append(_box([*buttons, *gaps], layout="horizontal", spacing="sm"))
    return rows


def _button(button: Button | Link, *, in_column: bool) -> Json:
    drawn: Json = {
        "type": "button",
        "height": "md",
        "scaling": True,
        "style": "primary" if button.primary else "secondary" if not in_column else "link",
        "action": _action(button, _LABEL),
        "adjustMode": "shrink-to-fit",
    }
    if button.primary or in_column:
        drawn["color"] = _ACCENT
    return drawn


def _action(button: Button | Link, longest: int) -> Json:
    if isinstance(button, Link):
        # Zoom's hand-over to its app, and a calendar file, want the phone's own browser.
        url = f"{button.url}?openExternalBrowser=1" if button.in_browser else button.url
        return {"type": "uri", "label": clip(button.label, longest), "uri": url}
    return {
        "type": "postback",
        "label": clip(button.label, longest),
        "data": button.data,
        "displayText": clip(button.label, _DISPLAY),
    }


def _text(text: str, **style: Any) -> Json:
    return {"type": "text", "text": text, "wrap": True, "scaling": True, "color": _INK, **style}


def _box(contents: list[Json], layout: str = "vertical", **style: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": contents, **style}


def clip(text: str, longest: int) -> str:
    """Return at most `longest` characters, counted as LINE counts them (UTF-16 units)."""
    if 2 * len(text) <= longest:  # no sign is longer than two units
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
