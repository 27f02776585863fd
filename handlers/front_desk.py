"""What staff are answered: which step, and whether they may."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from handlers import commands
from handlers.buttons import press
from handlers.shared import personal_numbers
from handlers.staff import desk, reasons
from handlers.staff.permission import NotAllowed
from models.chat import Did, Event, Message, NotAButton
from models.rules import details
from models.store import Store
from models.tables import AlertKind, Awaited
from models.text import says_something
from models.turn import Turn


def answer(turn: Turn, store: Store, event: Event) -> list[Message]:
    """Return what a staff member is answered; refusals are on record."""
    act = _act(turn, store, event)
    try:
        return [*_quota_gone(turn, store, event), *act.step(turn, store)]
    except NotAllowed as refusal:
        return refuse(turn, store, act.what, refusal.subject)
    except NotAButton:  # it was there once, and is no more
        return desk.stale_button(turn)


def _quota_gone(turn: Turn, store: Store, event: Event) -> list[Message]:
    """Return what a free answer says first: that nothing else reaches staff and parents."""
    if event.did not in (Did.SAID, Did.TAPPED) or event.group is not None:
        return []
    is_open = [
        kind for kind in (AlertKind.QUOTA_GONE, AlertKind.QUOTA_LOW) if store.alerts.is_open(kind)
    ]
    return [Message(text=f"⚠ {turn.say(f'alert.{kind}')}") for kind in is_open[:1]]


def refuse(turn: Turn, store: Store, what: str, subject: str = "") -> list[Message]:
    """Refuse, on record."""
    store.audit.note(turn.contact, what, turn.now, subject=subject, allowed=False)
    return [Message(text=turn.say("desk.not_allowed"))]


class _Act(NamedTuple):
    """What somebody does: its name for the audit, which never holds what was written, and the
    step that answers it."""

    what: str
    step: Callable[[Turn, Store], list[Message]]


def _act(turn: Turn, store: Store, event: Event) -> _Act:
    awaited = None
    if event.group is None:  # whatever is done next, a question that stood before stands no more
        awaited = store.awaited.pop(turn.contact, turn.now)
    match event.did:
        case Did.SAID:
            return _said(turn, store, event, awaited)
        case Did.TAPPED:
            verb = event.text.split(":", 1)[0]
            return _Act(
                verb if verb in commands.BUTTONS else "button", partial(_tap, data=event.text)
            )
        case Did.SENT:
            return _Act("sent", lambda turn, store: desk.not_understood(turn))
        case Did.FOLLOWED:
            return _Act("followed", desk.show_menu)
        case _:
            return _Act("nothing", lambda turn, store: [])


def _said(turn: Turn, store: Store, event: Event, awaited: Awaited | None) -> _Act:
    """Read what is said: a reply is about its message, an awaited text answers the question; only a
    slash makes a command of either."""
    text, command = event.text, commands.typed(event.text)
    answers = _answered(turn, store, event)
    asked = commands.AWAITED.get(awaited.what) if awaited else None
    if (answers or asked) and not text.lstrip().startswith(("/", "／")):
        if command and not command[1] and awaited and awaited.what in reasons.ENDING:
            return _Act(command[0], partial(_command, event=event, command=command))
        if refusal := _not_to_be_taken(turn, store, text):
            if awaited is not None:
                store.awaited.ask(turn.contact.id, awaited.what, awaited.subject, awaited.until)
            return _Act("text", lambda turn, store: [Message(text=turn.say(refusal))])
        if answers:
            kind, number = answers
            reply = commands.REPLIES[kind]
            return _Act("reply", lambda turn, store: reply(turn, store, number, text))
        assert awaited is not None
        return _Act(awaited.what, partial(_take_awaited, awaited=awaited, text=text))
    if command is not None:
        return _Act(command[0], partial(_command, event=event, command=command))
    return _Act(
        "text", lambda turn, store: desk.not_understood(turn) if event.group is None else []
    )


def _not_to_be_taken(turn: Turn, store: Store, text: str) -> str | None:
    """Return why a text is no reason, name or answer; the phrase that says so."""
    if not says_something(text):
        return "desk.empty"
    return "desk.personal" if _names_somebodys_number(turn, store, text) else None


def _names_somebodys_number(turn: Turn, store: Store, text: str) -> bool:
    """Return whether a parent's phone or registration number stands in a text: it does not belong
    into a chat, while the office's own number may."""
    return any(
        store.seekers.is_known(
            phone=_accepted(details.phone, number),
            registration=_accepted(
                partial(details.registration, pattern=turn.office.registration_pattern), number
            ),
        )
        for number in personal_numbers.numbers_in(text)
    )


def _accepted(field: Callable[[str], str], number: str) -> str | None:
    try:
        return field(number)
    except details.Refused:
        return None


def _take_awaited(turn: Turn, store: Store, awaited: Awaited, text: str) -> list[Message]:
    asked = commands.AWAITED[awaited.what]
    if turn.contact.role not in asked.roles:
        raise NotAllowed(awaited.what)
    if awaited.what in reasons.ENDING:
        return reasons.show(turn, store, awaited, text)
    return asked.step(turn, store, awaited.subject, text)


def _command(turn: Turn, store: Store, event: Event, command: tuple[str, str]) -> list[Message]:
    name, rest = command
    found = commands.COMMANDS[name]
    if turn.contact.role not in found.roles:
        raise NotAllowed
    if event.group is not None and not found.in_group:
        store.audit.note(turn.contact, name, turn.now, subject="in a group", allowed=False)
        return [Message(text=turn.say("desk.not_in_group"))]
    return found.step(turn, store, rest)


def _answered(turn: Turn, store: Store, event: Event) -> tuple[str, int] | None:
    """Return what the message speaks of to which this text is a reply."""
    if event.replies_to is None or event.group is not None:
        return None
    about = store.sent.about(event.channel, turn.contact.person, event.replies_to)
    return commands.number_in(about) if about else None


def _tap(turn: Turn, store: Store, data: str) -> list[Message]:
    found = commands.BUTTONS.get(data.split(":", 1)[0])
    if found is None:
        return desk.stale_button(turn)
    if turn.contact.role not in found.roles:
        raise NotAllowed
    return press(found.step, turn, store, data)
