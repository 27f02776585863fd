"""Telegram's command menus: parents see theirs, each staff chat what its role may do."""

import structlog
from telegram.error import BadRequest

from bot.channels.menus import Commands, Menus
from bot.channels.telegram.api import TelegramApi

log = structlog.get_logger()

# Telegram writes two letters where CLDR has three.
_CODES = {"fil": "tl"}


class TelegramMenus:
    """Keeps the menus as the team is; asks Telegram only when something has changed."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._shown: dict[str, Commands] | None = None

    async def show(self, menus: Menus) -> None:
        """Bring Telegram up to date. Raises TelegramError."""
        if self._shown is None:
            for language, words in menus.parents.items():
                if language == menus.language:
                    await self._api.show_menu(words)
                elif code := _two_letters(language):
                    await self._api.show_menu(words, language=code)
            gone = set(menus.left)  # whoever left while nobody looked
        else:
            gone = self._shown.keys() - menus.staff.keys()
        for person in gone:
            await self._show({}, person)
        for person, words in menus.staff.items():
            if (self._shown or {}).get(person) != words:
                await self._show(words, person)
        self._shown = dict(menus.staff)

    async def _show(self, words: Commands, person: str) -> None:
        """Show a menu; one chat that is gone keeps no other from its menu."""
        try:
            await self._api.show_menu(words, chat=int(person))
        except BadRequest as error:
            log.info("menu not shown", error=type(error).__name__)


def _two_letters(language: str) -> str | None:
    """Return Telegram's code of a language (ISO 639-1), None where it has none of its own."""
    if "@" in language:
        return None
    code = language.split("-")[0]
    return _CODES.get(code, code)
