"""Menus that a platform shows beside the chat: they follow the team."""

import asyncio

import structlog

from bot.channels.base import Channel, Unanswered
from bot.channels.menus import Commands, Menus, Shortcuts, StaffChat
from bot.core import Core
from handlers import commands
from handlers.staff import desk
from locales import best_language, languages, phrases
from models.database import DatabaseUnavailable, Transaction
from models.office import Office
from models.store.contacts import Contacts
from models.store.staff import StaffStore
from models.tables import Role

_PARENTS = ("start", "book", "mine", "cancel", "help")
# How soon a new colleague sees the staff's menu.
_EVERY_SECONDS = 15

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
    found = await core.database.run(lambda tx: menus_of(tx, core.office, channel.name))
    await channel.show_menus(found)


def menus_of(tx: Transaction, office: Office, channel: str) -> Menus:
    """Return what a channel is to show, as the team is now."""
    staff, contacts = StaffStore(tx), Contacts(tx)
    chats = {}
    for member in staff.team():
        if member.channel == channel:
            contact = contacts.by_id(member.contact_id)
            language = best_language(contact.language) or office.language
            chats[contact.person] = StaffChat(language, _commands(language, member.role))
    return Menus(
        language=office.language,
        parents={each: _of_parents(each) for each in languages()},
        every_day={each: _every_day(each) for each in languages()},
        staff=chats,
        left=staff.left(channel),
    )


def _commands(language: str, role: Role) -> Commands:
    say = phrases(language)
    return {
        name: say(f"command.{name}")
        for name, command in commands.COMMANDS.items()
        if role in command.roles
    }


def _of_parents(language: str) -> Commands:
    return {name: phrases(language)(f"parents_command.{name}") for name in _PARENTS}


def _every_day(language: str) -> Shortcuts:
    say = phrases(language)
    return Shortcuts(say("desk.title"), tuple(desk.every_day(say)))
