"""LINE: reads its events, draws cards as Flex, sends through the SDK's own client."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import quote

import aiohttp
import orjson
import structlog
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Configuration,
)
from linebot.v3.messaging.models import (
    RichMenuRequest,
    RichMenuResponse,
    ShowLoadingAnimationRequest,
    TestWebhookEndpointRequest,
    TestWebhookEndpointResponse,
)

from bot.channels import line_cards
from bot.channels.base import (
    Proof,
    QuotaGone,
    Refused,
    Request,
    RetryLater,
    Sent,
    TokenRefused,
    Uncertain,
    Unreadable,
)
from bot.channels.proxies import is_proxy_set
from bot.channels.reading import parse, plain_id, typed_text
from bot.settings import LINE_API, one_spelling
from models.chat import Did, Event, Message
from models.text import clean

_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
# A profile is asked for before an answer is given, and LINE waits 2 seconds for that.
_PROFILE_TIMEOUT = aiohttp.ClientTimeout(total=1)
_LOADING_SECONDS = 10
_TOKEN_PAUSE = timedelta(minutes=1)
_MESSAGES_A_REQUEST = 5
_LONGEST_ID = 64
_SENT = {
    "image": "photo",
    "video": "photo",
    "file": "photo",
    "audio": "voice",
    "location": "location",
    "sticker": "sticker",
}

log = structlog.get_logger()


class _Client(AsyncApiClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client, which looks at no body that is plain JSON already (cards are large), and
    for no proxy where none is set."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        if not is_proxy_set():
            rest, old = self.rest_client, self.rest_client.pool_manager
            rest.pool_manager = aiohttp.ClientSession(connector=old.connector)
            old.detach()

    def sanitize_for_serialization(self, obj: object) -> object:
        """The SDK's models as plain JSON."""
        return obj if isinstance(obj, dict) else super().sanitize_for_serialization(obj)


