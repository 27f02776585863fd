"""What is due: turns whose speaker is the clock. Each asks the rules again before it acts."""

from collections.abc import Callable
from enum import StrEnum

from handlers.parents import booking_card, cards
from models.chat import Group, Link, Message, button, column
from models.rules import attendance
from models.rules.attendance import Verdict
from models.store import Store
from models.store.booking import Booking
from models.store.contacts import NOBODY
from models.turn import Turn


class What(StrEnum):
    """What can be due for a booking."""

    REMINDER = "reminder"
    NOTICE = "notice"
    JUDGEMENT = "judgement"


Work = Callable[[Turn, Store, Booking], None]


def remind(turn: Turn, store: Store, booking: Booking) -> None:
    """The day before: the reminder, at most once a booking and date. Too late, it is recorded
    as expired and staff are told."""
    if not store.due.take_reminder(booking.id, turn.now) or booking.status != "booked":
        return
    useless_after = booking.starts_at - turn.office.reminder_too_late
    if turn.now >= useless_after:
        store.alerts.about(booking, "reminder_expired", turn.now)
        turn.write("reminder", None, booking=booking, useless_after=useless_after)
        return
    if not booking.meeting_url and turn.contact is not NOBODY:
        store.alerts.about(booking, "reminded_without_url", turn.now)
    message = _reminder(turn, booking)
    turn.write("reminder", message, booking=booking, useless_after=useless_after)


def check_notice(turn: Turn, store: Store, booking: Booking) -> None:
    """What staff must have done by now: a meeting URL, and the notice in My Page (art. 6(4))."""
    if not store.due.take_notice(booking.id, turn.now) or booking.status != "booked":
        return
    if not booking.meeting_url:
        store.alerts.about(booking, "no_url", turn.now)
    if booking.my_page_posted_at is None:
        store.alerts.about(booking, "not_in_my_page", turn.now)


def judge(turn: Turn, store: Store, booking: Booking) -> None:
    """The 10-minute rule (art. 6(6)) for a booking whose grace is over."""
    if booking.status != "booked":
        return
    grace = turn.office.grace
    end = attendance.deadline(booking.starts_at, grace)
    signs = store.presence.signs(booking.id, booking.version)
    verdict = attendance.verdict(
        booking.starts_at,
        turn.now,
        grace,
        came=signs.came,
        contact=signs.contact,
        watches=store.presence.watches(booking.starts_at, end),
    )
    if verdict is Verdict.DEEMED_CANCELLED and turn.contact is NOBODY:
        # Whom staff booked on the phone comes and calls without the program seeing it.
        _to_staff(turn, store, booking, "decide_no_chat")
        return
    if verdict is Verdict.DEEMED_CANCELLED and not booking.meeting_url:
        # The office has left the door shut (art. 6(4)): nobody is punished for that.
        _to_staff(turn, store, booking, "decide_no_url")
        return
    match verdict:
        case Verdict.CAME:
            store.bookings.set_status(booking, "joined", turn.now, by="clock")
        case Verdict.CONTACT:
            _to_staff(turn, store, booking, "decide_contact")
        case Verdict.UNWATCHED:
            _to_staff(turn, store, booking, "decide_unwatched")
        case Verdict.DEEMED_CANCELLED:
            why = f"no contact {turn.office.grace_minutes} minutes after the start"
            store.bookings.set_status(booking, "deemed_cancelled", turn.now, by="clock", why=why)
            store.alerts.about(booking, "deemed_cancelled", turn.now)
            turn.write("deemed", _deemed(turn, booking), booking=booking)
        case Verdict.WAIT:
            pass


def _give_up_reminder(turn: Turn, store: Store, booking: Booking) -> None:
    store.due.take_reminder(booking.id, turn.now)
    store.alerts.about(booking, "reminder_not_delivered", turn.now)


def _give_up_notice(turn: Turn, store: Store, booking: Booking) -> None:
    store.due.take_notice(booking.id, turn.now)
    store.alerts.about(booking, "no_url", turn.now)


def _give_up_judgement(turn: Turn, store: Store, booking: Booking) -> None:
    _to_staff(turn, store, booking, "decide_failed")


def _to_staff(turn: Turn, store: Store, booking: Booking, kind: str) -> None:
    store.bookings.set_status(booking, "undecided", turn.now, by="clock", why=kind)
    store.alerts.close_of(booking.id, turn.now)  # one decision instead of all that led to it
    store.alerts.about(booking, kind, turn.now)


def _reminder(turn: Turn, booking: Booking) -> Message:
    return Message(
        title=turn.say("reminder.title"),
        text=booking_card.checklist(turn, booking),
        facts=booking_card.booking_facts(turn, booking),
        groups=(
            column(
                Link(turn.say("booking.join"), turn.links.join(booking.id), primary=True),
                booking_card.video_test(turn),
                button(turn.say("arriving.late"), "late/1", booking.id),
            ),
            Group(
                (
                    button(turn.say("booking.move"), "move/1", booking.id, 0),
                    button(turn.say("booking.cancel"), "cancel/1", booking.id),
                ),
                columns=2,
            ),
        ),
        shortcuts=cards.menu_shortcuts(turn),
    )


def _deemed(turn: Turn, booking: Booking) -> Message:
    return Message(
        title=turn.say("deemed.title"),
        text=turn.say(
            "deemed.text",
            when=cards.when_of(turn, booking),
            minutes=turn.office.grace_minutes,
            phone=cards.phone(turn),
        ),
        groups=(
            column(
                button(turn.say("menu.book_again"), "book/1", primary=True),
                cards.phone_link(turn),
            ),
        ),
    )


WORK: dict[What, Work] = {
    What.REMINDER: remind,
    What.NOTICE: check_notice,
    What.JUDGEMENT: judge,
}
# What happens instead when such work fails: staff get it.
GIVE_UP: dict[What, Work] = {
    What.REMINDER: _give_up_reminder,
    What.NOTICE: _give_up_notice,
    What.JUDGEMENT: _give_up_judgement,
}
