"""Telegram on loopback: what its Bot API takes and refuses, and people who use it."""

import asyncio
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_TEXT, _DATA, _BUTTONS, _A_ROW, _COPIED = 4096, 64, 100, 8, 256
_STYLES = ("primary", "success", "danger")
_TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a"}

Json = dict[str, Any]


class Refusal(Exception):
    """The Bot API says no."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass
class TelegramPerson:
    """A user of Telegram, with the messages in the chat with the bot."""

    user_id: int
    language: str = "ja"
    blocked: bool = False
    chat: list[Json] = field(default_factory=list)


class TelegramServer:
    """One bot on Telegram's side."""

    def __init__(self, clock: Callable[[], datetime], client: httpx.AsyncClient) -> None:
        self.token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(24)}"
        # When its last call of the webhook failed (seconds since 1970), for tests.
        self.last_error: int | None = None
        self.webhook_url = ""
        self.webhook_secret = ""
        self.people: dict[int, TelegramPerson] = {}
        self.ledger: list[tuple[str, Json]] = []
        self.answered_callbacks: list[str] = []
        self.menus: dict[tuple[str, str], dict[str, str]] = {}
        # Tests put answers here that the next sends get: 500, 429, or "lost" for one that is
        # accepted while its answer never arrives.
        self.trouble: list[int | str] = []
        self._clock = clock
        self._client = client
        self._next_update, self._next_message = secrets.randbelow(10**6) + 1, 1
        self._waiting: list[Json] = []
        self._arrived = asyncio.Event()
        self.routes = [
            Route(f"/bot{self.token}/{{method}}", self._call, methods=["GET", "POST"]),
            Route("/bot{token}/{method}", self._unknown_bot, methods=["GET", "POST"]),
        ]

    # What people do

    def person(self, language: str = "ja") -> TelegramPerson:
        """Return someone who has Telegram."""
        found = TelegramPerson(secrets.randbelow(10**9) + 10**9, language)
        self.people[found.user_id] = found
        return found

    def group(self) -> TelegramPerson:
        """Return a group that the bot is in."""
        found = TelegramPerson(-secrets.randbelow(10**9) - 10**9)
        self.people[found.user_id] = found
        return found

    async def say(
        self,
        person: TelegramPerson,
        text: str,
        *,
        group: TelegramPerson | None = None,
        replies_to: int | None = None,
    ) -> int:
        """Send a text, in a group perhaps, perhaps in reply to a message."""
        person.blocked = False
        content: Json = {"text": text}
        if group is not None:
            content["chat"] = {"id": group.user_id, "type": "supergroup", "title": "Team"}
        if replies_to is not None:
            content["reply_to_message"] = {
                "message_id": replies_to,
                "date": int(self._clock().timestamp()),
                "chat": content.get("chat", {"id": person.user_id, "type": "private"}),
            }
        return await self._message(person, content, text)

    async def send(self, person: TelegramPerson, kind: str, content: Any) -> int:
        """Send a sticker, photo, voice, location …"""
        return await self._message(person, {kind: content}, f"[{kind}]")

    async def tap(self, person: TelegramPerson, data: str, message_id: int = 1) -> int:
        """Press an inline button of a message."""
        return await self.deliver(self.pressed(person, data, message_id))

    def pressed(self, person: TelegramPerson, data: str, message_id: int = 1) -> Json:
        """Return what an update says of a press."""
        query = {
            "id": str(secrets.randbelow(10**18)),
            "from": self._user(person),
            "message": {
                "message_id": message_id,
                "date": int(self._clock().timestamp()),
                "chat": {"id": person.user_id, "type": "private"},
            },
            "chat_instance": "1",
            "data": data,
        }
        return {"callback_query": query}

    async def block(self, person: TelegramPerson) -> int:
        person.blocked = True
        user = {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "Madoguchi"}
        change = {
            "chat": {"id": person.user_id, "type": "private"},
            "from": self._user(person),
            "date": int(self._clock().timestamp()),
            "old_chat_member": {"user": user, "status": "member"},
            "new_chat_member": {"user": user, "status": "kicked", "until_date": 0},
        }
        return await self.deliver({"my_chat_member": change})

    async def deliver(self, content: Json, *, secret: str | None = None) -> int:
        """Call the webhook with an update, or keep it for getUpdates; returns the status."""
        update = self.numbered(content)
        return await self.deliver_raw(json.dumps(update).encode(), update, secret=secret)

    def numbered(self, content: Json) -> Json:
        """Return an update, with its number."""
        update = {"update_id": self._next_update, **content}
        self._next_update += 1
        return update

    async def deliver_again(self, update: Json) -> int:
        """Call the webhook with an update that may have been delivered before."""
        return await self.deliver_raw(json.dumps(update).encode())

    async def deliver_raw(
        self, body: bytes, update: Json | None = None, *, secret: str | None = None
    ) -> int:
        """Call the webhook with any bytes."""
        if not self.webhook_url:
            if update is not None:
                self._waiting.append(update)
                self._arrived.set()
            return 200
        given = self.webhook_secret if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": given, "Content-Type": "application/json"}
        answer = await self._client.post(self.webhook_url, content=body, headers=headers)
        if answer.status_code == 200 and answer.content:
            call = answer.json()  # a webhook's answer may call one method; nobody hears its result
            self._answer(call.pop("method"), call)
        return answer.status_code

    async def _message(self, person: TelegramPerson, content: Json, shown: str) -> int:
        return await self.deliver(self._said(person, content, shown))

    def said(self, person: TelegramPerson, text: str) -> Json:
        """Return what an update says of a text."""
        return self._said(person, {"text": text}, text)

    def _said(self, person: TelegramPerson, content: Json, shown: str) -> Json:
        number = self._number()
        at = self._clock().isoformat()
        person.chat.append({"from": "me", "id": number, "text": shown, "at": at})
        return {
            "message": {
                "message_id": number,
                "date": int(self._clock().timestamp()),
                "chat": {"id": person.user_id, "type": "private"},
                "from": self._user(person),
                **content,
            }
        }

    def _user(self, person: TelegramPerson) -> Json:
        return {
            "id": person.user_id,
            "is_bot": False,
            "first_name": "Parent",
            "language_code": person.language,
        }

    def _number(self) -> int:
        self._next_message += 1
        return self._next_message

    # What the bot asks

    async def _unknown_bot(self, request: Request) -> Response:
        return _answer_refusal(Refusal(401, "Unauthorized"))

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        body = await _parameters(request)
        try:
            if method == "getUpdates":
                result: Any = await self._get_updates(body)
            else:
                result = self._answer(method, body)
        except Refusal as refusal:
            return _answer_refusal(refusal)
        return JSONResponse({"ok": True, "result": result})

    def _answer(self, method: str, body: Json) -> Any:
        match method:
            case "getMe":
                return {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "M"}
            case "getWebhookInfo":
                return {
                    "url": self.webhook_url,
                    "has_custom_certificate": False,
                    "pending_update_count": len(self._waiting),
                    **({"last_error_date": self.last_error} if self.last_error else {}),
                }
            case "setWebhook":
                self.webhook_url = body["url"]
                self.webhook_secret = body.get("secret_token", "")
                return True
            case "deleteWebhook":
                self.webhook_url = ""
                return True
            case "setMyCommands" | "deleteMyCommands":
                return self._set_menu(body)
            case "sendChatAction":
                return True
            case "answerCallbackQuery":
                self.answered_callbacks.append(body["callback_query_id"])
                return True
            case "sendMessage":
                return self._send_message(body)
            case "sendPhoto":
                return self._send_photo(body)
            case "editMessageText":
                return self._edit_message(body)
            case _:
                raise Refusal(404, "Not Found")

    def _set_menu(self, body: Json) -> bool:
        commands = body.get("commands", [])
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(each["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        scope = body.get("scope", {})
        key = (str(scope.get("chat_id", scope.get("type", ""))), body.get("language_code", ""))
        self.menus[key] = {each["command"]: each["description"] for each in commands}
        return True

    async def _get_updates(self, body: Json) -> list[Json]:
        if self.webhook_url:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(body.get("offset", 0))
        self._waiting = [each for each in self._waiting if each["update_id"] >= offset]
        if not self._waiting and int(body.get("timeout", 0)):
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), int(body["timeout"]))
            except TimeoutError:
                pass
        return self._waiting[:100]

    def _send_message(self, body: Json) -> Json:
        person = self._checked(body)
        lost = self._troubled()
        number = self._number()
        at = self._clock().isoformat()
        message = {"from": "office", "id": number, "at": at, **_seen(body)}
        person.chat.append(message)
        self.ledger.append(("sendMessage", {**body, "sent_id": number}))
        if lost:
            raise Refusal(502, "Bad Gateway")
        return self._sent(person, number, body)

    def _send_photo(self, body: Json) -> Json:
        person = self._person(body)
        if not str(body.get("photo", "")).startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        number, at = self._number(), self._clock().isoformat()
        caption = body.get("caption", "")
        person.chat.append(
            {"from": "office", "id": number, "at": at, "text": caption, "picture": body["photo"]}
        )
        self.ledger.append(("sendPhoto", {**body, "text": caption, "sent_id": number}))
        sent = self._sent(person, number, {"text": caption})
        del sent["text"]
        return {**sent, "photo": []}

    def _edit_message(self, body: Json) -> Json:
        person = self._checked(body)
        wanted = int(body["message_id"])
        message = next((each for each in person.chat if each["id"] == wanted), None)
        if message is None or message["from"] != "office":
            raise Refusal(400, "Bad Request: message to edit not found")
        if {**message, **_seen(body)} == message:
            raise Refusal(400, "Bad Request: message is not modified")
        message.update(_seen(body))
        self.ledger.append(("editMessageText", body))
        return self._sent(person, wanted, body)

    def _sent(self, person: TelegramPerson, number: int, body: Json) -> Json:
        return {
            "message_id": number,
            "date": int(self._clock().timestamp()),
            "chat": {"id": person.user_id, "type": "private"},
            "text": body["text"],
        }

    def _checked(self, body: Json) -> TelegramPerson:
        person = self._person(body)
        _check_text(body)
        _check_keyboard(body)
        return person

    def _person(self, body: Json) -> TelegramPerson:
        person = self.people.get(int(body["chat_id"]))
        if person is None:
            raise Refusal(400, "Bad Request: chat not found")
        if person.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return person

    def _troubled(self) -> bool:
        if not self.trouble:
            return False
        trouble = self.trouble.pop(0)
        if trouble == "lost":
            return True
        if trouble == 429:
            raise Refusal(429, "Too Many Requests: retry after 2", retry_after=2)
        raise Refusal(int(trouble), "Internal Server Error")


