"""Interpreters whom the office is asked for (art. 12(3))."""

from locales import best_language, of_speech, phrases
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
        spoken = language_of(turn, store, booking)
        store.alerts.about(booking, AlertKind.INTERPRETER_WANTED, turn.now, detail=spoken)
    else:
        store.alerts.close(booking.id, AlertKind.INTERPRETER_WANTED, turn.now)


def language_of(turn: Turn, store: Store, booking: Booking) -> str:
    """Return the own name of the language of the parent's chat, nothing where it is the office's:
    who reads that needs another one, and plain Japanese is read by many."""
    chats = store.contacts.of_seeker(booking.job_seeker_id)
    language = best_language(chats[0].language) if chats else None
    if language is None or of_speech(language) == turn.office.language:
        return ""
    return phrases(language)("language.name")
