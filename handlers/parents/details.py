"""The form: name, reading, phone and registration number, on our own page and never in chat."""

from models.chat import Link, Message, button, column
from models.store import Store
from models.store.forms import FORM_LIFE
from models.turn import Turn


def offer_form(turn: Turn, store: Store) -> list[Message]:
    """Return a one-time link to the form, and the button to go on with afterwards."""
    url = turn.links.form(store.forms.open_link(turn.contact.id, turn.now))
    minutes = int(FORM_LIFE.total_seconds() // 60)
    return [
        Message(
            title=turn.say("details.title"),
            text=turn.say("details.text", minutes=minutes),
            groups=(
                column(
                    Link(turn.say("details.open"), url, primary=True, returns_to_chat=True),
                    button(turn.say("details.next"), "next/1"),
                ),
            ),
        )
    ]