class LineChannel:
    """The office's LINE official account."""

    name = "line"

    def __init__(self, secret: str, access_token: str, api_base: str) -> None:
        self._secret = secret.encode()
        self._configuration = Configuration(host=api_base, access_token=access_token)
        # Pictures go to another host of LINE's, which the SDK knows.
        self._pictures = Configuration(
            host=None if api_base == LINE_API else api_base, access_token=access_token
        )
        self._client: AsyncApiClient | None = None

    def is_signed(self, body: bytes, signature: str | None) -> bool:
        """Whether the raw bytes carry LINE's signature."""
        digest = hmac.new(self._secret, body, hashlib.sha256).digest()
        expected = base64.b64encode(digest)
        return hmac.compare_digest(expected, (signature or "").encode("utf-8", "replace"))

    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        """The events of a webhook body, and what is to be kept of those that could not be read:
        one bad event spoils no other. Raises Unreadable when the body is not LINE's at all."""
        raw = parse(body)
        if not isinstance(raw, dict) or not isinstance(raw.get("events"), list):
            raise Unreadable("no list of events")
        events, unreadable = [], list[Event]()
        for item in raw["events"]:
            try:
                events.append(_event(item))
            except (Unreadable, KeyError, TypeError, ValueError, AttributeError, OverflowError):
                unreadable.append(_unreadable(item, now))
        return events, unreadable

    def render(self, messages: Sequence[Message], event: Event | None) -> list[str]:
        drawn = line_cards.draw(messages)
        for message, body in zip(messages, drawn, strict=True):
            if message.about:
                body["about"] = message.about  # for us: taken out before it is sent
        requests = [
            drawn[at : at + _MESSAGES_A_REQUEST] for at in range(0, len(drawn), _MESSAGES_A_REQUEST)
        ]
        return [orjson.dumps(request).decode() for request in requests]

    async def send(self, request: Request, now: datetime) -> list[Sent]:
        messages = orjson.loads(request.payload)
        abouts = [message.pop("about", "") for message in messages]
        if request.reply_token and request.reply_until and now < request.reply_until:
            answer = await self._reply(request, messages)
            if answer is not None:
                return _sent(answer, abouts)
        elif request.reply_token and not request.first_try:
            raise Uncertain("an earlier reply was never heard of again")
        try:
            return _sent(await self._push(request, messages), abouts)
        except RetryLater as error:
            error.token_spent = True
            raise

    def acknowledgement(self, events: Sequence[Event]) -> bytes:
        """LINE shows by itself that a button was pressed."""
        return b""

    async def working(self, event: Event) -> None:
        if event.person is None:
            return
        asked = ShowLoadingAnimationRequest(chatId=event.person, loadingSeconds=_LOADING_SECONDS)
        try:
            await self.api.show_loading_animation(asked, _request_timeout=_TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            log.info("loading animation not shown", error=type(error).__name__)

    async def language_of(self, event: Event) -> str | None:
        if event.person is None:
            return None
        try:
            path = f"/v2/bot/profile/{event.person}"
            profile = orjson.loads(await self._call("GET", path, patience=_PROFILE_TIMEOUT))
            return str(language) if (language := profile.get("language")) else None
        except (ApiException, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.info("profile not read", error=type(error).__name__)
            return None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    @property
    def api(self) -> AsyncMessagingApi:
        """The SDK's API over one long-lived client, made inside the running loop."""
        return AsyncMessagingApi(self._connected())

    async def ask_webhook_test(self) -> TestWebhookEndpointResponse:
        """Let LINE call our webhook and tell how that went."""
        asked = TestWebhookEndpointRequest()
        found: TestWebhookEndpointResponse = await self.api.test_webhook_endpoint(
            asked, _request_timeout=_TIMEOUT
        )
        return found

    async def prove(self, webhook: str) -> Proof:
        """By LINE's own test of the webhook: it goes through proxy, certificate and secret. A test
        that reaches another address than ours proves nothing."""
        try:
            endpoint = await self.api.get_webhook_endpoint(_request_timeout=_TIMEOUT)
            if not endpoint.active:
                return Proof(False, "the webhook is switched off")
            if not is_address(str(endpoint.endpoint), webhook):
                return Proof(False, "LINE calls another address")
            tested = await self.ask_webhook_test()
        except ApiException as error:
            if error.status == 404:
                return Proof(False, "LINE has no webhook address")
            return Proof(None, f"LINE answered {error.status}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return Proof(None, type(error).__name__)
        if tested.success:
            return Proof(True)
        return Proof(False, f"{tested.reason} {tested.status_code}")

    async def pushes_left(self) -> int | None:
        try:
            quota = await self.api.get_message_quota(_request_timeout=_TIMEOUT)
            if quota.value is None:
                return None
            used = await self.api.get_message_quota_consumption(_request_timeout=_TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return max(0, int(quota.value) - int(used.total_usage))

    async def address_with(self, text: str) -> str | None:
        try:
            info = await self.api.get_bot_info(_request_timeout=_TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return f"https://line.me/R/oaMessage/{quote(str(info.basic_id))}/?{quote(text)}"

    async def webhook_address(self) -> str | None:
        try:
            endpoint = await self.api.get_webhook_endpoint(_request_timeout=_TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return str(endpoint.endpoint) if endpoint.active else None

    async def menus(self) -> list[RichMenuResponse]:
        """The rich menus that were made by way of the API."""
        found = await self.api.get_rich_menu_list(_request_timeout=_TIMEOUT)
        return list(found.richmenus)

    async def make_menu(self, asked: RichMenuRequest) -> str:
        """A new rich menu, still without its picture; returns LINE's number of it."""
        made = await self.api.create_rich_menu(asked, _request_timeout=_TIMEOUT)
        return str(made.rich_menu_id)

    async def draw_menu(self, number: str, picture: bytes) -> None:
        """Give a rich menu its picture (PNG), unless it has one."""
        async with AsyncApiClient(self._pictures) as client:
            try:
                await AsyncMessagingApiBlob(client).set_rich_menu_image(
                    number,
                    picture,
                    _headers={"Content-Type": "image/png"},
                    _request_timeout=_TIMEOUT,
                )
            except ApiException as error:
                if error.status != 400 or "already" not in str(error.body):
                    raise

    def _connected(self) -> AsyncApiClient:
        if self._client is None:
            self._client = _Client(self._configuration)
        return self._client

    async def _reply(self, request: Request, messages: list[Any]) -> str | None:
        """Answer by the reply token, free of charge; None when the token is of no use."""
        body = {"replyToken": request.reply_token, "messages": messages}
        try:
            return await self._call("POST", "/v2/bot/message/reply", body)
        except ApiException as error:
            if error.status == 400 and "reply token" in str(error.body):
                # Still young and yet refused after an unheard try: that try was accepted.
                return None if request.first_try else ""
            _explain(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unheard(error) from error

    async def _push(self, request: Request, messages: list[Any]) -> str:
        body = {"to": request.person, "messages": messages}
        try:
            return await self._call(
                "POST", "/v2/bot/message/push", body, retry_key=request.retry_key
            )
        except ApiException as error:
            if error.status == 409:  # accepted before, under the same key
                return str(error.body or "")
            _explain(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unheard(error) from error

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        retry_key: str | None = None,
        patience: aiohttp.ClientTimeout = _TIMEOUT,
    ) -> str:
        """A ready body through the SDK's client, without its models, which cost milliseconds."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if retry_key:
            headers["X-Line-Retry-Key"] = retry_key
        answer = await self._connected().call_api(
            path,
            method,
            header_params=headers,
            query_params=[],
            body=body,
            response_types_map={},
            auth_settings=["Bearer"],
            _request_timeout=patience,
        )
        return str(answer.raw_data)


def is_address(told: str, ours: str) -> bool:
    """Return whether an address that an office typed into LINE's console is this one of ours."""
    try:
        return one_spelling(told) == ours
    except ValueError:
        return False


def _sent(answer: str, abouts: list[str]) -> list[Sent]:
    """LINE tells the messages' numbers in their order; an older answer may tell none."""
    if not any(abouts):
        return []
    try:
        numbers = [str(each["id"]) for each in orjson.loads(answer)["sentMessages"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []
    return [Sent(*pair) for pair in zip(numbers, abouts, strict=False) if pair[1]]


def _explain(error: ApiException) -> NoReturn:
    """Say what an error of LINE means for the row that was sent."""
    if error.status == 429:
        if "monthly limit" in str(error.body):
            raise QuotaGone("the monthly limit is used up") from error
        raise RetryLater("LINE's rate limit") from error
    if error.status in (401, 403):
        raise TokenRefused("LINE refuses the access token", _TOKEN_PAUSE) from error
    if error.status and error.status >= 500:
        raise RetryLater(f"LINE answered {error.status}", unknown=True) from error
    raise Refused(f"LINE answered {error.status}") from error


def _unheard(error: Exception) -> RetryLater:
    never_sent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return RetryLater(f"no answer from LINE: {type(error).__name__}", unknown=not never_sent)


def _event(raw: dict[str, Any]) -> Event:
    source = raw.get("source") or {}
    person, group = source.get("userId"), None
    if source.get("type") != "user":
        group = source.get("groupId") or source.get("roomId")
        person = person if _is_command(raw) else None
    token = raw.get("replyToken")
    did, text, message_id = _what(raw) if person else (Did.NOTHING_OF_OURS, "", None)
    answered = (raw.get("message") or {}).get("quotedMessageId") if person else None
    return Event(
        channel=LineChannel.name,
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


def _unreadable(item: object, now: datetime) -> Event:
    """An event that cannot be read, to keep for an engineer."""
    raw = item if isinstance(item, dict) else {}
    source = raw.get("source")
    person = source.get("userId") if isinstance(source, dict) else None
    text = json.dumps(item, ensure_ascii=True)
    number = raw.get("webhookEventId")
    return Event(
        channel=LineChannel.name,
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
    """In a group only a command is for us."""
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
