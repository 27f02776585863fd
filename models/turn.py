"""A turn: one act of a person, or of the clock, and all that a step may look at."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from locales import Phrases, phrases
from models.chat import Event
from models.links import Links
from models.office import Office
from models.rules.days import local_day
from models.store.contacts import Contact


@dataclass(frozen=True, slots=True)
class Turn:
    """`now` is when we answer, `acted_at` when the person acted; both aware (UTC). `event` is
    None where the clock speaks."""

    contact: Contact
    office: Office
    links: Links
    say: Phrases
    now: datetime
    acted_at: datetime
    event: Event | None = None

    @property
    def today(self) -> date:
        """The office's calendar day."""
        return local_day(self.now, self.office.zone)

    @property
    def event_id(self) -> str:
        return self.event.id if self.event else ""

    def in_language(self, language: str) -> "Turn":
        """The same turn, answered in another language."""
        return replace(self, say=phrases(language))

    def of(self, contact: Contact) -> "Turn":
        """The same turn, with what was learnt about the contact in it."""
        return replace(self, contact=contact)
