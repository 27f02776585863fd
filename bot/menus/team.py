"""Whose chat shows the staff's menu on a channel."""

from typing import NamedTuple

from locales import best_language
from models.database import Transaction
from models.office import Office
from models.store.contacts import Contacts
from models.store.staff import StaffStore
from models.tables import Role


class StaffChat(NamedTuple):
    """A staff member's chat."""

    person: str
    role: Role
    language: str


class Team(NamedTuple):
    """The staff chats of a channel, and the chats of those who work here no more."""

    chats: set[StaffChat]
    left: set[str]


def team_on(tx: Transaction, office: Office, channel: str) -> Team:
    """Who works here by this channel, and who did."""
    staff, contacts = StaffStore(tx), Contacts(tx)
    chats = {
        StaffChat(contact.person, member.role, best_language(contact.language) or office.language)
        for member in staff.team()
        if member.channel == channel and (contact := contacts.by_id(member.contact_id))
    }
    return Team(chats, staff.left(channel))
