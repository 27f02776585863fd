"""Frequent questions: each has an answer of the office's own or of ours, and below it stays the
way to a person."""

from handlers.parents import asking
from handlers.shared import parts
from handlers.shared.chosen import Chosen
from models.chat import Message, column
from models.store import Store
from models.topic import Topic
from models.turn import Turn


def answer(
    turn: Turn, store: Store, topic: Topic, text: str, before: Chosen | None
) -> list[Message]:
    """Answer a frequent question, and offer to send it to the office, or to go on with what the
    question came in between."""
    own = turn.office.faq.get(topic)
    told = turn.office.words(own, turn.say.language) if own else _ours(turn, topic)
    message = Message(
        title=turn.say(f"faq.{topic}_title", app=turn.office.video.name),
        text=f"{told}\n{turn.say('faq.more')}",
        groups=(column(before.go_on(turn)),) if before else (),
        shortcuts=parts.menu_shortcuts(turn),
    )
    return asking.with_send(turn, store, text, [message])


def _ours(turn: Turn, topic: Topic) -> str:
    office = turn.office
    opens, closes = office.office_hours
    first, last = office.hours
    return turn.say(
        f"faq.{topic}",
        app=office.video.name,
        minutes=office.slot_minutes,
        phone=parts.phone(turn),
        opens=turn.say.time(opens),
        closes=turn.say.time(closes),
        first=turn.say.time(first),
        last=turn.say.time(last),
    )
