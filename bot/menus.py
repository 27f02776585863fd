"""Menus that a platform shows beside the chat: they follow the team, and what each parent can do
next."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import cache

import structlog

from bot.channels.base import Channel, Unanswered
from bot.channels.menus import Commands, Menus, Tiles
from bot.core import Core
from handlers import commands
from handlers.parents.tiles import tiles
from handlers.staff import desk
from locales import best_language, languages, phrases
from models.database import DatabaseUnavailable, Transaction
from models.office import Office
from models.rules.menus import MenuState, menu_state
from models.store.contacts import Contacts
from models.store.parent_menus import ParentMenus
from models.store.staff import StaffStore
from models.tables import Role

_STAFF = "staff"
_PARENTS = ("start", "book", "mine", "cancel", "help")
# How soon a menu follows what has happened.
_EVERY_SECONDS = 5

log = structlog.get_logger()


async def keep_menus(core: Core, channel: Channel) -> None:
    """Bring a channel's menus up to date, again and again."""
    while True:
        try:
            await refresh_menus(core, channel)
        except (Unanswered, DatabaseUnavailable) as error:
            log.warning("menus not set", channel=channel.name, error=str(error))
        await asyncio.sleep(_EVERY_SECONDS)


async def refresh_menus(core: Core, channel: Channel) -> None:
    """Bring a channel's menus up to date. Raises Unanswered and DatabaseUnavailable."""
    now = core.clock()
    found = await core.database.run(lambda tx: menus_of(tx, core.office, channel, now))
    await channel.show_menus(found)


def menus_of(tx: Transaction, office: Office, channel: Channel, now: datetime) -> Menus:
    """Return what a channel is to show: to the team as it is now, and tiles to the parents whose
    menu may have to change."""
    staff, contacts = StaffStore(tx), Contacts(tx)
    commands_of, shown = {}, {}
    parents = (
        ParentMenus(tx).facts(channel.name, now, channel.passing_menus())
        if channel.has_tiles
        else []
    )
    for each in parents:
        state = menu_state(each.next_start, now, office.zone, may_book=each.may_book)
        shown[each.person] = _key(state.value, best_language(each.language) or office.language)
    for member in staff.team():
        if member.channel == channel.name:
            contact = contacts.by_id(member.contact_id)
            language = best_language(contact.language) or office.language
            commands_of[contact.person] = _commands(language, member.role)
            shown[contact.person] = _key(_STAFF, language)
    return Menus(
        language=office.language,
        parents={each: _of_parents(each) for each in languages()},
        staff=commands_of,
        left=staff.left(channel.name),
        tiles=all_tiles(),
        shown=shown,
        everybody=_key(MenuState.NEW.value, office.language),
        passing=frozenset(
            _key(state.value, each)
            for state in (MenuState.BOOKED, MenuState.TODAY)
            for each in languages()
        ),
    )


@cache
def all_tiles() -> Mapping[str, Tiles]:
    """Return every menu of tiles by its key."""
    found = {_key(_STAFF, each): _every_day(each) for each in languages()}
    for language in languages():
        say = phrases(language)
        for state in MenuState:
            shown = Tiles(say("menu.bar"), tuple(tiles(say, state)))
            found[_key(state.value, language)] = shown
    return found


def _key(kind: str, language: str) -> str:
    return f"{kind} {language}"


def _commands(language: str, role: Role) -> Commands:
    say = phrases(language)
    return {
        name: say(f"command.{name}")
        for name, command in commands.COMMANDS.items()
        if role in command.roles
    }


def _of_parents(language: str) -> Commands:
    return {name: phrases(language)(f"parents_command.{name}") for name in _PARENTS}


def _every_day(language: str) -> Tiles:
    say = phrases(language)
    return Tiles(say("desk.title"), tuple(desk.every_day(say)))
