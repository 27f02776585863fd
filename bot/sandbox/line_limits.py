"""What LINE refuses in messages, with the places, as its API does."""

import json
import re
from collections.abc import Iterator
from typing import Any

Problem = tuple[str, str]

MESSAGES, TEXT, ALT, QUICK_REPLIES = 5, 5000, 1500, 13
QUICK_LABEL, BUTTON_LABEL, DATA, DISPLAY, URI, URL = 20, 40, 300, 300, 1000, 2000
BUBBLE_BYTES, CAROUSEL_BYTES, BUBBLES = 30_000, 50_000, 12
_URI = re.compile(r"(https?|line|tel):.+")


def problems(messages: Any) -> list[Problem]:
    """Return everything that is wrong with a request's messages; empty when LINE would take
    them."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= MESSAGES:
        return [("messages", f"Size must be between 1 and {MESSAGES}")]
    found: list[Problem] = []
    for number, message in enumerate(messages):
        found += _message(f"messages[{number}]", message)
    return found


def units(text: str) -> int:
    """Return the length as LINE counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _message(at: str, message: Any) -> Iterator[Problem]:
    if not isinstance(message, dict):
        yield at, "must be an object"
        return
    match message.get("type"):
        case "text":
            yield from _length(f"{at}/text", message.get("text"), TEXT)
        case "flex":
            yield from _length(f"{at}/altText", message.get("altText"), ALT)
            yield from _container(f"{at}/contents", message.get("contents"))
        case "image":
            for name in ("originalContentUrl", "previewImageUrl"):
                address = str(message.get(name, ""))
                # LINE takes https only; this machine's own pages have none.
                if len(address) > URL or not address.startswith(("https://", "http://127.0.0.1:")):
                    yield f"{at}/{name}", "Must be a valid HTTPS URL"
        case _:
            yield f"{at}/type", "must be one of the known message types"
    items = (message.get("quickReply") or {}).get("items", [])
    if len(items) > QUICK_REPLIES:
        yield f"{at}/quickReply/items", f"Size must be between 0 and {QUICK_REPLIES}"
    for number, item in enumerate(items):
        yield from _action(f"{at}/quickReply/items[{number}]/action", item["action"], QUICK_LABEL)


def _container(at: str, contents: Any) -> Iterator[Problem]:
    if not isinstance(contents, dict):
        yield at, "must be an object"
    elif contents.get("type") == "carousel":
        bubbles = contents.get("contents", [])
        if not 1 <= len(bubbles) <= BUBBLES:
            yield f"{at}/contents", f"Size must be between 1 and {BUBBLES}"
        if _size(contents) > CAROUSEL_BYTES:
            yield at, "carousel is too large"
        for number, bubble in enumerate(bubbles):
            yield from _bubble(f"{at}/contents[{number}]", bubble)
    else:
        yield from _bubble(at, contents)


def _bubble(at: str, bubble: dict[str, Any]) -> Iterator[Problem]:
    if bubble.get("type") != "bubble":
        yield f"{at}/type", "must be bubble or carousel"
    if _size(bubble) > BUBBLE_BYTES:
        yield at, "bubble is too large"
    for block in ("header", "body", "footer"):
        if block in bubble:
            yield from _component(f"{at}/{block}", bubble[block])


def _component(at: str, component: dict[str, Any]) -> Iterator[Problem]:
    match component.get("type"):
        case "box":
            if component.get("layout") not in ("vertical", "horizontal", "baseline"):
                yield f"{at}/layout", "must be vertical, horizontal or baseline"
            for number, inner in enumerate(component.get("contents", [])):
                yield from _component(f"{at}/contents[{number}]", inner)
        case "text":
            if not component.get("text"):
                yield f"{at}/text", "must be non-empty text"
        case "button":
            yield from _action(f"{at}/action", component.get("action"), BUTTON_LABEL)
        case "separator" | "filler":
            pass
        case _:
            yield f"{at}/type", "unknown component"


def _action(at: str, action: Any, longest_label: int) -> Iterator[Problem]:
    if not isinstance(action, dict):
        yield at, "must be an object"
        return
    yield from _length(f"{at}/label", action.get("label"), longest_label)
    match action.get("type"):
        case "postback":
            yield from _length(f"{at}/data", action.get("data"), DATA)
            if units(action.get("displayText", "")) > DISPLAY:
                yield f"{at}/displayText", f"Length must be between 0 and {DISPLAY}"
        case "uri":
            yield from _length(f"{at}/uri", action.get("uri"), URI)
            if not _URI.fullmatch(str(action.get("uri"))):
                yield f"{at}/uri", "invalid uri scheme"
        case _:
            yield f"{at}/type", "must be one of the known action types"


def _length(at: str, text: Any, longest: int) -> Iterator[Problem]:
    if not isinstance(text, str) or not 1 <= units(text) <= longest:
        yield at, f"Length must be between 1 and {longest}"


def _size(contents: dict[str, Any]) -> int:
    return len(json.dumps(contents, ensure_ascii=False).encode())
