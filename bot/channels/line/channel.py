"""LINE: reads its events, draws cards as Flex, sends through the SDK's own client."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import quote

import aiohttp
import orjson
import structlog
from linebot.v3.messaging import ApiException
from linebot.v3.messaging.models import ShowLoadingAnimationRequest

from bot.addresses import is_address
from bot.channels.base import (
    Channel,
    Proof,
    QuotaGone,
    Refused,
    Request,
    RetryLater,
    Say,
    Sent,
    TokenRefused,
    Unanswered,
    Uncertain,
    Unreadable,
    no_answer,
)
from bot.channels.line import cards
from bot.channels.line.api import BASE, NO_ANSWER, TIMEOUT, LineApi
from bot.channels.line.check import check
from bot.channels.line.events import NAME, read_event, unreadable_event
from bot.channels.line.liff import Liff
from bot.channels.line.menus import LineMenus
from bot.channels.menus import Menus
from bot.channels.reading import parse
from models.chat import Event, Message
from models.letter_kind import LetterKind

# A profile is asked for before an answer is given, and LINE waits 2 seconds for that.
_PROFILE = aiohttp.ClientTimeout(total=1)
_LOADING_SECONDS = 10
_TOKEN_PAUSE = timedelta(minutes=1)
_MESSAGES_A_REQUEST = 5
log = structlog.get_logger()


class LineChannel(Channel):
    """The office's LINE official account."""

    name = NAME
    title = "LINE"
    has_tiles = True
    counts_pushes = True
    deduplicates = True

    def __init__(
        self, secret: str, access_token: str, api_base: str = BASE, liff: Liff | None = None
    ) -> None:
        self._secret = secret.encode()
        self.chat_browser = self._liff = liff
        self.api = LineApi(access_token, api_base)
        self._menus = LineMenus(self.api)

    def is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Return whether the raw bytes carry LINE's signature."""
        digest = hmac.new(self._secret, body, hashlib.sha256).digest()
        expected = base64.b64encode(digest)
        given = headers.get("x-line-signature", "").encode("utf-8", "replace")
        return hmac.compare_digest(expected, given)

    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        """Return the events of a webhook body, and what is to be kept of those that could not be
        read: one bad event spoils no other. Raises Unreadable when the body is not LINE's at
        all."""
        raw = parse(body)
        if not isinstance(raw, dict) or not isinstance(raw.get("events"), list):
            raise Unreadable("no list of events")
        events, unreadable = [], list[Event]()
        for item in raw["events"]:
            try:
                events.append(read_event(item))
            except (Unreadable, KeyError, TypeError, ValueError, AttributeError, OverflowError):
                unreadable.append(unreadable_event(item, now))
        return events, unreadable

    def render(
        self, messages: Sequence[Message], event: Event | None, kind: LetterKind
    ) -> list[str]:
        drawn = cards.draw(self._liff.open_pages(messages) if self._liff else messages)
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

    async def working(self, event: Event) -> None:
        if event.person is None:
            return
        asked = ShowLoadingAnimationRequest(chatId=event.person, loadingSeconds=_LOADING_SECONDS)
        try:
            await self.api.sdk.show_loading_animation(asked, _request_timeout=TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            log.info("loading animation not shown", error=type(error).__name__)

    async def language_of(self, event: Event) -> str | None:
        if event.person is None:
            return None
        try:
            path = f"/v2/bot/profile/{event.person}"
            profile = orjson.loads(await self.api.call("GET", path, patience=_PROFILE))
            return str(language) if (language := profile.get("language")) else None
        except NO_ANSWER as error:
            log.info("profile not read", error=type(error).__name__)
            return None

    def passing_menus(self) -> Set[str] | None:
        return self._menus.passing

    async def show_menus(self, menus: Menus) -> None:
        try:
            await self._menus.show(menus)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            raise Unanswered(type(error).__name__) from error

    async def check(self, webhook: str, say: Say) -> list[str]:
        try:
            return await check(self.api, webhook, say, self._liff)
        except NO_ANSWER as error:
            return [no_answer(self.title, error)]

    async def close(self) -> None:
        await self.api.close()

    async def prove(self, webhook: str) -> Proof:
        """Prove it by LINE's own test of the webhook: it goes through proxy, certificate and
        secret. A test that reaches another address than ours proves nothing."""
        try:
            endpoint = await self.api.sdk.get_webhook_endpoint(_request_timeout=TIMEOUT)
            if not endpoint.active:
                return Proof(False, "the webhook is switched off")
            if not is_address(str(endpoint.endpoint), webhook):
                return Proof(False, "LINE calls another address")
            tested = await self.api.ask_webhook_test()
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
            quota = await self.api.sdk.get_message_quota(_request_timeout=TIMEOUT)
            if quota.value is None:
                return None
            used = await self.api.sdk.get_message_quota_consumption(_request_timeout=TIMEOUT)
        except NO_ANSWER:
            return None
        return max(0, int(quota.value) - int(used.total_usage))

    async def address_with(self, text: str) -> str | None:
        try:
            info = await self.api.sdk.get_bot_info(_request_timeout=TIMEOUT)
        except NO_ANSWER:
            return None
        return f"https://line.me/R/oaMessage/{quote(str(info.basic_id))}/?{quote(text)}"

    async def webhook_address(self) -> str | None:
        try:
            endpoint = await self.api.sdk.get_webhook_endpoint(_request_timeout=TIMEOUT)
        except NO_ANSWER:
            return None
        return str(endpoint.endpoint) if endpoint.active else None

    async def _reply(self, request: Request, messages: list[Any]) -> str | None:
        """Answer by the reply token, free of charge; None when the token is of no use."""
        body = {"replyToken": request.reply_token, "messages": messages}
        try:
            return await self.api.call("POST", "/v2/bot/message/reply", body)
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
            return await self.api.call(
                "POST", "/v2/bot/message/push", body, retry_key=request.retry_key
            )
        except ApiException as error:
            if error.status == 409:  # accepted before, under the same key
                return str(error.body or "")
            _explain(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unheard(error) from error


def _sent(answer: str, abouts: list[str]) -> list[Sent]:
    """Read the messages' numbers, which LINE tells in their order; an older answer may tell
    none."""
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
