"""A complete channel of the tests' own: a platform that lives in memory, and takes unasked only
what has an approved template."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.channels.base import Channel, Proof, Request, Say, Sent, Unreachable, Unreadable
from bot.channels.reading import parse, plain_id, typed_text
from models.chat import Button, Did, Event, Message
from models.letter_kind import LetterKind

_DID = {"follow": Did.FOLLOWED, "say": Did.SAID, "tap": Did.TAPPED}
_APPROVED = {LetterKind.REMINDER: "booking_reminder_v1"}
_SIGNATURE = "x-toy-signature"


class Delivered(NamedTuple):
    """What a person was sent: in a template, or free text as an answer."""

    template: str
    text: str
    buttons: dict[str, str]


class ToyChannel(Channel):
    name = "toy"
    title = "Toy"

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.delivered: dict[str, list[Delivered]] = {}

    def headers(self, body: bytes) -> dict[str, str]:
        """What the platform sends with a webhook."""
        return {_SIGNATURE: hmac.new(self._secret, body, hashlib.sha256).hexdigest()}

    def is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return hmac.compare_digest(self.headers(body)[_SIGNATURE], headers.get(_SIGNATURE, ""))

    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        raw = parse(body)
        if not isinstance(raw, list):
            raise Unreadable("no list")
        events, unreadable = [], []
        for item in raw:
            try:
                events.append(_event(item))
            except (Unreadable, KeyError, TypeError):
                text = json.dumps(item)
                number = hashlib.sha256(text.encode()).hexdigest()[:32]
                unreadable.append(
                    Event(self.name, number, Did.NOTHING_OF_OURS, now, None, text=text)
                )
        return events, unreadable

    def render(
        self, messages: Sequence[Message], event: Event | None, kind: LetterKind
    ) -> list[str]:
        template = "" if event is not None else _APPROVED.get(kind, "note_v1")
        return [json.dumps([template, *_drawn(message)]) for message in messages]

    async def send(self, request: Request, now: datetime) -> list[Sent]:
        if request.person == "gone":
            raise Unreachable("gone")
        self.delivered.setdefault(request.person, []).append(
            Delivered(*json.loads(request.payload))
        )
        return []

    async def prove(self, webhook: str) -> Proof:
        return Proof(True)

    async def check(self, webhook: str, say: Say) -> list[str]:
        say(f"ok       {self.title}")
        return []


def _event(item: dict[str, Any]) -> Event:
    return Event(
        channel=ToyChannel.name,
        id=plain_id(item["id"], 40),
        did=_DID[item["did"]],
        acted_at=datetime.fromtimestamp(int(item["at"]), UTC),
        person=plain_id(item["person"], 40),
        text=typed_text(item.get("text", "")),
        language="ja",
    )


def _drawn(message: Message) -> tuple[str, dict[str, str]]:
    facts = [f"{name}: {value}" for name, value in message.facts]
    buttons = {
        each.label: each.data if isinstance(each, Button) else each.url
        for each in message.buttons()
    }
    return "\n".join([message.title, message.text, *facts]), buttons
