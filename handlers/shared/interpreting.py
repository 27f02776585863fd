"""Interpreters whom the office is asked for (art. 12(3))."""

from models.booking import Booking
from models.store import Store
from models.tables import INTERPRETED, AlertKind, Companion
from models.turn import Turn


def as_last_time(store: Store, seeker_id: int | None) -> Companion:
    """Return who interprets, as for this person's last booking; nobody comes along else."""
    last = store.bookings.latest(seeker_id) if seeker_id is not None else None
    return last.companion if last and last.companion in INTERPRETED else Companion.ALONE


def tell_if_wanted(turn: Turn, store: Store, booking: Booking) -> None:
    """Let staff know that an interpreter is wanted for a booking as it stands now; that nobody is
    wanted any more settles it."""
    if booking.companion is Companion.OUR_INTERPRETER:
        store.alerts.about(booking, AlertKind.INTERPRETER_WANTED, turn.now)
    else:
        store.alerts.close(booking.id, AlertKind.INTERPRETER_WANTED, turn.now)
