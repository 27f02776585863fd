"""LINE's rich menu for staff: what they need every day, in reach below the chat. Parents see the
menu that the office makes in LINE's own manager, or none."""

import asyncio
import hashlib

import structlog
from linebot.v3.messaging import ApiException
from linebot.v3.messaging.models import (
    PostbackAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)

from bot import drawing
from bot.channels.line.api import LineApi
from bot.channels.menus import Menus, Shortcuts

# The sizes that LINE takes, in pixels.
_WIDTH, _HEIGHT, _COLUMNS = 2500, 843, 3
_OURS = "madoguchi staff"

log = structlog.get_logger()


class LineMenus:
    """Keeps the menu as the team is; asks LINE only when something has changed."""

    def __init__(self, api: LineApi) -> None:
        self._api = api
        self._made: dict[str, str] = {}  # LINE's number of the menu, by language
        self._drawn: set[str] = set()
        self._shown: dict[str, str] | None = None  # the language of each staff chat's menu

    async def show(self, menus: Menus) -> None:
        """Bring LINE up to date. Raises what LineApi raises."""
        chats = {person: each.language for person, each in menus.staff.items()}
        if self._shown is None:
            if chats or menus.left:
                await self._find_ours(menus)
            for person in menus.left:  # whoever left while nobody looked
                await self._hide(person)
            self._shown = {}
        for person in self._shown.keys() - chats.keys():
            await self._hide(person)
            del self._shown[person]
        for person, language in chats.items():
            if self._shown.get(person) != language:
                await self._show(person, language, menus.every_day[language])
                self._shown[person] = language

    async def _find_ours(self, menus: Menus) -> None:
        """What was made before a restart serves on; of another make it is taken away."""
        current = {
            _request(language, shown).name: language for language, shown in menus.every_day.items()
        }
        for menu in await self._api.menus():
            if menu.name in current:
                self._made[current[menu.name]] = menu.rich_menu_id
            elif menu.name.startswith(_OURS):
                await self._api.sdk.delete_rich_menu(menu.rich_menu_id)

    async def _menu(self, language: str, shown: Shortcuts) -> str:
        """LINE's number of the menu, made and drawn once; whichever of the two failed before is
        done again."""
        if language not in self._made:
            self._made[language] = await self._api.make_menu(_request(language, shown))
        if language not in self._drawn:
            labels = [each.label for each in shown.buttons]
            picture = await asyncio.to_thread(drawing.draw_tiles, labels, _COLUMNS, _WIDTH, _HEIGHT)
            await self._api.draw_menu(self._made[language], picture)
            self._drawn.add(language)
        return self._made[language]

    async def _show(self, person: str, language: str, shown: Shortcuts) -> None:
        menu = await self._menu(language, shown)
        try:
            await self._api.sdk.link_rich_menu_id_to_user(person, menu)
        except ApiException as error:
            if error.status == 404:  # somebody has deleted it: make it anew next time
                del self._made[language]
                self._drawn.discard(language)
            if error.status != 400:
                raise
            # One chat that is gone keeps no other from its menu.
            log.info("menu not shown", status=error.status)

    async def _hide(self, person: str) -> None:
        try:
            await self._api.sdk.unlink_rich_menu_id_from_user(person)
        except ApiException as error:
            if error.status not in (400, 404):
                raise
            log.info("menu not hidden", status=error.status)


def _request(language: str, shown: Shortcuts) -> RichMenuRequest:
    """The menu; its name tells what is in it, so that another make is another menu."""
    buttons = shown.buttons
    rows = -(-len(buttons) // _COLUMNS)
    width, height = _WIDTH // _COLUMNS, _HEIGHT // rows
    areas = [
        RichMenuArea(
            bounds=RichMenuBounds(
                x=number % _COLUMNS * width,
                y=number // _COLUMNS * height,
                width=width,
                height=height,
            ),
            action=PostbackAction(label=each.label, data=each.data, displayText=each.label),
        )
        for number, each in enumerate(buttons)
    ]
    content = hashlib.sha256(repr(list(buttons)).encode()).hexdigest()[:12]
    return RichMenuRequest(
        size=RichMenuSize(width=_WIDTH, height=_HEIGHT),
        selected=True,
        name=f"{_OURS} {language} {content}",
        chatBarText=shown.title,
        areas=areas,
    )
