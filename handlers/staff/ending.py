"""The office ends a booking: the parent is told why and offered other slots (art. 12(1))."""

from handlers.shared import booking_card, offering, own_bookings, parts
from handlers.staff import cards, people
from handlers.staff.permission import booking_of
from handlers.staff.telling import by, note, tell_parent
from models.booking import Booking
from models.chat import Message, button, column
from models.rules.days import local_day
from models.rules.slots import nearest, one_for_each_start
from models.store import Store
from models.tables import Status
from models.turn import Turn

STOPPED = "stopped"
_CHOICES = 4


def end_for_office(turn: Turn, store: Store, booking: Booking, reason: str) -> None:
    """Cancel one of several bookings that a change of the calendar has hit."""
    end(turn, store, booking.id, booking.version, reason, "")


def end(
    turn: Turn, store: Store, booking_id: int, version: int, reason: str, words: str
) -> list[Message]:
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking) or booking.version != version:
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    before = booking.status
    booking = store.bookings.set_status(
        booking, Status.WITHDRAWN, turn.now, by=by(turn), why=reason or "in own words"
    )
    what = "stop" if reason == STOPPED else "withdraw"
    if words:  # they may speak of the person
        about = "note.stopped" if what == "stop" else "note.withdrawn"
        people.remember(turn, store, booking.job_seeker_id, about, words)
    note(turn, store, booking, what, before=str(before), after=reason or "in own words")
    store.alerts.close_of(booking.id, turn.now)
    if what == "stop":
        tell_parent(turn, store, booking, lambda to: told(to, booking, "stop"))
    else:
        tell_parent(turn, store, booking, lambda to: _offer(to, store, booking, reason, words))
    return [cards.card(turn, store, booking, turn.say("act.done"))]


def _offer(to: Turn, store: Store, booking: Booking, reason: str, words: str) -> Message:
    """Return what the parent is told of a cancellation by the office: why, and other slots to
    choose."""
    why = words or to.say(f"reason.{reason}")
    ended = local_day(booking.starts_at, to.office.zone)
    offered = offering.days(to, store, own_bookings.current(to, store))
    every = [
        slot
        for day, slots in offered.free.items()
        for slot in slots
        # Not the very thing that has just been cancelled.
        if day != ended or (reason != "closed" and slot.counselor_id != booking.counselor_id)
    ]
    close = nearest(one_for_each_start(every, booking.counselor_id), booking.starts_at, _CHOICES)
    choices = [
        button(parts.when(to, slot.starts_at), "time/1", booking.service, *slot) for slot in close
    ]
    return Message(
        title=to.say("told.withdraw_title"),
        headline=parts.headline_of(to, booking),
        text=to.say("told.withdraw_text", reason=why, phone=parts.phone(to)),
        groups=(
            column(
                *choices,
                button(to.say("menu.book_again"), "book/1"),
                booking_card.out_of_calendar(to, booking),
            ),
        ),
    )


def told(to: Turn, booking: Booking, what: str) -> Message:
    return Message(
        title=to.say(f"told.{what}_title"),
        headline=parts.headline_of(to, booking),
        text=to.say(f"told.{what}_text", phone=parts.phone(to)),
        groups=(
            column(
                button(to.say("menu.book_again"), "book/1"),
                booking_card.out_of_calendar(to, booking),
            ),
        ),
    )
