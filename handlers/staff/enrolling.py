"""Becoming staff by a one-time code, and ceasing to be."""

import re
import unicodedata
from datetime import timedelta

from handlers.shared import own_bookings
from handlers.staff import desk
from models.chat import Message
from models.store import Store
from models.store.staff import TRIES
from models.turn import Turn

_CODE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){3}")
_TRIES_LAST = timedelta(hours=1)


def code_in(text: str) -> str | None:
    """Return the one-time code that a text is, in whatever way it was typed."""
    typed = unicodedata.normalize("NFKC", text).strip().upper()
    return typed if _CODE.fullmatch(typed) else None


def enrol(turn: Turn, store: Store, code: str) -> list[Message]:
    """Take a code that somebody gives: good, and they work here from now on; else they are told so,
    and it is on record."""
    if turn.contact.role is not None:
        return [desk.menu(turn, turn.say("enrol.already"))]
    if own_bookings.current(turn, store):
        return [Message(text=turn.say("enrol.is_a_parent"))]
    since = turn.now - _TRIES_LAST
    too_often = store.audit.refusals(turn.contact.id, "enrol", since) >= TRIES
    invitation = None if too_often else store.staff.redeem(code, turn.now)
    if invitation is None:
        store.audit.note(turn.contact, "enrol", turn.now, allowed=False)
        return [Message(text=turn.say("enrol.too_often" if too_often else "enrol.wrong"))]
    staff_id = store.staff.add(turn.contact.id, invitation, turn.now)
    # What the parent was asked, and what the parent waited for.
    store.awaited.pop(turn.contact, turn.now)
    store.waiting.end(turn.contact.id, turn.now)
    contact = store.contacts.by_id(turn.contact.id)
    store.audit.note(
        contact, "enrol", turn.now, subject=f"staff {staff_id}", after=str(invitation.role)
    )
    role = turn.say(f"role.{invitation.role}")
    hello = turn.say("enrol.welcome", name=invitation.name, role=role)
    return [desk.menu(turn.of(contact), hello)]
