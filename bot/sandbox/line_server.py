"""LINE on loopback: what its Messaging API takes and refuses, and people who use it."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import line_limits
from bot.sandbox.line_menus import RichMenus

_TOKEN_LIFE = timedelta(minutes=1)
_KEY_LIFE = timedelta(hours=24)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Json = dict[str, Any]


@dataclass
class Accepted:
    """A request that LINE has accepted."""

    how: str
    person: str
    messages: list[Json]
    at: datetime
    retry_key: str | None = None
    delivered: bool = True
    ids: list[str] = field(default_factory=list)


@dataclass
class LinePerson:
    """A user of LINE, with what they see in the chat with the office."""

    user_id: str
    language: str = "ja"
    follows: bool = False
    chat: list[Json] = field(default_factory=list)
    loading_until: datetime | None = None


class LineServer:
    """One official account on LINE's side."""

    def __init__(self, clock: Callable[[], datetime], client: httpx.AsyncClient) -> None:
        self.secret, self.token = secrets.token_hex(16), secrets.token_urlsafe(32)
        self.bot_id = "U" + secrets.token_hex(16)
        self.webhook_url = ""
        self.webhook_active = True
        # Where it says that it calls, if a test wants that to be elsewhere.
        self.told_webhook_url = ""
        self.quota: int | None = 200
        self.used = 0
        self.people: dict[str, LinePerson] = {}
        self.ledger: list[Accepted] = []
        # Tests put answers here that the next requests get: a status, or "lost" for one that is
        # accepted while its answer never arrives.
        self.trouble: list[int | str] = []
        self._clock = clock
        self._client = client
        self._reply_tokens: dict[str, tuple[str, datetime]] = {}
        self._keys: dict[str, tuple[str, str, datetime]] = {}
        self.menus = RichMenus(self.people, self._not_allowed)
        self.routes = [
            Route("/v2/bot/message/reply", self._reply, methods=["POST"]),
            Route("/v2/bot/message/push", self._push, methods=["POST"]),
            Route("/v2/bot/message/quota", self._quota),
            Route("/v2/bot/message/quota/consumption", self._consumption),
            Route("/v2/bot/profile/{user_id}", self._profile),
            Route("/v2/bot/info", self._info),
            Route("/v2/bot/chat/loading/start", self._loading, methods=["POST"]),
            Route("/v2/bot/channel/webhook/endpoint", self._endpoint),
            Route("/v2/bot/channel/webhook/test", self._test, methods=["POST"]),
            *self.menus.routes,
        ]

    # What people do

    def person(self, user_id: str | None = None, language: str = "ja") -> LinePerson:
        """Return someone who has LINE."""
        found = LinePerson(user_id or "U" + secrets.token_hex(16), language)
        self.people[found.user_id] = found
        return found

    def group(self) -> LinePerson:
        """Return a group chat that the office's account is in."""
        found = self.person("C" + secrets.token_hex(16))
        found.follows = True
        return found

    async def follow(self, person: LinePerson) -> int:
        """Add the office as a friend, or unblock it."""
        again = any(item["from"] == "system" for item in person.chat)
        person.follows = True
        person.chat.append({"from": "system", "text": "follow", "at": self._clock().isoformat()})
        return await self.deliver([self._event(person, "follow", follow={"isUnblocked": again})])

    async def block(self, person: LinePerson) -> int:
        person.follows = False
        person.chat.append({"from": "system", "text": "block", "at": self._clock().isoformat()})
        return await self.deliver([self._event(person, "unfollow", answerable=False)])

    async def say(
        self,
        person: LinePerson,
        text: str,
        *,
        group: LinePerson | None = None,
        replies_to: str | None = None,
    ) -> int:
        """Send a text, in a group perhaps, perhaps quoting a message."""
        message = {"type": "text", "id": _number(), "quoteToken": "q", "text": text}
        if replies_to:
            message["quotedMessageId"] = replies_to
        self._sees_own(group or person, text)
        event = self._event(person, "message", message=message)
        if group is not None:
            event["source"] |= {"type": "group", "groupId": group.user_id}
            event["replyToken"] = self.reply_token(group.user_id)
        return await self.deliver([event])

    async def send(self, person: LinePerson, kind: str) -> int:
        """Send a sticker, image, audio, location …"""
        message = {"type": kind, "id": _number()}
        self._sees_own(person, f"[{kind}]")
        return await self.deliver([self._event(person, "message", message=message)])

    async def tap(self, person: LinePerson, data: str, shown: str = "") -> int:
        """Press a postback button."""
        if shown:
            self._sees_own(person, shown)
        return await self.deliver([self._event(person, "postback", postback={"data": data})])

    async def deliver(self, events: list[Json], *, signature: str | None = None) -> int:
        """Call the webhook with events; returns the status that came back."""
        body = json.dumps({"destination": self.bot_id, "events": events}).encode()
        return await self.deliver_raw(body, signature=signature)

    async def deliver_raw(self, body: bytes, *, signature: str | None = None) -> int:
        """Call the webhook with any bytes, signed unless a signature is given."""
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        headers = {
            "X-Line-Signature": base64.b64encode(digest).decode()
            if signature is None
            else signature,
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = await self._client.post(self.webhook_url, content=body, headers=headers)
        return answer.status_code

    def _event(
        self, person: LinePerson, kind: str, *, answerable: bool = True, **content: Any
    ) -> Json:
        return self.event(person.user_id, kind, answerable=answerable, **content)

    def event(self, user_id: str, kind: str, *, answerable: bool = True, **content: Any) -> Json:
        """Return a webhook event at this moment."""
        event: Json = {
            "type": kind,
            "mode": "active",
            "timestamp": int(self._clock().timestamp() * 1000),
            "source": {"type": "user", "userId": user_id},
            "webhookEventId": _ulid(self._clock()),
            "deliveryContext": {"isRedelivery": False},
            **content,
        }
        if answerable:
            event["replyToken"] = self.reply_token(user_id)
        return event

    def reply_token(self, user_id: str) -> str:
        """Return a token that answers once within a minute."""
        token = secrets.token_hex(16)
        self._reply_tokens[token] = (user_id, self._clock())
        return token

    def _sees_own(self, person: LinePerson, text: str) -> None:
        person.chat.append({"from": "me", "text": text, "at": self._clock().isoformat()})

    # What the bot asks

    async def _reply(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        body = await request.json()
        refusal, lost = self._troubled()
        if refusal:
            return refusal
        holder = self._reply_tokens.get(str(body.get("replyToken")))
        if holder is None or self._clock() - holder[1] > _TOKEN_LIFE:
            return _refuse(400, "Invalid reply token")
        if found := line_limits.problems(body.get("messages")):
            return _faults(found)
        del self._reply_tokens[body["replyToken"]]
        return _sent(self._accept("reply", holder[0], body["messages"]), lost=lost)

    async def _push(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        raw = await request.body()
        body, key = json.loads(raw), request.headers.get("x-line-retry-key")
        refusal, lost = self._troubled()
        if refusal:
            return refusal
        if found := line_limits.problems(body.get("messages")):
            return _faults(found)
        if body.get("to") not in self.people:
            return _refuse(400, "The property, 'to', in the request body is invalid")
        if key is not None:
            if not _is_uuid(key):
                return _refuse(400, "Invalid retry key")
            before = self._keys.get(key)
            if before is not None and self._clock() - before[2] < _KEY_LIFE:
                headers = {"X-Line-Accepted-Request-Id": before[1]}
                return _refuse(409, "The retry key is already accepted", headers)
        if self.quota is not None and self.used >= self.quota:
            return _refuse(429, "You have reached your monthly limit.")
        if key is not None:
            self._keys[key] = (hashlib.sha256(raw).hexdigest(), str(uuid.uuid4()), self._clock())
        self.used += 1
        return _sent(self._accept("push", body["to"], body["messages"], key), lost=lost)

    def _accept(
        self, how: str, user_id: str, messages: list[Json], key: str | None = None
    ) -> list[str]:
        person = self.people[user_id]
        ids = [_number() for _ in messages]
        # Someone who has blocked the account gets nothing, and the bot is not told.
        self.ledger.append(
            Accepted(how, user_id, messages, self._clock(), key, person.follows, ids)
        )
        if person.follows:
            person.loading_until = None
            at = self._clock().isoformat()
            person.chat += [
                {"from": "office", "message": each, "at": at, "id": number}
                for each, number in zip(messages, ids, strict=True)
            ]
        return ids

    async def _profile(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        person = self.people.get(request.path_params["user_id"])
        if person is None or not person.follows:
            return _refuse(404, "Not found")
        return JSONResponse(
            {"userId": person.user_id, "displayName": "Parent", "language": person.language}
        )

    async def _info(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        return JSONResponse(
            {
                "userId": self.bot_id,
                "basicId": "@sandbox",
                "displayName": "Madoguchi",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    async def _quota(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        if self.quota is None:
            return JSONResponse({"type": "none"})
        return JSONResponse({"type": "limited", "value": self.quota})

    async def _consumption(self, request: Request) -> Response:
        return self._not_allowed(request) or JSONResponse({"totalUsage": self.used})

    async def _loading(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        body = await request.json()
        seconds = body.get("loadingSeconds", 20)
        if seconds not in range(5, 61, 5) or body.get("chatId") not in self.people:
            return _refuse(400, "The request body has 1 error(s)")
        until = self._clock() + timedelta(seconds=seconds)
        self.people[body["chatId"]].loading_until = until
        return JSONResponse({}, 202)

    async def _endpoint(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        if not self.webhook_url:
            return _refuse(404, "webhook endpoint not found")
        told = self.told_webhook_url or self.webhook_url
        return JSONResponse({"endpoint": told, "active": self.webhook_active})

    async def _test(self, request: Request) -> Response:
        if refusal := self._not_allowed(request):
            return refusal
        try:
            status = await self.deliver([])
        except httpx.HTTPError:
            status = 0
        return JSONResponse(
            {
                "success": status == 200,
                "timestamp": self._clock().isoformat(),
                "statusCode": status,
                "reason": "OK" if status == 200 else "COULD_NOT_CONNECT",
                "detail": str(status),
            }
        )

    def _not_allowed(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {self.token}":
            return None
        return _refuse(401, "Authentication failed. Confirm that the access token is valid.")

    def _troubled(self) -> tuple[Response | None, bool]:
        if not self.trouble:
            return None, False
        trouble = self.trouble.pop(0)
        if trouble == "lost":
            return None, True
        return _refuse(
            int(trouble), "The API rate limit has been exceeded. Try again later."
        ), False


def _sent(ids: list[str], *, lost: bool) -> Response:
    if lost:
        return _refuse(500, "Internal server error")
    return JSONResponse({"sentMessages": [{"id": number, "quoteToken": "q"} for number in ids]})


def _refuse(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"message": message}, status, headers=headers)


def _faults(found: list[line_limits.Problem]) -> Response:
    details = [{"message": message, "property": place} for place, message in found]
    message = f"The request body has {len(found)} error(s)"
    return JSONResponse({"message": message, "details": details}, 400)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _number() -> str:
    return str(secrets.randbelow(10**17) + 10**17)


def _ulid(now: datetime) -> str:
    value = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(value >> (5 * at)) & 31] for at in reversed(range(26)))
