"""My data: a page that shows what is stored of a parent, and erases it."""

from models.chat import Link, Message, column
from models.store import Store
from models.store.forms import FORM_LIFE, Purpose
from models.turn import Turn


def show(turn: Turn, store: Store) -> list[Message]:
    """Return a one-time link to the page."""
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.MY_DATA)
    minutes = int(FORM_LIFE.total_seconds() // 60)
    link = Link(turn.say("my_data.open"), turn.links.my_data(token), primary=True)
    return [
        Message(
            title=turn.say("my_data.title"),
            text=turn.say("my_data.text", minutes=minutes),
            groups=(column(link),),
        )
    ]
