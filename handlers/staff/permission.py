"""Who may do what: counselors act on their own bookings, admins on all."""

from models.booking import Booking
from models.chat import NotAButton
from models.store import Store
from models.store.forms import FOUND_LASTS
from models.tables import Role
from models.turn import Turn

ADMIN = (Role.ADMIN,)
STAFF = (Role.ADMIN, Role.COUNSELOR)


class NotAllowed(Exception):
    """This staff member may not do this; `subject` says to what."""

    def __init__(self, subject: str = "") -> None:
        super().__init__(subject)
        self.subject = subject


def is_admin(turn: Turn) -> bool:
    return turn.contact.role == Role.ADMIN


def may_act_on(turn: Turn, booking: Booking) -> bool:
    """Return whether a booking is this staff member's business."""
    return is_admin(turn) or booking.counselor_id == turn.contact.counselor_id


def booking_of(turn: Turn, store: Store, booking_id: int) -> Booking:
    """Return a booking that this staff member may act on. Raises NotAButton and NotAllowed."""
    booking = store.bookings.by_id(booking_id)
    if booking is None:
        raise NotAButton("no such booking")
    # Locked in the same order as in a parent's turn, and read again under the lock.
    store.contacts.parent_of(booking.job_seeker_id)
    booking = store.bookings.by_id(booking_id)
    assert booking is not None, "bookings are kept for years"
    if not may_act_on(turn, booking):
        raise NotAllowed(about(booking))
    return booking


def check_person(turn: Turn, store: Store, seeker_id: int) -> None:
    """Let admins see everybody; counselors whom they meet, and whom they have just looked up.
    Raises NotAButton and NotAllowed."""
    if not store.seekers.exists(seeker_id):
        raise NotAButton("no such person")
    just_found = store.forms.last_found(turn.contact.id, turn.now - FOUND_LASTS)
    if is_admin(turn) or seeker_id == just_found:
        return
    counselor = turn.contact.counselor_id
    if counselor not in [each.counselor_id for each in store.bookings.of_seeker(seeker_id)]:
        raise NotAllowed(f"person {seeker_id}")


def about(booking: Booking) -> str:
    """Return how the audit and replies name a booking."""
    return f"booking {booking.id}"
