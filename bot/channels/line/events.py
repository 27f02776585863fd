"""LINE's events as ours."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from bot.channels.reading import plain_id, typed_text
from models.chat import Did, Event
from models.text import clean

NAME = "line"
_LONGEST_ID = 64
_SENT = {
    "image": "photo",
    "video": "photo",
    "file": "photo",
    "audio": "voice",
    "location": "location",
    "sticker": "sticker",
}


def read_event(raw: dict[str, Any]) -> Event:
    source = raw.get("source") or {}
    person, group = source.get("userId"), None
    if source.get("type") != "user":
        group = source.get("groupId") or source.get("roomId")
        person = person if _is_command(raw) else None
    token = raw.get("replyToken")
    did, text, message_id = _what(raw) if person else (Did.NOTHING_OF_OURS, "", None)
    answered = (raw.get("message") or {}).get("quotedMessageId") if person else None
    return Event(
        channel=NAME,
        id=plain_id(raw["webhookEventId"], _LONGEST_ID),
        did=did,
        acted_at=datetime.fromtimestamp(int(raw["timestamp"]) / 1000, UTC),
        person=plain_id(person, _LONGEST_ID) if person else None,
        text=text,
        reply_token=plain_id(token, 100) if token else None,
        message_id=message_id,
        group=plain_id(group, _LONGEST_ID) if person and group else None,
        replies_to=plain_id(answered, _LONGEST_ID) if answered else None,
        listening_only=raw.get("mode", "active") != "active",
    )


def unreadable_event(item: object, now: datetime) -> Event:
    """Return an event that cannot be read, to keep for an engineer."""
    raw = item if isinstance(item, dict) else {}
    source = raw.get("source")
    person = source.get("userId") if isinstance(source, dict) else None
    text = json.dumps(item, ensure_ascii=True)
    number = raw.get("webhookEventId")
    return Event(
        channel=NAME,
        # LINE sends the same event again with the same number; without one, by what it says.
        id=clean(number)[:_LONGEST_ID] if isinstance(number, str) else _digest(text),
        did=Did.NOTHING_OF_OURS,
        acted_at=now,
        person=clean(person)[:_LONGEST_ID] if isinstance(person, str) else None,
        text=clean(text),
    )


def _digest(text: str) -> str:
    return f"?{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _is_command(raw: dict[str, Any]) -> bool:
    """Return whether a text in a group is for us: only a command is."""
    return raw["type"] == "message" and str(raw["message"].get("text", "")).startswith("/")


def _what(raw: dict[str, Any]) -> tuple[Did, str, str | None]:
    match raw["type"]:
        case "message":
            message = raw["message"]
            message_id = plain_id(message["id"], _LONGEST_ID)
            if message["type"] == "text":
                return Did.SAID, typed_text(message["text"]), message_id
            return Did.SENT, _SENT.get(message["type"], "other"), message_id
        case "postback":
            return Did.TAPPED, typed_text(raw["postback"]["data"]), None
        case "follow":
            return Did.FOLLOWED, "", None
        case "unfollow":
            return Did.UNFOLLOWED, "", None
        case "unsend":
            return Did.UNSENT, "", plain_id(raw["unsend"]["messageId"], _LONGEST_ID)
        case _:
            return Did.NOTHING_OF_OURS, "", None
