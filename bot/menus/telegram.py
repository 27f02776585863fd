"""Telegram's command menus: parents see theirs, each staff chat what its role may do."""

from collections.abc import Mapping

import structlog
from telegram.error import BadRequest

from bot.channels.telegram import TelegramChannel
from bot.menus.team import StaffChat, team_on
from handlers import commands
from locales import languages, phrases
from models.database import Database
from models.office import Office

_PARENTS = ("start", "book", "mine", "cancel", "help")

log = structlog.get_logger()


class TelegramMenus:
    """Keeps the menus as the team is; asks Telegram only when something has changed."""

    def __init__(self, database: Database, office: Office, telegram: TelegramChannel) -> None:
        self._database = database
        self._office = office
        self._telegram = telegram
        self._shown: set[StaffChat] | None = None

    async def refresh(self) -> None:
        """Bring Telegram up to date. Raises TelegramError and DatabaseUnavailable."""
        team = await self._database.run(lambda tx: team_on(tx, self._office, self._telegram.name))
        if self._shown is None:
            await self._show_parents()
            gone = team.left  # whoever left while nobody looked
        else:
            gone = {each.person for each in self._shown} - {each.person for each in team.chats}
        for person in gone:
            await self._show({}, person)
        for staff in team.chats - (self._shown or set()):
            await self._show(_of(staff), staff.person)
        self._shown = team.chats

    async def _show_parents(self) -> None:
        for language in languages():
            words = {name: phrases(language)(f"parents_command.{name}") for name in _PARENTS}
            own = language == self._office.language
            await self._telegram.show_menu(words, language=None if own else language)

    async def _show(self, words: Mapping[str, str], person: str) -> None:
        """One chat that is gone keeps no other from its menu."""
        try:
            await self._telegram.show_menu(words, chat=int(person))
        except BadRequest as error:
            log.info("menu not shown", error=type(error).__name__)


def _of(staff: StaffChat) -> Mapping[str, str]:
    say = phrases(staff.language)
    return {
        name: say(f"command.{name}")
        for name, command in commands.COMMANDS.items()
        if staff.role in command.roles
    }
