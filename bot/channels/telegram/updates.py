"""Reading Telegram's updates, as plain JSON (docs: "Update"): what somebody did."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.base import Unreadable
from bot.channels.reading import plain_id, tag, typed_text
from models.chat import Did, Event
from models.text import clean

NAME = "telegram"
# What a broken or hostile update raises, besides Unreadable.
BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)

_ID, _CALLBACK_ID = 20, 64
# Telegram keeps the press of a button for so long, and does not tell when it was.
_PRESS_LIVES = timedelta(seconds=150)


def read_update(update: dict[str, Any], now: datetime) -> Event:
    """Return the event in one update; a press of a button has no time of its own, so it was `now`.
    Raises Unreadable, or one of BROKEN."""
    event_id = plain_id(update["update_id"], _ID)
    if query := update.get("callback_query"):
        return _pressed(event_id, query, now)
    if message := update.get("message"):
        return _sent(event_id, message, now)
    if (message := update.get("edited_message")) and "text" in message:  # not a live location
        return _sent(event_id, {**message, "date": message["edit_date"]}, now)
    if change := update.get("my_chat_member"):
        return _changed(event_id, change, now)
    return Event(NAME, event_id, Did.NOTHING_OF_OURS, now)


def sender_of(update: dict[str, Any]) -> str:
    """Return whose an update is that cannot be read; "" if even that is not known."""
    for content in update.values():
        sender = content.get("from") if isinstance(content, dict) else None
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return str(sender["id"])
    return ""


def unreadable_update(update: dict[str, Any], now: datetime) -> Event:
    """Return an update that cannot be read, as an event to keep for an engineer."""
    number = update.get("update_id")
    return Event(
        channel=NAME,
        id=str(number)[:_ID] if isinstance(number, int) else f"?{now.timestamp():.0f}",
        did=Did.NOTHING_OF_OURS,
        acted_at=now,
        person=sender_of(update) or None,
        text=clean(json.dumps(update, ensure_ascii=True)),
    )


def _pressed(event_id: str, query: dict[str, Any], now: datetime) -> Event:
    message = query.get("message")
    if not message or message["chat"]["type"] != "private":
        return Event(NAME, event_id, Did.NOTHING_OF_OURS, now)
    return Event(
        channel=NAME,
        id=event_id,
        did=Did.TAPPED,
        acted_at=now,
        acted_from=now - _PRESS_LIVES,
        person=plain_id(query["from"]["id"], _ID),
        text=typed_text(query.get("data", "")),
        message_id=plain_id(message["message_id"], _ID),
        callback_id=plain_id(query["id"], _CALLBACK_ID),
        language=tag(query["from"].get("language_code")),
    )


def _sent(event_id: str, message: dict[str, Any], now: datetime) -> Event:
    sender, chat = message.get("from"), message["chat"]
    if not sender or not _is_for_us(message):
        return Event(NAME, event_id, Did.NOTHING_OF_OURS, now)
    did, text = _said_or_sent(message)
    answered = message.get("reply_to_message")
    return Event(
        channel=NAME,
        id=event_id,
        did=did,
        acted_at=datetime.fromtimestamp(message["date"], UTC),
        person=plain_id(sender["id"], _ID),
        text=text,
        message_id=plain_id(message["message_id"], _ID),
        language=tag(sender.get("language_code")),
        group=plain_id(chat["id"], _ID) if chat["type"] != "private" else None,
        replies_to=plain_id(answered["message_id"], _ID) if answered else None,
    )


def _changed(event_id: str, change: dict[str, Any], now: datetime) -> Event:
    """Read that the bot was blocked or unblocked."""
    if change["chat"]["type"] != "private":
        return Event(NAME, event_id, Did.NOTHING_OF_OURS, now)
    left = change["new_chat_member"]["status"] in ("kicked", "left")
    return Event(
        channel=NAME,
        id=event_id,
        did=Did.UNFOLLOWED if left else Did.NOTHING_OF_OURS,
        acted_at=datetime.fromtimestamp(change["date"], UTC),
        person=plain_id(change["from"]["id"], _ID),
    )


def _is_for_us(message: dict[str, Any]) -> bool:
    """Return whether a message is for us: in private everything is; in a group only a command."""
    if message["chat"]["type"] == "private":
        return True
    is_group = message["chat"]["type"] in ("group", "supergroup")
    return is_group and message.get("text", "").startswith("/")


def _said_or_sent(message: dict[str, Any]) -> tuple[Did, str]:
    if (text := message.get("text")) is not None:
        first, _, rest = text.partition(" ")
        if first.split("@")[0] == "/start" and message["chat"]["type"] == "private":
            return Did.FOLLOWED, typed_text(rest)  # a link to the bot can bring a word along
        return Did.SAID, typed_text(text)
    for kind, contents in _CONTENTS.items():
        if any(message.get(each) for each in contents):
            return Did.SENT, kind
    return Did.SENT, "other"


_CONTENTS = {
    "sticker": ("sticker",),
    "photo": ("photo", "video", "document", "animation"),
    "voice": ("voice", "audio", "video_note"),
    "location": ("location",),
}


def read_one(update: dict[str, Any], now: datetime) -> tuple[list[Event], list[Event]]:
    """Return the event of an update, or what is to be kept of one that cannot be read."""
    try:
        return [read_update(update, now)], []
    except (Unreadable, *BROKEN):
        return [], [unreadable_update(update, now)]
