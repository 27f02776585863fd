"""A complete video service of the tests' own, which lives in memory: Teams or Meet would be one."""

import hmac
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.video.base import Forged, Received, Refused, Room, Unreadable, VideoService
from models.rules.rooms import Place
from models.sighting import Seen, Sighting


class ToyVideo(VideoService):
    name = "toy-video"
    title = "Toy Video"

    def __init__(self, secret: str) -> None:
        self.rooms: dict[str, Room] = {}
        self._secret = secret
        self._numbers = itertools.count(1)

    async def make(self, reference: str, place: Place) -> Room:
        number = f"toy-{next(self._numbers)}"
        self.rooms[number] = Room(number, reference, place, f"https://video.test/{number}")
        return self.rooms[number]

    async def change(self, number: str, reference: str, place: Place) -> None:
        if number not in self.rooms:
            raise Refused("no such room")
        self.rooms[number] = replace(self.rooms[number], reference=reference, place=place)

    async def delete(self, number: str) -> None:
        self.rooms.pop(number, None)

    async def find(self, number: str, host: str) -> Room | None:
        return self.rooms.get(number)

    async def rooms_of(self, host: str) -> Sequence[Room]:
        return [each for each in self.rooms.values() if each.place.host == host]

    async def start_url(self, number: str) -> str:
        return f"https://video.test/{number}?host=secret"

    async def witnessed(self, number: str) -> Sequence[Sighting]:
        return []

    async def prove(self, host: str) -> None:
        pass

    def headers(self, body: bytes) -> dict[str, str]:
        """What it sends with a webhook."""
        return {"x-toy": hmac.new(self._secret.encode(), body, "sha256").hexdigest()}

    def receive(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Received:
        if not hmac.compare_digest(headers.get("x-toy", ""), self.headers(body)["x-toy"]):
            raise Forged("not signed")
        try:
            told = json.loads(body)
            seen = Seen(told["seen"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(type(error).__name__) from error
        return Received((Sighting(str(told["room"]), seen, by_host=told["host"], at=now),))

    async def missing(self) -> Sequence[str]:
        return []

    async def close(self) -> None:
        pass
