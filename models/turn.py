"""A turn: one act of a person, or of the clock, and all that a step may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from locales import Phrases, best_language, phrases
from models.booking import Booking
from models.chat import Event, Message
from models.contact import Contact
from models.letter import NEWS_LASTS, Letter
from models.letter_kind import LetterKind
from models.links import Links
from models.office import Office
from models.platform import Platform
from models.rules.days import local_day


@dataclass(frozen=True, slots=True)
class Turn:
    """`now` is when we answer, `acted_at` when the person acted; both aware (UTC). `event` is
    None where the clock speaks. What a step tells others is put into `letters`."""

    contact: Contact
    office: Office
    links: Links
    say: Phrases
    channels: Mapping[str, Platform]
    now: datetime
    acted_at: datetime
    event: Event | None = None
    # A video service makes a room for each booking whose counselor is known there.
    has_rooms: bool = False
    letters: list[Letter] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Return the office's calendar day."""
        return local_day(self.now, self.office.zone)

    @property
    def acted_from(self) -> datetime:
        """Return the earliest time (UTC) at which the person can have acted."""
        return (self.event.acted_from if self.event else None) or self.acted_at

    @property
    def event_id(self) -> str:
        return self.event.id if self.event else ""

    def channel_title(self, name: str) -> str:
        """Return a channel's name as people know it; of one that is off, the name it is kept by."""
        return self.channels[name].title if name in self.channels else name

    def counts_pushes(self, name: str) -> bool:
        """Return whether what is sent unasked on a channel is counted, and may cost."""
        return name in self.channels and self.channels[name].counts_pushes

    def in_language(self, language: str) -> "Turn":
        """Return the same turn, answered in another language."""
        return replace(self, say=phrases(language))

    def to(self, contact: Contact) -> "Turn":
        """Return the same turn, spoken to somebody else in their language."""
        language = best_language(contact.language) or self.office.language
        return replace(self, contact=contact, say=phrases(language))

    def write(
        self,
        kind: LetterKind,
        message: Message | None,
        *,
        subject: str = "",
        booking: Booking | None = None,
        useless_after: datetime | None = None,
        report_to: int | None = None,
    ) -> None:
        """Tell the person of this turn something unasked."""
        until = useless_after or self.now + NEWS_LASTS
        self.letters.append(Letter(self.contact, kind, message, until, booking, report_to, subject))

    def of(self, contact: Contact) -> "Turn":
        """Return the same turn, with what was learnt about the contact in it."""
        return replace(self, contact=contact)
