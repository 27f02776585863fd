"""What every channel can do, and what may come of a request to its platform."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.channels.chat_browser import ChatBrowser
from bot.channels.menus import Menus
from bot.clock import Clock
from models.chat import Event, Message
from models.letter_kind import LetterKind

Say = Callable[[str], object]


class Request(NamedTuple):
    """One request as the outbox sends it. `first_try` is False when an earlier try of it ended
    without an answer, so that the platform may have accepted it."""

    person: str
    payload: str
    reply_token: str | None
    reply_until: datetime | None
    retry_key: str
    first_try: bool


class Sent(NamedTuple):
    """A message of ours that was accepted, and what a reply to it would be about."""

    message_id: str
    about: str


class Unreachable(Exception):
    """The person cannot be reached on this channel."""


class RetryLater(Exception):
    """Not accepted now. `after` says when to try again; `unknown` that it may have been accepted
    (and that trying again is safe all the same); `token_spent` that the reply token is of no use
    any more."""

    def __init__(self, why: str, after: timedelta | None = None, *, unknown: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.after = after
        self.unknown = unknown
        self.token_spent = False


class TokenRefused(RetryLater):
    """The platform does not know our token: all sends fail until it is another one."""


class Refused(Exception):
    """The platform will never accept this request."""


class QuotaGone(Refused):
    """The month's counted messages are used up."""


class Uncertain(Exception):
    """It may have been accepted, and sending it again might be a second copy."""


class Unreadable(ValueError):
    """A webhook body that is not this platform's."""


class Unanswered(Exception):
    """The platform did not answer, or not as it should; whoever asked tries again later."""


class Proof(NamedTuple):
    """Whether a platform reaches us, and why not. `works` is None where the platform tells nothing;
    `failed_at` (UTC) is when it last could not reach us."""

    works: bool | None
    why: str = ""
    failed_at: datetime | None = None


class Intake(Protocol):
    """Where a channel hands in what it has fetched itself."""

    async def receive(
        self, channel: "Channel", events: Sequence[Event], unreadable: Sequence[Event] = ()
    ) -> int:
        """Take events one after the other; returns 200 when all are stored, and 503 when the
        database is away."""

    def prove(self, channel: "Channel") -> None:
        """Note that the channel hears at this moment."""


class Channel(ABC):
    """A messaging platform. `title` is its name as people know it. `counts_pushes`: what is sent
    unasked is counted and may cost. `deduplicates`: the platform takes a request with the same key
    only once. `has_tiles`: it shows tiles beside a chat. `chat_browser`: its own browser, where it
    has one. What is not abstract is for platforms that can do it."""

    name: str
    title: str
    has_tiles = False
    counts_pushes = False
    deduplicates = False
    chat_browser: ChatBrowser | None = None

    @abstractmethod
    def is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Return whether a webhook's raw bytes come from the platform. `headers` are looked up by
        small letters."""

    @abstractmethod
    def read(self, body: bytes, now: datetime) -> tuple[list[Event], list[Event]]:
        """Return the events of a webhook body, and what is to be kept of those that could not be
        read. Raises Unreadable."""

    @abstractmethod
    def render(
        self, messages: Sequence[Message], event: Event | None, kind: LetterKind
    ) -> list[str]:
        """Return the bodies of the requests that say these messages, ready to be sent. `kind` says
        what they are for: some platforms take only approved forms of what nobody has asked for."""

    @abstractmethod
    async def send(self, request: Request, now: datetime) -> list[Sent]:
        """Send one request; return, when it is accepted, which of its messages speaks of what.
        Raises Unreachable, RetryLater, Refused or Uncertain."""

    @abstractmethod
    async def prove(self, webhook: str) -> Proof:
        """Return whether the platform reaches us, at this address or by our asking. Never
        raises."""

    @abstractmethod
    async def check(self, webhook: str, say: Say) -> list[str]:
        """Say what is in order, and return what is not, in plain words."""

    def acknowledgement(self, events: Sequence[Event]) -> bytes:
        """Return what the answer to a webhook with these events carries (JSON), or nothing: it
        shows a person that the press of a button has arrived."""
        return b""

    async def working(self, event: Event) -> None:
        """Show a person that an answer takes longer. Never raises."""

    async def language_of(self, event: Event) -> str | None:
        """Return the language of a person's app, if the platform tells. Never raises."""
        return event.language

    async def pushes_left(self) -> int | None:
        """Return how many counted messages are left this month; None where they are not limited,
        or the platform does not tell. Never raises."""
        return None

    async def address_with(self, text: str) -> str | None:
        """Return an address that opens the chat with the office, ready to send a text; None where
        there is none. Never raises."""
        return None

    async def webhook_address(self) -> str | None:
        """Return where the platform calls us; None if it does not, or does not tell. Never
        raises."""
        return None

    async def connect(self, webhook: str, intake: Intake, clock: Clock) -> None:
        """Tell the platform our address, or fetch from it what waits. Runs beside the program, and
        ends when nothing is left to do."""

    def passing_menus(self) -> Set[str] | None:
        """Return the chats whose menu of tiles ends by itself; None before any was shown."""
        return None

    async def show_menus(self, menus: Menus) -> None:
        """Show the menus beside the chats, as far as the platform has any. Raises Unanswered."""

    async def close(self) -> None:
        """Let go of connections."""


def no_answer(title: str, error: Exception) -> str:
    """Return what an operator is told of a platform that does not answer."""
    return f"{title} does not answer ({type(error).__name__}): network or firewall?"
