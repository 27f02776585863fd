"""LINE's rich menu for staff: what they need every day, in reach below the chat. Parents see the
menu that the office makes in LINE's own manager, or none."""

import asyncio
import hashlib
from collections.abc import Sequence

import structlog
from linebot.v3.messaging import ApiException
from linebot.v3.messaging.models import (
    PostbackAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)

from bot.channels.line import LineChannel
from bot.menus.team import team_on
from bot.pages import drawing
from handlers.staff import desk
from locales import languages, phrases
from models.chat import Button
from models.database import Database
from models.office import Office

# The sizes that LINE takes, in pixels.
_WIDTH, _HEIGHT, _COLUMNS = 2500, 843, 3
_OURS = "madoguchi staff"

log = structlog.get_logger()


class LineMenus:
    """Keeps the menu as the team is; asks LINE only when something has changed."""

    def __init__(self, database: Database, office: Office, line: LineChannel) -> None:
        self._database = database
        self._office = office
        self.line = line
        self._made: dict[str, str] = {}  # LINE's number of the menu, by language
        self._drawn: set[str] = set()
        self._shown: dict[str, str] | None = None  # the language of each staff chat's menu

    async def refresh(self) -> None:
        """Bring LINE up to date. Raises the SDK's ApiException, aiohttp's ClientError,
        TimeoutError and DatabaseUnavailable."""
        team = await self._database.run(lambda tx: team_on(tx, self._office, self.line.name))
        chats = {each.person: each.language for each in team.chats}
        if self._shown is None:
            if chats or team.left:
                await self._find_ours()
            for person in team.left:  # whoever left while nobody looked
                await self._hide(person)
            self._shown = {}
        for person in self._shown.keys() - chats.keys():
            await self._hide(person)
            del self._shown[person]
        for person, language in chats.items():
            if self._shown.get(person) != language:
                await self._show(person, language)
                self._shown[person] = language

    async def _find_ours(self) -> None:
        """What was made before a restart serves on; of another make it is taken away."""
        current = {_request(language).name: language for language in languages()}
        for menu in await self.line.menus():
            if menu.name in current:
                self._made[current[menu.name]] = menu.rich_menu_id
            elif menu.name.startswith(_OURS):
                await self.line.api.delete_rich_menu(menu.rich_menu_id)

    async def _menu(self, language: str) -> str:
        """LINE's number of the menu, made and drawn once; whichever of the two failed before is
        done again."""
        if language not in self._made:
            self._made[language] = await self.line.make_menu(_request(language))
        if language not in self._drawn:
            labels = [each.label for each in _buttons(language)]
            picture = await asyncio.to_thread(drawing.draw_tiles, labels, _COLUMNS, _WIDTH, _HEIGHT)
            await self.line.draw_menu(self._made[language], picture)
            self._drawn.add(language)
        return self._made[language]

    async def _show(self, person: str, language: str) -> None:
        menu = await self._menu(language)
        try:
            await self.line.api.link_rich_menu_id_to_user(person, menu)
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
            await self.line.api.unlink_rich_menu_id_from_user(person)
        except ApiException as error:
            if error.status not in (400, 404):
                raise
            log.info("menu not hidden", status=error.status)


def _buttons(language: str) -> Sequence[Button]:
    return desk.every_day(phrases(language))


def _request(language: str) -> RichMenuRequest:
    """The menu; its name tells what is in it, so that another make is another menu."""
    buttons = _buttons(language)
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
    content = hashlib.sha256(repr(buttons).encode()).hexdigest()[:12]
    return RichMenuRequest(
        size=RichMenuSize(width=_WIDTH, height=_HEIGHT),
        selected=True,
        name=f"{_OURS} {language} {content}",
        chatBarText=phrases(language)("desk.title"),
        areas=areas,
    )
