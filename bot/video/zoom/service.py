"""Rooms at Zoom: one scheduled meeting a booking, found again by the reference in its topic."""

import json
import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.video.base import NotReachable, Received, Refused, Room, TooMuch, Unreadable, VideoService
from bot.video.zoom import webhook
from bot.video.zoom.api import RateLimited, ZoomApi
from models.rules.days import until_utc_midnight
from models.rules.rooms import Place
from models.sighting import Seen, Sighting

_SCHEDULED = 2
_PAGE = 300
# What Zoom asks to wait for where it does not say how long.
_PAUSE = timedelta(seconds=30)
# Of a meeting that somebody at Zoom has made one without a fixed time.
_NEVER = datetime.fromtimestamp(0, UTC)
# What the app must be allowed to do, by both of Zoom's ways to name it.
_SCOPES = {
    "meeting:write:meeting:admin": "meeting:write:admin",
    "meeting:update:meeting:admin": "meeting:write:admin",
    "meeting:delete:meeting:admin": "meeting:write:admin",
    "meeting:read:meeting:admin": "meeting:read:admin",
    "meeting:read:list_meetings:admin": "meeting:read:admin",
    "meeting:read:list_past_participants:admin": "meeting:read:admin",
}


class Zoom(VideoService):
    """Zoom, by its API."""

    name = "zoom"
    title = "Zoom"

    def __init__(
        self,
        api: ZoomApi,
        webhook_secret: SecretStr,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        *,
        waiting_room: bool,
    ) -> None:
        self._api = api
        self._secret = webhook_secret
        self._zone = zone
        self._clock = clock
        self._waiting_room = waiting_room

    async def make(self, reference: str, place: Place) -> Room:
        """Make a meeting: random number, passcode, waiting room, no recording, no e-mail."""
        path = f"/users/{quote(place.host, safe='')}/meetings"
        body = {**self._meeting(reference, place), "password": _new_passcode()}
        made = await self._call("POST", path, body)
        if made is None:
            raise Refused("Zoom knows no such user")
        return _room(made, place.host)

    async def change(self, number: str, reference: str, place: Place) -> None:
        """Change a meeting to what is wanted; one that is gone is looked for again later."""
        body = self._meeting(reference, place)
        if await self._call("PATCH", f"/meetings/{number}", body) is None:
            raise NotReachable("the meeting is gone")

    async def delete(self, number: str) -> None:
        """Delete a meeting; one that is gone already is no error, and one that goes on is deleted
        later."""
        query = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}
        try:
            await self._call("DELETE", f"/meetings/{number}", query=query)
        except Refused as error:
            raise NotReachable(str(error)) from error

    async def find(self, number: str, host: str) -> Room | None:
        """Return a user's meeting by its number, if there is one."""
        found = await self._call("GET", f"/meetings/{number}")
        if found is None:
            return None
        settings = found.get("settings", {})
        is_as_made = all(settings.get(name) == value for name, value in self._protection().items())
        return replace(_room(found, host), is_as_made=is_as_made)

    async def rooms_of(self, host: str) -> Sequence[Room]:
        """Return a user's meetings that are still to come; none for who is no user any more."""
        rooms: list[Room] = []
        query = {"type": "upcoming", "page_size": str(_PAGE)}
        while True:
            found = await self._call("GET", f"/users/{quote(host, safe='')}/meetings", query=query)
            if found is None:
                return []
            listed = found.get("meetings", [])
            rooms += [_room(each, host) for each in listed if each.get("start_time")]
            if not (token := found.get("next_page_token")):
                return rooms
            query["next_page_token"] = str(token)

    async def start_url(self, number: str) -> str:
        """Return a fresh address for the host."""
        found = await self._call("GET", f"/meetings/{number}")
        if not found or not found.get("start_url"):
            raise Refused("the meeting is gone")
        return str(found["start_url"])

    async def witnessed(self, number: str) -> Sequence[Sighting]:
        """Return whether a meeting is live, and who joined it, where Zoom tells that: only after
        it ended, with Pro, and not of a single participant. So nothing follows from silence."""
        found = await self._call("GET", f"/meetings/{number}")
        is_live = found is not None and found.get("status") == "started"
        seen = Seen.LIVE if is_live else Seen.NOT_LIVE
        answer = Sighting(number, seen, by_host=True, at=self._clock())
        if is_live or not found:
            return [answer]
        try:
            past = await self._call("GET", f"/past_meetings/{number}/participants")
        except Refused:
            return [answer]  # not in the account's plan
        host = str(found.get("host_id", ""))
        return [answer, *_joined(number, host, past or {})]

    async def prove(self, host: str) -> None:
        """Ask for a user's meetings. Raises Refused where Zoom knows no such user."""
        path = f"/users/{quote(host, safe='')}/meetings"
        if await self._call("GET", path, query={"type": "upcoming", "page_size": "1"}) is None:
            raise Refused("Zoom knows no such user")

    def receive(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Received:
        """Read a webhook, or Zoom's question whether we know the secret. Raises Forged or
        Unreadable."""
        webhook.check_signature(body, headers, self._secret, now)
        try:
            event = json.loads(body)
            if event["event"] == "endpoint.url_validation":
                return Received(answer=webhook.validation(event["payload"], self._secret))
            seen = webhook.sighting(event)
        except (
            *(ValueError, KeyError, TypeError, AttributeError),
            *(OverflowError, RecursionError),
        ) as error:
            raise Unreadable(type(error).__name__) from error
        return Received((seen,) if seen else ())

    async def missing(self) -> Sequence[str]:
        """Return the scopes that the app lacks."""
        has = await self._api.scopes()
        return [
            f"the scope {granular}"
            for granular, classic in _SCOPES.items()
            if granular not in has and classic not in has
        ]

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any] | None:
        try:
            return await self._api.call(method, path, body, query)
        except RateLimited as error:
            if error.is_daily:
                after = until_utc_midnight(self._clock())
                raise TooMuch("Zoom's daily limit", after=after) from error
            pause = timedelta(seconds=error.retry_after) if error.retry_after else _PAUSE
            raise TooMuch("Zoom's rate limit", after=pause) from error

    def _protection(self) -> dict[str, Any]:
        """Return the settings that protect those inside (arts. 12(2), 12(3))."""
        return {
            "waiting_room": self._waiting_room,
            "join_before_host": False,
            "auto_recording": "none",
        }

    def _meeting(self, reference: str, place: Place) -> dict[str, Any]:
        start = place.starts_at.astimezone(self._zone)
        return {
            "topic": reference,
            "type": _SCHEDULED,
            "start_time": f"{start:%Y-%m-%dT%H:%M:%S}",
            "timezone": self._zone.key,
            "duration": place.length // timedelta(minutes=1),
            "settings": {
                **self._protection(),
                "use_pmi": False,
                "meeting_authentication": False,
                "email_notification": False,
                "alternative_hosts_email_notification": False,
                "registrants_email_notification": False,
                "registrants_confirmation_email": False,
                "approval_type": 2,
                "auto_start_meeting_summary": False,
                "auto_start_ai_companion_questions": False,
            },
        }


def _new_passcode() -> str:
    """Return a passcode for a meeting; Zoom takes up to 10 characters."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(10))


def _room(found: dict[str, Any], host: str) -> Room:
    return Room(
        number=str(found["id"]),
        reference=str(found.get("topic", "")),
        place=Place(
            host,
            webhook.instant(found["start_time"]) if found.get("start_time") else _NEVER,
            timedelta(minutes=int(found.get("duration", 0))),
        ),
        join_url=str(found.get("join_url", "")),
    )


def _joined(number: str, host: str, past: dict[str, Any]) -> list[Sighting]:
    return [
        Sighting(number, Seen.JOINED, each.get("id") == host, webhook.instant(each["join_time"]))
        for each in past.get("participants", [])
        if each.get("join_time")
    ]
