"""What staff are answered: which step, and whether they may."""

from handlers import commands
from handlers.buttons import press
from handlers.staff import desk
from handlers.staff.permission import NotAllowed
from models.chat import Did, Event, Message, NotAButton
from models.store import Store
from models.turn import Turn


def answer(turn: Turn, store: Store, event: Event) -> list[Message]:
    """What a staff member is answered; refusals are on record."""
    try:
        match event.did:
            case Did.SAID:
                return _said(turn, store, event)
            case Did.TAPPED:
                return _tapped(turn, store, event.text)
            case Did.SENT:
                return desk.not_understood(turn)
            case Did.FOLLOWED:
                return desk.show_menu(turn, store)
            case _:
                return []
    except NotAllowed as refusal:
        what = (commands.typed(event.text) or (event.text.split(":")[0],))[0]
        return refuse(turn, store, what, refusal.subject)


def refuse(turn: Turn, store: Store, what: str, subject: str = "") -> list[Message]:
    """No, and it is on record."""
    store.audit.note(turn.contact, what, turn.now, subject=subject, allowed=False)
    return [Message(text=turn.say("desk.not_allowed"))]


def _said(turn: Turn, store: Store, event: Event) -> list[Message]:
    command = commands.typed(event.text)
    if event.group is None:
        awaited = store.awaited.take(turn.contact.id, turn.now)
        if command is None and awaited is not None:
            asked = commands.AWAITED[awaited.what]
            if turn.contact.role not in asked.roles:
                raise NotAllowed(awaited.what)
            return asked.step(turn, store, awaited.subject, event.text)
        if command is None and (about := _answered(turn, store, event)):
            kind, number = about
            return commands.REPLIES[kind](turn, store, number, event.text)
    if command is None:
        return desk.not_understood(turn) if event.group is None else []
    name, rest = command
    found = commands.COMMANDS[name]
    if turn.contact.role not in found.roles:
        raise NotAllowed
    if event.group is not None and not found.in_group:
        store.audit.note(turn.contact, name, turn.now, subject="in a group", allowed=False)
        return [Message(text=turn.say("desk.not_in_group"))]
    return found.step(turn, store, rest)


def _answered(turn: Turn, store: Store, event: Event) -> tuple[str, int] | None:
    """What the message speaks of to which this text is a reply."""
    if event.replies_to is None:
        return None
    about = store.sent.about(event.channel, turn.contact.person, event.replies_to)
    return commands.number_in(about) if about else None


def _tapped(turn: Turn, store: Store, data: str) -> list[Message]:
    found = commands.BUTTONS.get(data.split(":", 1)[0])
    if found is None:
        return desk.stale_button(turn)
    if turn.contact.role not in found.roles:
        raise NotAllowed
    try:
        return press(found.step, turn, store, data)
    except NotAButton:
        return desk.stale_button(turn)
