"""The bookings of the parent who is speaking."""

from datetime import datetime

from models.booking import Booking
from models.store import Store
from models.turn import Turn


def find(turn: Turn, store: Store, booking_id: int) -> Booking | None:
    """Return the booking, if it is this parent's own: anyone may press anyone's forwarded button,
    which goes on record."""
    booking = store.bookings.by_id(booking_id)
    if booking is None or booking.job_seeker_id != turn.contact.job_seeker_id:
        subject = f"booking {booking_id}" if booking else ""
        store.audit.note(turn.contact, "foreign button", turn.now, subject=subject, allowed=False)
        return None
    return booking


def current(turn: Turn, store: Store) -> list[Booking]:
    """Return this parent's bookings that are not over."""
    if turn.contact.job_seeker_id is None:
        return []
    return store.bookings.current(turn.contact.job_seeker_id, turn.now)


def is_own(turn: Turn, booking: Booking) -> bool:
    """Return whether a booking may be shown to this parent: contact counts for whoever may be the
    same person, but until staff have said so nothing of the other is told."""
    return booking.job_seeker_id == turn.contact.job_seeker_id


def since(turn: Turn, store: Store, instant: datetime) -> list[Booking]:
    """Return this parent's bookings of any status that start after an instant. They are for noting
    contact, and not to be shown: whoever may be the same person counts too."""
    seeker = turn.contact.job_seeker_id
    return store.bookings.of_maybe_same(seeker, instant) if seeker is not None else []
