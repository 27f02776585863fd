"""Delivery: what it means that a word to somebody has arrived, or has not."""

from handlers.shared import parts
from models.booking import Booking
from models.chat import Message
from models.choice import Choice
from models.contact import NOBODY
from models.letter import Letter
from models.letter_kind import LetterKind
from models.store import Store
from models.store.outbox import Outgoing
from models.tables import AlertKind, SendState, Status
from models.turn import Turn


class Report(Choice):
    """What a staff member hears of a word that a parent was told on their behalf."""

    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    NOT_DELIVERED = "not_delivered"
    NO_CHAT = "no_chat"


def note_end(turn: Turn, store: Store, row: Outgoing, end: SendState) -> None:
    """Note how a request to a platform has ended: who asked for it hears how, and staff hear of
    what a parent does not know."""
    _report(turn, store, row, end)
    if end is SendState.UNREACHABLE:
        contact = store.contacts.by_id(row.contact_id)
        if contact.person == row.person:  # and not a group
            store.contacts.set_unreachable(contact.id, turn.now)


def _report(turn: Turn, store: Store, row: Outgoing, end: SendState) -> None:
    if row.report_to is not None:
        booking = store.bookings.by_id(row.booking_id) if row.booking_id else None
        report = _REPORTS.get(end, Report.NOT_DELIVERED)
        _tell(turn.to(store.contacts.by_id(row.report_to)), booking, report)
    elif end is SendState.ACCEPTED:
        return
    elif row.booking_id is not None:
        store.alerts.tell(
            _alert(row.kind, end),
            turn.now,
            subject=f"outbox {row.id}",
            booking_id=row.booking_id,
        )
    elif end in (SendState.REFUSED, SendState.UNCERTAIN) and row.kind is not LetterKind.TERMS:
        # Who was not reached by new terms stands with the terms.
        is_uncertain = end is SendState.UNCERTAIN
        kind = AlertKind.ANSWER_UNCERTAIN if is_uncertain else AlertKind.ANSWER_REFUSED
        store.alerts.tell(kind, turn.now, subject=f"outbox {row.id}", contact_id=row.contact_id)


def cannot_be_sent(turn: Turn, store: Store, letter: Letter) -> None:
    """Note that a letter is for somebody who has no chat, or whose chat cannot be reached."""
    has_no_chat, booking = letter.to is NOBODY, letter.booking
    if letter.report_to is not None:
        report = Report.NO_CHAT if has_no_chat else Report.NOT_DELIVERED
        _tell(turn.to(store.contacts.by_id(letter.report_to)), booking, report)
    if booking is None:
        return
    if has_no_chat and letter.kind is LetterKind.REMINDER:
        store.alerts.about(booking, AlertKind.REMINDER_BY_PHONE, turn.now)
    elif has_no_chat and booking.status == Status.WITHDRAWN:
        # All else is done with the person on the phone.
        store.alerts.about(booking, AlertKind.WITHDRAWN_BY_PHONE, turn.now)
    elif not has_no_chat and letter.report_to is None:  # else the one who asked was just told
        store.alerts.about(booking, _alert(letter.kind, SendState.UNREACHABLE), turn.now)


# What staff hear of a letter about a booking: not delivered, or nobody knows.
_ALERTS = {
    LetterKind.REMINDER: (AlertKind.REMINDER_NOT_DELIVERED, AlertKind.REMINDER_UNCERTAIN),
    LetterKind.DEEMED: (AlertKind.DEEMED_NOT_DELIVERED, AlertKind.DEEMED_UNCERTAIN),
    LetterKind.REVIEWED: (AlertKind.REVIEWED_NOT_DELIVERED, AlertKind.REVIEWED_UNCERTAIN),
}
_NEWS = (AlertKind.NEWS_NOT_DELIVERED, AlertKind.NEWS_UNCERTAIN)


def _alert(kind: LetterKind, end: SendState) -> AlertKind:
    not_delivered, uncertain = _ALERTS.get(kind, _NEWS)
    return uncertain if end is SendState.UNCERTAIN else not_delivered


_REPORTS = {SendState.ACCEPTED: Report.ACCEPTED, SendState.UNCERTAIN: Report.UNCERTAIN}


def _tell(turn: Turn, booking: Booking | None, report: Report) -> None:
    """Tell a staff member. Where a push costs, only if they must do something."""
    if report is Report.ACCEPTED and turn.counts_pushes(turn.contact.channel):
        return
    which = f"{booking.reference} {parts.when_of(turn, booking)}" if booking else ""
    turn.write(LetterKind.REPORT, Message(text=f"{which}\n{turn.say(f'report.{report}')}".strip()))
