"""LINE's rich menus: what people need next, as tiles below the chat. The program makes, shows,
switches and removes them itself; where it shows none, LINE shows the one for everybody."""

import asyncio
import hashlib
from collections.abc import Set

import structlog
from linebot.v3.messaging import ApiException
from linebot.v3.messaging.models import (
    PostbackAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)

from bot.channels.line.api import LineApi
from bot.channels.menus import Menus, Tiles
from bot.drawing import font_file
from bot.tiles import LOOK, draw_tiles, places

# The sizes that LINE takes, in pixels.
_WIDTH, _HEIGHT, _COLUMNS = 2500, 843, 3
_OURS = "madoguchi"
_LABEL = 20

log = structlog.get_logger()


class LineMenus:
    """Keeps the menus as they should be; asks LINE only when something has changed."""

    def __init__(self, api: LineApi) -> None:
        self._api = api
        self._made: dict[str, str] = {}  # LINE's number of a menu, by its key
        self._drawn: set[str] = set()
        self._everybody = ""  # the key of what LINE shows to all others
        self._shown: dict[str, str] | None = None  # the key of each chat's own menu
        self._passing: Set[str] = frozenset()

    @property
    def passing(self) -> Set[str] | None:
        """Return the chats whose menu ends by itself; None before any was shown."""
        if self._shown is None:
            return None
        return {person for person, key in self._shown.items() if key in self._passing}

    async def show(self, menus: Menus) -> None:
        """Bring LINE up to date. Raises what LineApi raises."""
        if self._shown is None:
            await self._find_ours(menus)
            for person in menus.left - menus.shown.keys():  # whoever left while nobody looked
                await self._hide(person)
            self._shown = {}
        for person in (self._shown.keys() & menus.left) - menus.shown.keys():
            await self._hide(person)
            del self._shown[person]
        self._passing = menus.passing
        if self._everybody != menus.everybody:
            number = await self._menu(menus.everybody, menus.tiles[menus.everybody])
            await self._api.sdk.set_default_rich_menu(number)
            self._everybody = menus.everybody
        for person, key in menus.shown.items():
            if self._shown.get(person) == key:
                continue
            if key == menus.everybody:  # whatever was shown before a restart
                await self._hide(person)
            else:
                await self._show(person, key, menus.tiles[key])
            self._shown[person] = key
        # Who is spoken of no more is shown theirs again when they come back.
        self._shown = {each: key for each, key in self._shown.items() if each in menus.shown}

    async def _find_ours(self, menus: Menus) -> None:
        """Find what was made before a restart and serves on; of another make it is taken away."""
        current = {_request(key, shown).name: key for key, shown in menus.tiles.items()}
        for menu in await self._api.menus():
            if menu.name in current:
                self._made[current[menu.name]] = menu.rich_menu_id
            elif menu.name.startswith(_OURS):
                await self._api.sdk.delete_rich_menu(menu.rich_menu_id)

    async def _menu(self, key: str, shown: Tiles) -> str:
        """Return LINE's number of the menu, made and drawn once; whichever of the two failed before
        is done again."""
        if key not in self._made:
            self._made[key] = await self._api.make_menu(_request(key, shown))
        if key not in self._drawn:
            picture = await asyncio.to_thread(draw_tiles, shown.buttons, _COLUMNS, _WIDTH, _HEIGHT)
            await self._api.draw_menu(self._made[key], picture)
            self._drawn.add(key)
        return self._made[key]

    async def _show(self, person: str, key: str, shown: Tiles) -> None:
        menu = await self._menu(key, shown)
        try:
            await self._api.sdk.link_rich_menu_id_to_user(person, menu)
        except ApiException as error:
            if error.status == 404:  # somebody has deleted it: make it anew next time
                del self._made[key]
                self._drawn.discard(key)
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


def _request(key: str, shown: Tiles) -> RichMenuRequest:
    """Return the menu; its name tells what is in it, so that another make is another menu."""
    areas = [
        RichMenuArea(
            bounds=RichMenuBounds(x=x, y=y, width=width, height=height),
            action=PostbackAction(
                label=each.label[:_LABEL], data=each.data, displayText=each.label
            ),
        )
        for each, (x, y, width, height) in zip(
            shown.buttons, places(len(shown.buttons), _COLUMNS, _WIDTH, _HEIGHT), strict=True
        )
    ]
    look = (shown, LOOK, font_file())
    content = hashlib.sha256(repr(look).encode()).hexdigest()[:12]
    return RichMenuRequest(
        size=RichMenuSize(width=_WIDTH, height=_HEIGHT),
        selected=True,
        name=f"{_OURS} {key} {content}",
        chatBarText=shown.title,
        areas=areas,
    )
