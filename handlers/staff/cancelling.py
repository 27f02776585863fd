"""Ending a booking by staff: a call recorded as the parent's own cancellation, the office's
cancellation with a reason, stopping a consultation (arts. 6(6), 12(1))."""

from datetime import timedelta

from handlers.shared import parts
from handlers.staff import cards, closing, ending
from handlers.staff.permission import booking_of
from handlers.staff.telling import by, note, tell_parent
from models.chat import Message, NotAButton, button, column
from models.store import Store
from models.tables import AlertKind, Status
from models.text import shortened
from models.turn import Turn

REASONS = ("counselor", "closed", "technical")
_NOBODY_THERE = ("counselor", "closed")
_ANSWER_WITHIN = timedelta(minutes=15)


def ask_phoned(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask once before a call is recorded."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    yes = button(turn.say("phoned.yes"), "phonedyes/1", booking.id, booking.version)
    return [cards.sure(turn, turn.say("act.by_phone"), turn.say("phoned.sure"), yes, booking)]


def phoned(turn: Turn, store: Store, booking_id: int, version: int) -> list[Message]:
    """Note that the parent cancelled on the phone: it is their own cancellation."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    if booking.version != version:
        return ask_phoned(turn, store, booking_id)
    before = booking.status
    booking = store.bookings.set_status(
        booking, Status.CANCELLED, turn.now, by=by(turn), why="the parent phoned"
    )
    note(turn, store, booking, "phoned", before=str(before), after=str(booking.status))
    store.alerts.close_of(booking.id, turn.now)
    tell_parent(turn, store, booking, lambda to: ending.told(to, booking, "phoned"))
    return [cards.card(turn, store, booking, turn.say("act.done"))]


def phoned_late(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent phoned that they will be late: that is contact, and holds the booking
    (art. 6(6): the phone is the terms' own way)."""
    booking = booking_of(turn, store, booking_id)
    if booking.status not in (Status.BOOKED, Status.UNDECIDED):
        return [cards.card(turn, store, booking)]
    store.presence.record(
        booking.id, booking.version, came=False, how="phone", acted_at=turn.now, now=turn.now
    )
    note(turn, store, booking, "phoned late")
    store.alerts.about(booking, AlertKind.RUNNING_LATE, turn.now, by_staff_id=turn.contact.staff_id)
    return [cards.card(turn, store, booking, turn.say("phoned.late_noted"))]


def ask_withdraw(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask why the office cancels: a button, or one's own words."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    reasons = [
        button(turn.say(f"reason.{each}"), "officeendsyes/1", booking.id, booking.version, each)
        for each in REASONS
    ]
    reasons.append(button(turn.say("withdraw_by_staff.own"), "ownreason/1", booking.id))
    back = button(turn.say("desk.back"), "booking/1", booking.id)
    return [
        Message(
            title=turn.say("withdraw_by_staff.title"),
            text=turn.say("withdraw_by_staff.text"),
            facts=((turn.say("booking.when"), parts.when_of(turn, booking)),),
            groups=(column(*reasons), column(back)),
        )
    ]


def withdraw(turn: Turn, store: Store, booking_id: int, version: int, reason: str) -> list[Message]:
    """Cancel for the office; the parent is told the reason and offered other slots."""
    if reason not in REASONS:
        raise NotAButton("no such reason")
    booking = booking_of(turn, store, booking_id)
    answer = ending.end(turn, store, booking_id, version, reason, "")
    changed = store.bookings.by_id(booking_id)
    if reason in _NOBODY_THERE and changed and changed.status != booking.status:
        # Nobody else is to be offered what cannot take place.
        span = booking.starts_at, booking.ends_at
        store.calendar.add_closure(*span, "", booking.counselor_id)
        closing.note_closure(turn, store, booking.counselor_id, *span)
    return answer


def ask_own_reason(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask for the reason in their own words."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    subject, until = f"{booking.id} {booking.version}", turn.now + _ANSWER_WITHIN
    store.awaited.ask(turn.contact.id, "withdraw", subject, until)
    back = button(turn.say("desk.back"), "booking/1", booking.id)
    return [Message(text=turn.say("withdraw_by_staff.write"), groups=(column(back),))]


def withdraw_because(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Take the reason in staff's own words, which the parent reads as they are."""
    booking_id, version = (int(part) for part in subject.split())
    return ending.end(turn, store, booking_id, version, "", shortened(text, 300))


def ask_stop(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Ask once before a consultation is stopped (art. 12(1)); staff write why."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    store.awaited.ask(
        turn.contact.id, "stop", f"{booking.id} {booking.version}", turn.now + _ANSWER_WITHIN
    )
    back = button(turn.say("desk.back"), "booking/1", booking.id)
    return [
        Message(title=turn.say("stop.title"), text=turn.say("stop.text"), groups=(column(back),))
    ]


def stop_because(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Stop; the reason is kept for staff, and the parent is told that it was stopped."""
    booking_id, version = (int(part) for part in subject.split())
    return ending.end(turn, store, booking_id, version, ending.STOPPED, shortened(text, 300))
