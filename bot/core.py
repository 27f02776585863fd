"""What every part of the program works with."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.base import Channel
from bot.channels.registry import CHANNELS
from bot.clock import Clock
from bot.settings import Settings
from bot.video.base import VideoService
from locales import best_language, phrases
from models.chat import Event
from models.contact import Contact
from models.database import Database
from models.links import Links
from models.office import Office
from models.platform import Platform
from models.turn import Turn
from models.vault import Vault


@dataclass(frozen=True, slots=True)
class Core:
    """One office's settings, data, channels, clock and video service."""

    settings: Settings
    office: Office
    database: Database
    channels: Mapping[str, Channel]
    clock: Clock
    video: VideoService | None = None

    @property
    def vault(self) -> Vault:
        return self.settings.vault

    @property
    def links(self) -> Links:
        return Links(self.settings.public_url, self.vault)

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """Return what steps may know of each channel: also of one that was on before."""
        known: list[Channel | type[Channel]] = [
            *(each.channel for each in CHANNELS),
            *self.channels.values(),
        ]
        return {each.name: Platform(each.title, each.counts_pushes) for each in known}

    def webhook_of(self, channel: str) -> str:
        """Return where a channel's platform calls us."""
        return f"{self.settings.public_url}/webhooks/{channel}"

    def turn_of(self, contact: Contact, *, event: Event | None = None) -> Turn:
        """Return a turn of a contact's at this moment."""
        now = self.clock()
        return Turn(
            contact=contact,
            office=self.office,
            links=self.links,
            say=phrases(best_language(contact.language) or self.office.language),
            channels=self.platforms,
            now=now,
            acted_at=min(event.acted_at, now) if event else now,
            event=event,
            has_rooms=self.video is not None,
        )
