"""Asking the office: a parent's own words go to staff, and the answer comes back here."""

from dataclasses import replace
from datetime import time, timedelta

from handlers.parents import gate, welcome
from handlers.shared import hours, parts, personal_numbers
from models.chat import Button, Message, button, column
from models.rules.days import at, local_day
from models.store import Store
from models.turn import Turn

# The name of a question that somebody is asked to write.
AWAITED = "question"
_WRITE_WITHIN = timedelta(minutes=30)
_MOST_OPEN, _MOST_A_DAY = 3, 5
_LEAST_SIGNS = 5


@gate.unless_refused
def ask(turn: Turn, store: Store) -> list[Message]:
    """Take the next text as the question."""
    if _has_asked_enough(turn, store):
        return [Message(text=turn.say("ask.enough", phone=parts.phone(turn)))]
    store.awaited.ask(turn.contact.id, AWAITED, "", turn.now + _WRITE_WITHIN)
    return [
        Message(
            title=turn.say("ask.title"),
            text=turn.say("ask.text"),
            groups=(column(button(turn.say("ask.stop"), "menu/1")),),
        )
    ]


@gate.unless_refused
def send(turn: Turn, store: Store, text: str) -> list[Message]:
    """Send the question, unless it holds a number that does not belong into a chat."""
    if personal_numbers.without_personal_numbers(text) != text:
        return [*welcome.not_here(turn, store), *ask(turn, store)]
    if _has_asked_enough(turn, store):
        return [Message(text=turn.say("ask.enough", phone=parts.phone(turn)))]
    assert turn.event is not None
    store.questions.ask(turn.contact.id, text, turn.event.message_id, turn.now)
    return _taken(turn)


@gate.unless_refused
def offer(turn: Turn, store: Store, text: str) -> list[Message]:
    """Offer to send to the office, by one tap, what the program cannot read: it may be meant for a
    person."""
    send = _send(turn, store, text)
    if send is None:
        return welcome.not_understood(turn, store)
    menu = parts.menu(turn, turn.say("fallback.not_understood"))
    return [replace(menu, groups=(column(send), *menu.groups))]


def with_send(turn: Turn, store: Store, text: str, messages: list[Message]) -> list[Message]:
    """Offer the same beneath the last of other messages, which answer what may have been meant."""
    send = _send(turn, store, text)
    if send is None:
        return messages
    *first, last = messages
    return [*first, replace(last, groups=(*last.groups, column(replace(send, primary=False))))]


def _send(turn: Turn, store: Store, text: str) -> Button | None:
    is_more_than_a_sign = sum(sign.isalnum() for sign in text) >= _LEAST_SIGNS
    if not is_more_than_a_sign or _has_asked_enough(turn, store):
        return None
    assert turn.event is not None
    until = turn.now + _WRITE_WITHIN
    number = store.questions.keep_draft(turn.contact.id, text, turn.event.message_id, until)
    return button(turn.say("ask.send"), "sendthis/1", number, primary=True)


@gate.unless_refused
def send_typed(turn: Turn, store: Store, draft: int) -> list[Message]:
    """Send what was typed as the question; what is kept no more has to be written again."""
    if _has_asked_enough(turn, store):
        return [Message(text=turn.say("ask.enough", phone=parts.phone(turn)))]
    if store.questions.ask_draft(turn.contact.id, draft, turn.now):
        return _taken(turn)
    return [
        Message(
            text=turn.say("ask.sent_or_gone"),
            groups=(column(button(turn.say("menu.ask"), "ask/1")),),
        )
    ]


def _has_asked_enough(turn: Turn, store: Store) -> bool:
    """Return whether somebody has asked as much as can be answered: open questions, and all of
    today's, those that were taken back among them."""
    midnight = at(turn.today, time(0), turn.office.zone)
    return (
        store.questions.open_of(turn.contact.id) >= _MOST_OPEN
        or store.questions.asked_since(turn.contact.id, midnight) >= _MOST_A_DAY
    )


def _taken(turn: Turn) -> list[Message]:
    if hours.is_open(turn):
        words = turn.say("ask.taken")
    else:
        opens = hours.next_opening(turn)
        day = turn.say.day(local_day(opens, turn.office.zone))
        words = turn.say("ask.taken_later", day=day, time=parts.clock_time(turn, opens))
    return [
        Message(
            title=turn.say("ask.taken_title"),
            text="\n".join([words, turn.say("ask.urgent", phone=parts.phone(turn))]),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]
