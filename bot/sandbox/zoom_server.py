"""Zoom on loopback: OAuth, meetings with their limits, people who come and go, and webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]

_TOKEN_LIFE = timedelta(hours=1)
_CHANGES_A_DAY = 100  # of meetings made and changed, a user and UTC day
# What the answer to making a meeting does not hold, and what a list does not.
_NOT_AT_FIRST = ("status", "uuid", "host_id")
_NOT_IN_LISTS = ("start_url", "password", "settings", "status")
_SCOPES = " ".join(
    f"meeting:{each}:admin"
    for each in (
        *("write:meeting", "update:meeting", "delete:meeting", "read:meeting"),
        *("read:list_meetings", "read:list_past_participants"),
    )
)


@dataclass
class Meeting:
    """A meeting, and who is in it: `inside` and `waiting` hold participants' numbers."""

    number: int
    uuid: str
    host_id: str
    asked: Json
    created_at: datetime
    passcode: str
    started_at: datetime | None = None
    inside: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    came: list[tuple[str, datetime]] = field(default_factory=list)


class ZoomServer:
    """One account at Zoom. `out` says how it fails now: "" for not at all, "down" (503), "lost"
    (what is asked is done, but the answer is lost), "busy" (429), "revoked" (401)."""

    def __init__(self, clock: Callable[[], datetime], client: httpx.AsyncClient) -> None:
        self.account, self.client_id = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.client_secret, self.webhook_secret = secrets.token_hex(16), secrets.token_hex(16)
        self.webhook_url = ""
        self.web = "https://zoom.us"  # where its rooms open
        self.scopes = _SCOPES
        self.out = ""
        self.meetings: dict[int, Meeting] = {}
        self.asked: list[tuple[str, str, Json]] = []
        self.told: list[Json] = []
        self.answers: list[Json] = []
        self.is_silent = False
        self.visitor = "ゲスト"  # how people call themselves
        self._clock = clock
        self._client = client
        self._tokens: dict[str, datetime] = {}
        self._users: dict[str, str] = {}
        self._changes: Counter[tuple[str, str]] = Counter()
        self.routes = [
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/v2/users/{user}/meetings", self._make, methods=["POST"]),
            Route("/v2/users/{user}/meetings", self._list, methods=["GET"]),
            Route("/v2/meetings/{number:int}", self._get, methods=["GET"]),
            Route("/v2/meetings/{number:int}", self._change, methods=["PATCH"]),
            Route("/v2/meetings/{number:int}", self._delete, methods=["DELETE"]),
            Route("/v2/past_meetings/{number:int}/participants", self._past, methods=["GET"]),
        ]

    def settings(self, base: str) -> dict[str, str]:
        """Return what an operator would set to reach it at an address."""
        return {
            "zoom_account_id": self.account,
            "zoom_client_id": self.client_id,
            "zoom_client_secret": self.client_secret,
            "zoom_webhook_secret": self.webhook_secret,
            "zoom_api_base": base,
            "zoom_oauth_base": base,
        }

    def user(self, email: str) -> str:
        """Return the id of a user, who is added where there is none of this address."""
        return self._users.setdefault(email, secrets.token_urlsafe(16))

    def forget_user(self, email: str) -> None:
        """Remove a user."""
        del self._users[email]

    def start_of(self, meeting: Meeting) -> datetime:
        """Return when a meeting is to start."""
        start = datetime.fromisoformat(meeting.asked["start_time"])
        zone = ZoneInfo(meeting.asked.get("timezone", "UTC"))
        return start if start.tzinfo else start.replace(tzinfo=zone)

    def upcoming(self) -> list[Meeting]:
        """Return the meetings that are not over."""
        return [
            each
            for each in self.meetings.values()
            if self.start_of(each) + timedelta(minutes=each.asked.get("duration", 60))
            > self._clock()
        ]

    # What people do

    async def host_starts(self, number: int) -> None:
        """Let the host open the meeting; whoever waits without a waiting room is let in."""
        meeting = self.meetings[number]
        meeting.started_at = self._clock()
        await self._tell("meeting.started", meeting, start_time=_iso(meeting.started_at))
        await self.host_joins(number)
        if not meeting.asked.get("settings", {}).get("waiting_room"):
            for person in sorted(meeting.waiting):
                await self._tell("meeting.participant_jbh_joined", meeting, person=person)
                await self._enter(meeting, person)

    async def host_joins(self, number: int) -> None:
        """Tell of the host as of anybody who joins."""
        meeting = self.meetings[number]
        await self._tell("meeting.participant_joined", meeting, person=meeting.host_id)

    def copy(self, number: int) -> int:
        """Make a second meeting just like another one; return its number."""
        other = number + 1
        self.meetings[other] = replace(self.meetings[number], number=other)
        return other

    async def host_ends(self, number: int) -> None:
        """Let the host end the meeting for all."""
        meeting = self.meetings[number]
        for person in sorted(meeting.inside):
            await self.leaves(number, person)
        started, meeting.started_at = meeting.started_at, None
        times = {"start_time": _iso(started or self._clock()), "end_time": _iso(self._clock())}
        await self._tell("meeting.ended", meeting, **times)

    async def comes(self, number: int, *, by_web: bool = False) -> str:
        """Let somebody open the join address; return their number in this meeting. By the web
        client Zoom does not tell that they wait for the host."""
        meeting, person = self.meetings[number], secrets.token_hex(4)
        if meeting.asked.get("settings", {}).get("waiting_room") and meeting.started_at:
            meeting.waiting.add(person)
            await self._tell("meeting.participant_joined_waiting_room", meeting, person=person)
        elif meeting.started_at is None:
            meeting.waiting.add(person)
            if not by_web:
                await self._tell("meeting.participant_jbh_waiting", meeting, person=person)
        else:
            await self._enter(meeting, person)
        return person

    async def is_let_in(self, number: int, person: str) -> None:
        """Let the host take somebody in from the waiting room."""
        meeting = self.meetings[number]
        await self._tell("meeting.participant_left_waiting_room", meeting, person=person)
        await self._enter(meeting, person)

    async def gives_up(self, number: int, person: str) -> None:
        """Let somebody go away from the waiting room."""
        meeting = self.meetings[number]
        meeting.waiting.discard(person)
        await self._tell("meeting.participant_left_waiting_room", meeting, person=person)

    async def leaves(self, number: int, person: str) -> None:
        """Take somebody out of the meeting."""
        meeting = self.meetings[number]
        meeting.inside.discard(person)
        await self._tell("meeting.participant_left", meeting, person=person)

    async def deliver(self, body: bytes, *, at: datetime | None = None) -> int:
        """Send a webhook, signed now unless said otherwise; returns our program's answer."""
        stamp = str(int((at or self._clock()).timestamp()))
        signed = hmac.new(
            self.webhook_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256
        ).hexdigest()
        headers = {
            "x-zm-request-timestamp": stamp,
            "x-zm-signature": f"v0={signed}",
            "Content-Type": "application/json",
        }
        answer = await self._client.post(self.webhook_url, content=body, headers=headers)
        if answer.content:
            self.answers.append(answer.json())
        return answer.status_code

    async def _enter(self, meeting: Meeting, person: str) -> None:
        meeting.waiting.discard(person)
        meeting.inside.add(person)
        meeting.came.append((person, self._clock()))
        await self._tell("meeting.participant_joined", meeting, person=person)

    async def _tell(self, event: str, meeting: Meeting, *, person: str = "", **times: str) -> None:
        now = self._clock()
        about: Json = {
            "id": str(meeting.number),
            "uuid": meeting.uuid,
            "host_id": meeting.host_id,
            "topic": meeting.asked.get("topic", ""),
            "type": 2,
            "start_time": _iso(meeting.started_at or now),
            "timezone": meeting.asked.get("timezone", "UTC"),
            "duration": int(meeting.asked.get("duration", 60)),
            **times,
        }
        if person:
            about["participant"] = self._participant(
                event, person, _iso(now), is_host=person == meeting.host_id
            )
        body = json.dumps(
            {
                "event": event,
                "event_ts": int(now.timestamp() * 1000),
                "payload": {"account_id": self.account, "object": about},
            }
        ).encode()
        self.told.append(json.loads(body))
        if self.webhook_url and not self.is_silent:
            await self.deliver(body)

    def _participant(self, event: str, person: str, now: str, *, is_host: bool) -> Json:
        who: Json = {"user_name": self.visitor, "user_id": person, "id": person if is_host else ""}
        if event.startswith("meeting.participant_jbh"):
            return {"user_name": self.visitor}
        who["email"] = ""
        when = {
            "meeting.participant_joined": "join_time",
            "meeting.participant_left": "leave_time",
        }.get(event, "date_time")
        return {**who, when: now}

    # What the API answers

    async def _token(self, request: Request) -> Response:
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return JSONResponse({"reason": "Invalid client_id or client_secret"}, 400)
        if request.query_params.get("account_id") != self.account:
            return JSONResponse({"reason": "Bad request", "error": "invalid_request"}, 400)
        token = secrets.token_urlsafe(32)
        self._tokens[token] = self._clock() + _TOKEN_LIFE
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": _TOKEN_LIFE // timedelta(seconds=1),
                "scope": self.scopes,
            }
        )

    async def _make(self, request: Request) -> Response:
        asked = await request.json()
        if refused := self._refused(request, asked):
            return refused
        user = self._known(request.path_params["user"])
        if user is None:
            return _error(404, 1001, "User does not exist")
        if limited := self._limited(user):
            return limited
        number = 80_000_000_000 + secrets.randbelow(9_999_999_999)
        meeting = Meeting(
            number=number,
            uuid=base64.b64encode(secrets.token_bytes(16)).decode(),
            host_id=user,
            asked=asked,
            created_at=self._clock(),
            passcode=str(asked.get("password", "")),
        )
        self.meetings[number] = meeting
        return self._unless_lost(JSONResponse(_without(self._shown(meeting), *_NOT_AT_FIRST), 201))

    async def _list(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        user = self._known(request.path_params["user"])
        if user is None:
            return _error(404, 1001, "User does not exist")
        listed = [
            _without(self._shown(each), *_NOT_IN_LISTS)
            for each in self.upcoming()
            # What goes on is not still to come.
            if each.host_id == user and not each.started_at
        ]
        return JSONResponse({"page_size": 300, "total_records": len(listed), "meetings": listed})

    async def _get(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        meeting = self.meetings.get(request.path_params["number"])
        return JSONResponse(self._shown(meeting)) if meeting else _gone()

    async def _change(self, request: Request) -> Response:
        asked = await request.json()
        if refused := self._refused(request, asked):
            return refused
        meeting = self.meetings.get(request.path_params["number"])
        if meeting is None:
            return _gone()
        if limited := self._limited(meeting.host_id):
            return limited
        meeting.asked = {**meeting.asked, **asked}
        return self._unless_lost(Response(status_code=204))

    async def _delete(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if self.meetings.pop(request.path_params["number"], None) is None:
            return _gone()
        return self._unless_lost(Response(status_code=204))

    async def _past(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        meeting = self.meetings.get(request.path_params["number"])
        if meeting is None:
            return _gone()
        # Zoom tells nothing of a single participant.
        came = meeting.came if len(meeting.came) > 1 else []
        people = [
            {"id": "", "user_id": person, "name": self.visitor, "join_time": _iso(at)}
            for person, at in came
        ]
        return JSONResponse({"participants": people, "total_records": len(people)})

    def _shown(self, meeting: Meeting) -> Json:
        asked = meeting.asked
        return {
            "id": meeting.number,
            "uuid": meeting.uuid,
            "host_id": meeting.host_id,
            "topic": asked.get("topic", ""),
            "type": 2,
            "status": "started" if meeting.started_at else "waiting",
            "start_time": _iso(self.start_of(meeting)),
            "duration": asked.get("duration", 60),
            "timezone": asked.get("timezone", "UTC"),
            "created_at": _iso(meeting.created_at),
            "join_url": f"{self.web}/j/{meeting.number}?pwd={meeting.passcode}",
            "start_url": f"{self.web}/s/{meeting.number}?zak={secrets.token_urlsafe(24)}",
            "password": meeting.passcode,
            "settings": asked.get("settings", {}),
        }

    def _known(self, user: str) -> str | None:
        return user if user in self._users.values() else self._users.get(user)

    def _refused(self, request: Request, asked: Json | None = None) -> Response | None:
        self.asked.append((request.method, request.url.path, asked or {}))
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.out == "down":
            return _error(503, 503, "Service unavailable")
        if self.out == "busy":
            return _error(429, 429, "Too many requests", {"Retry-After": "5"})
        if self.out == "revoked" or self._tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= (
            self._clock()
        ):
            return _error(401, 124, "Invalid access token.")
        return None

    def _limited(self, user: str) -> Response | None:
        today = (user, f"{self._clock().astimezone(UTC):%F}")
        if self._changes[today] >= _CHANGES_A_DAY:
            return _error(429, 429, "Daily limit", {"X-RateLimit-Type": "Daily-limit"})
        self._changes[today] += 1
        return None

    def _unless_lost(self, answer: Response) -> Response:
        return _error(502, 502, "Bad gateway") if self.out == "lost" else answer


def _without(shown: Json, *names: str) -> Json:
    return {name: value for name, value in shown.items() if name not in names}


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _gone() -> Response:
    return _error(404, 3001, "Meeting does not exist")


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": code, "message": message}, status, headers)
