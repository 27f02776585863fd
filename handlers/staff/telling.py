"""Telling a parent, in their language, what staff have done; staff hear whether it arrived."""

from collections.abc import Callable

from handlers.staff.permission import about
from models.booking import Booking
from models.chat import Message
from models.letter_kind import LetterKind
from models.store import Store
from models.turn import Turn


def tell_parent(
    turn: Turn, store: Store, booking: Booking, make: Callable[[Turn], Message]
) -> None:
    """Write to the parent of a booking. Each change of a booking is told once."""
    to = turn.to(store.contacts.parent_of(booking.job_seeker_id))
    change = store.bookings.how_often_changed(booking.id)
    to.write(
        LetterKind.NEWS,
        make(to),
        subject=str(change),
        booking=booking,
        report_to=turn.contact.id,
    )


def note(
    turn: Turn, store: Store, booking: Booking, what: str, *, before: str = "", after: str = ""
) -> None:
    """Put what a staff member did with a booking into the audit."""
    store.audit.note(
        turn.contact, what, turn.now, subject=about(booking), before=before, after=after
    )


def by(turn: Turn) -> str:
    """Return how a booking's history names who did it."""
    return f"staff {turn.contact.staff_id}"
