"""Telegram's command menus: parents see theirs, each staff chat what its role may do."""

import structlog
from telegram.error import BadRequest

from bot.channels.menus import Commands, Menus, StaffChat
from bot.channels.telegram.api import TelegramApi

log = structlog.get_logger()


class TelegramMenus:
    """Keeps the menus as the team is; asks Telegram only when something has changed."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._shown: dict[str, StaffChat] | None = None

    async def show(self, menus: Menus) -> None:
        """Bring Telegram up to date. Raises TelegramError."""
        if self._shown is None:
            for language, words in menus.parents.items():
                own = language == menus.language
                await self._api.show_menu(words, language=None if own else language)
            gone = set(menus.left)  # whoever left while nobody looked
        else:
            gone = self._shown.keys() - menus.staff.keys()
        for person in gone:
            await self._show({}, person)
        for person, chat in menus.staff.items():
            if (self._shown or {}).get(person) != chat:
                await self._show(chat.commands, person)
        self._shown = dict(menus.staff)

    async def _show(self, words: Commands, person: str) -> None:
        """One chat that is gone keeps no other from its menu."""
        try:
            await self._api.show_menu(words, chat=int(person))
        except BadRequest as error:
            log.info("menu not shown", error=type(error).__name__)
