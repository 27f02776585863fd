"""A video service: it makes rooms, and tells who was in them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errand_owner import GivenUp, TryLater
from models.rules.rooms import Place
from models.sighting import Sighting


@dataclass(frozen=True)
class Room:
    """A room that the service has. `reference` is the booking's; `join_url` is a secret, and not
    every answer holds it. `is_as_made`: nobody has changed what protects those inside."""

    number: str
    reference: str
    place: Place
    join_url: str
    is_as_made: bool = True


@dataclass(frozen=True)
class Received:
    """What a webhook brought: sightings, and what the service is to be answered."""

    sightings: tuple[Sighting, ...] = ()
    answer: dict[str, str] | None = None


class NotReachable(TryLater):
    """The service did not answer."""


class TooMuch(TryLater):
    """The service's limits are reached."""


class Refused(GivenUp):
    """The service says no."""


class Forged(Exception):
    """A webhook that the service did not sign, or too long ago."""


class Unreadable(Exception):
    """A signed webhook that cannot be read."""


class VideoService(ABC):
    """A video service. Calls raise NotReachable, TooMuch or Refused. What it is told of a booking
    is its reference, start and length, and nothing of a person."""

    name: str
    title: str

    @abstractmethod
    async def make(self, reference: str, place: Place) -> Room:
        """Make a room."""

    @abstractmethod
    async def change(self, number: str, reference: str, place: Place) -> None:
        """Change a room to what is wanted."""

    @abstractmethod
    async def delete(self, number: str) -> None:
        """Delete a room; one that is gone already is no error."""

    @abstractmethod
    async def find(self, number: str, host: str) -> Room | None:
        """Return a host's room by its number, if there is one."""

    @abstractmethod
    async def rooms_of(self, host: str) -> Sequence[Room]:
        """Return the rooms of a host that are still to come."""

    @abstractmethod
    async def start_url(self, number: str) -> str:
        """Return the address by which the host starts a room: fresh, secret, short-lived."""

    @abstractmethod
    async def witnessed(self, number: str) -> Sequence[Sighting]:
        """Return whether a room is live now, and who came where the service tells."""

    @abstractmethod
    async def prove(self, host: str) -> None:
        """See that the service answers us when we ask about a host."""

    @abstractmethod
    def receive(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Received:
        """Read a webhook. Raises Forged or Unreadable."""

    @abstractmethod
    async def missing(self) -> Sequence[str]:
        """Return what the office's account or our access to it lacks, each in plain words."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""
