"""Attendance by staff: present, completed, not come, and undoing a deemed cancellation
(art. 6(6))."""

from handlers.shared import parts
from handlers.staff import cards
from handlers.staff.permission import booking_of
from handlers.staff.telling import by, note, tell_parent
from models.booking import Booking
from models.chat import Link, Message, button, column
from models.contact import NOBODY
from models.database import Conflict
from models.rules.attendance import deadline
from models.store import Store
from models.tables import AlertKind, Status
from models.turn import Turn

_EARLIER = {
    "present": (Status.BOOKED, Status.UNDECIDED),
    "completed": (Status.BOOKED, Status.UNDECIDED, Status.JOINED),
    "absent": (Status.BOOKED, Status.UNDECIDED),
    "undo": (Status.DEEMED_CANCELLED, Status.COMPLETED),
}


def present(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent is there: from 15 minutes before the start on."""
    booking = booking_of(turn, store, booking_id)
    if turn.now < booking.starts_at - parts.EARLY:
        return _not_now(turn, store, booking)
    return _change(turn, store, booking, "present", Status.JOINED)


def completed(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the consultation has taken place."""
    booking = booking_of(turn, store, booking_id)
    if turn.now < booking.starts_at - parts.EARLY:
        return _not_now(turn, store, booking)
    return _change(turn, store, booking, "completed", Status.COMPLETED)


def absent(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent has not come: staff decide what the program could not."""
    booking = booking_of(turn, store, booking_id)
    # Nobody is absent before the grace is over (art. 6(6)).
    if turn.now < deadline(booking.starts_at, turn.office.grace):
        return _not_now(turn, store, booking)
    return _change(turn, store, booking, "absent", Status.DEEMED_CANCELLED)


def undo(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Take back a deemed cancellation, or the end that the video service saw: staff decide anew."""
    booking = booking_of(turn, store, booking_id)
    is_own = not store.bookings.completed_by_service(booking.id)
    if booking.status == Status.COMPLETED and is_own:
        return _not_now(turn, store, booking)
    return _change(turn, store, booking, "undo", Status.UNDECIDED)


def _change(turn: Turn, store: Store, booking: Booking, what: str, status: Status) -> list[Message]:
    if booking.status not in _EARLIER[what]:
        return _not_now(turn, store, booking)
    before = booking.status
    try:
        booking = store.bookings.set_status(booking, status, turn.now, by=by(turn), why=what)
    except Conflict:
        return [Message(text=turn.say("act.slot_taken"))]
    note(turn, store, booking, what, before=str(before), after=str(status))
    store.alerts.close_of(booking.id, turn.now)
    if status == Status.UNDECIDED:
        store.alerts.about(booking, AlertKind.DECIDE_ANEW, turn.now)
    # The parent was not told of an end that the service saw.
    is_told = before != Status.COMPLETED
    if is_told and (
        what == "undo" or store.contacts.parent_of(booking.job_seeker_id) is not NOBODY
    ):
        # Who has no chat need not be phoned to hear that they came.
        tell_parent(turn, store, booking, lambda to: _word(to, booking, what))
    return [cards.card(turn, store, booking, turn.say("act.done"))]


def _not_now(turn: Turn, store: Store, booking: Booking) -> list[Message]:
    return [cards.card(turn, store, booking, turn.say("act.not_now"))]


def _word(to: Turn, booking: Booking, what: str) -> Message:
    """Return what the parent is told of it."""
    buttons: list[Link] = []
    if what in ("present", "undo") and to.now < booking.ends_at:
        buttons.append(parts.join_link(to, booking))
    again = button(to.say("menu.book_again"), "book/1")
    return Message(
        title=to.say(f"told.{what}_title"),
        headline=parts.headline_of(to, booking),
        text=to.say(f"told.{what}_text", phone=parts.phone(to)),
        groups=(column(*buttons, again),),
    )
