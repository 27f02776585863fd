"""Reasons in staff's own words: shown first, and acted upon only by a button. A text that was meant
for something else ends nothing."""

from collections.abc import Callable
from datetime import timedelta

from handlers.staff import cancelling, desk, people
from handlers.staff.permission import ADMIN, NotAllowed
from models.chat import Message, button, column
from models.store import Store
from models.tables import Awaited
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
# What ends something by a reason: step(turn, store, subject, text).
ENDING: dict[str, Callable[[Turn, Store, str, str], list[Message]]] = {
    "withdraw": cancelling.withdraw_because,
    "refuse": people.refuse,
    "stop": cancelling.stop_because,
}


def show(turn: Turn, store: Store, awaited: Awaited, text: str) -> list[Message]:
    """Return the reason as it would be used, with "send" and "do not"."""
    assert turn.event is not None
    until = turn.now + _ANSWER_WITHIN
    draft = store.questions.keep_draft(turn.contact.id, text, turn.event.message_id, until)
    subject = [int(part) for part in awaited.subject.split()]
    send = button(
        turn.say(f"reasons.{awaited.what}"), "sendreason/1", awaited.what, *subject, draft
    )
    drop = button(turn.say("reasons.drop"), "dropreason/1", draft)
    return [
        Message(title=turn.say("reasons.title"), text=f"「{text}」", groups=(column(drop, send),))
    ]


def send(turn: Turn, store: Store, what: str, first: int, second: int, draft: int) -> list[Message]:
    """Act upon the reason that was shown."""
    if what not in ENDING:
        return desk.stale_button(turn)
    if what == "refuse" and turn.contact.role not in ADMIN:
        raise NotAllowed(what)
    text = store.questions.take_draft(turn.contact.id, draft, turn.now)
    if text is None:
        return [Message(text=turn.say("reasons.gone"))]
    return ENDING[what](turn, store, f"{first} {second}", text)


def drop(turn: Turn, store: Store, draft: int) -> list[Message]:
    """Drop what was meant for something else."""
    store.questions.take_draft(turn.contact.id, draft, turn.now)
    return [desk.menu(turn, turn.say("reasons.dropped"))]