async def _parameters(request: Request) -> Json:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    form = await request.form()
    return {name: _value(str(value)) for name, value in form.items()}


def _value(text: str) -> Any:
    """Structures come as JSON in form fields; everything else is text."""
    return json.loads(text) if text[:1] in ("{", "[") else text


def _seen(body: Json) -> Json:
    return {
        "text": _plain(body["text"]) if body.get("parse_mode") == "HTML" else body["text"],
        "buttons": (body.get("reply_markup") or {}).get("inline_keyboard", []),
    }


def _check_text(body: Json) -> None:
    text = _plain(body["text"]) if body.get("parse_mode") == "HTML" else body["text"]
    if not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > _TEXT:
        raise Refusal(400, "Bad Request: message is too long")


def _check_keyboard(body: Json) -> None:
    rows = (body.get("reply_markup") or {}).get("inline_keyboard", [])
    if sum(len(row) for row in rows) > _BUTTONS or any(len(row) > _A_ROW for row in rows):
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        data, copied = button.get("callback_data"), button.get("copy_text")
        if not button.get("text"):
            raise Refusal(400, "Bad Request: inline keyboard button text must be non-empty")
        if data is not None and not 1 <= len(data.encode()) <= _DATA:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if button.get("style", _STYLES[0]) not in _STYLES:
            raise Refusal(400, "Bad Request: BUTTON_STYLE_INVALID")
        if copied is not None:
            if not 1 <= len(copied["text"]) <= _COPIED:
                raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
        elif data is None and not str(button.get("url", "")).startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: BUTTON_URL_INVALID")


class _Plain(HTMLParser):
    """Reads the HTML that Telegram knows."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Refusal(400, f"Bad Request: can't parse entities: unsupported tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.text += data


def _plain(html: str) -> str:
    parser = _Plain()
    parser.feed(html)
    parser.close()
    if parser.open:
        raise Refusal(400, "Bad Request: can't parse entities: unclosed tag")
    return parser.text


def _answer_refusal(refusal: Refusal) -> Response:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return JSONResponse(body, refusal.code)
