"""Reports: whether what a parent was told on a staff member's behalf could be delivered."""

from handlers.parents import cards
from models.chat import Message
from models.store.booking import Booking
from models.turn import Turn


def tell(turn: Turn, booking: Booking | None, state: str) -> None:
    """How a letter ended. On LINE, where a push costs, only if staff must do something."""
    if state == "accepted" and turn.contact.channel == "line":
        return
    known = state if state in ("accepted", "uncertain", "no_chat") else "not_delivered"
    which = f"{booking.reference} {cards.when_of(turn, booking)}" if booking else ""
    turn.write("report", Message(text=f"{which}\n{turn.say(f'report.{known}')}".strip()))
