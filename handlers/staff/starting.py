"""Starting a consultation: a one-time page that leads the host into the room."""

from handlers.shared import parts
from handlers.staff import cards
from handlers.staff.permission import booking_of
from models.chat import Link, Message, button, column
from models.store import Store
from models.store.forms import DESK_LIFE, Purpose
from models.turn import Turn


def give_page(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Return the page; the host's own address is never stored and never sent."""
    booking = booking_of(turn, store, booking_id)
    if not cards.can_start(turn, booking):
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.START, booking.id)
    minutes = parts.minutes(DESK_LIFE)
    return [
        Message(
            title=turn.say("start.title"),
            text=turn.say("start.text", minutes=minutes, app=turn.office.video.name),
            groups=(
                column(
                    Link(turn.say("start.open"), turn.links.desk("start", token), in_browser=True),
                    button(turn.say("desk.back"), "booking/1", booking.id),
                ),
            ),
        )
    ]
