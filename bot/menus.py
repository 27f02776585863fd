"""Telegram's command menus: parents see theirs, each staff chat what its role may do."""

from collections.abc import Mapping
from typing import NamedTuple

import structlog
from telegram.error import BadRequest

from bot.channels.telegram import TelegramChannel
from handlers import commands
from locales import best_language, languages, phrases
from models.database import Database
from models.office import Office
from models.store.contacts import Contacts
from models.store.staff import StaffStore

_PARENTS = ("start", "book", "mine", "cancel", "help")

log = structlog.get_logger()


class StaffChat(NamedTuple):
    """A staff member's chat on Telegram."""

    chat: int
    role: str
    language: str


class Menus:
    """Keeps the menus as the team is; asks Telegram only when something has changed."""

    def __init__(self, database: Database, office: Office, telegram: TelegramChannel) -> None:
        self._database = database
        self._office = office
        self._telegram = telegram
        self._shown: set[StaffChat] | None = None

    async def refresh(self) -> None:
        """Bring Telegram up to date. Raises TelegramError and DatabaseUnavailable."""
        team = await self._database.run(
            lambda tx: {
                StaffChat(
                    int(contact.person),
                    member.role,
                    best_language(contact.language) or self._office.language,
                )
                for member in StaffStore(tx).team()
                if member.channel == self._telegram.name
                and (contact := Contacts(tx).by_id(member.contact_id))
            }
        )
        if self._shown is None:
            for language in languages():
                words = {name: phrases(language)(f"parents_command.{name}") for name in _PARENTS}
                own = language == self._office.language
                await self._telegram.show_menu(words, language=None if own else language)
            self._shown = set()
        for gone in {each.chat for each in self._shown} - {each.chat for each in team}:
            await self._show({}, gone)
        for staff in team - self._shown:
            await self._show(_of(staff), staff.chat)
        self._shown = team

    async def _show(self, words: Mapping[str, str], chat: int) -> None:
        """One chat that is gone keeps no other from its menu."""
        try:
            await self._telegram.show_menu(words, chat=chat)
        except BadRequest as error:
            log.info("menu not shown", error=type(error).__name__)


def _of(staff: StaffChat) -> Mapping[str, str]:
    say = phrases(staff.language)
    return {
        name: say(f"command.{name}")
        for name, command in commands.COMMANDS.items()
        if staff.role in command.roles
    }
