"""What is due: turns whose speaker is the clock. Each asks the rules again before it acts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.shared import booking_card, parts, witness
from handlers.shared.witness import Account
from models.booking import Booking
from models.chat import Message, button, column
from models.choice import Choice
from models.contact import NOBODY, Contact
from models.database import Conflict
from models.errand import ErrandKind
from models.letter_kind import LetterKind
from models.rules import attendance
from models.rules.attendance import Verdict
from models.rules.days import local_day
from models.rules.hearing import (
    DATABASE,
    HEARD_FROM,
    PAGES,
    PROGRAM,
    SWEEP,
    VIDEO,
    Closed,
    chat_way,
    closed_ways,
)
from models.store import Store
from models.tables import AlertKind, Status
from models.turn import Turn

# For how long a room that is being made is waited for before staff hear that there is no URL.
_ROOM_AWAITED = timedelta(minutes=2)


class What(Choice):
    """What can be due for a booking."""

    REMINDER = "reminder"
    NOTICE = "notice"
    JUDGEMENT = "judgement"
    REVIEW = "review"


Work = Callable[[Turn, Store, Booking], None]


def remind(turn: Turn, store: Store, booking: Booking) -> None:
    """Send the reminder of the day before, at most once a booking and date. Too late, it is
    recorded as expired and staff are told."""
    if not store.due.take_reminder(booking.id, turn.now) or booking.status != Status.BOOKED:
        return
    store.rooms.keep(booking, turn.now)  # compared with the service, and mended
    useless_after = booking.starts_at - turn.office.reminder_too_late
    if turn.now >= useless_after:
        store.alerts.about(booking, AlertKind.REMINDER_EXPIRED, turn.now)
        turn.write(LetterKind.REMINDER, None, booking=booking, useless_after=useless_after)
        return
    if not booking.meeting_url and turn.contact is not NOBODY:
        store.alerts.about(booking, AlertKind.REMINDED_WITHOUT_URL, turn.now)
    # A room that is not there by now is not promised.
    promised = booking if booking.meeting_url else booking._replace(host=None)
    in_doubt = store.presence.is_in_doubt(
        booking.id, booking.version
    ) and not store.alerts.was_raised(booking.id, AlertKind.RUNNING_LATE)
    message = _reminder(turn, promised, in_doubt=in_doubt)
    turn.write(LetterKind.REMINDER, message, booking=booking, useless_after=useless_after)


def check_notice(turn: Turn, store: Store, booking: Booking) -> None:
    """Look at what staff must have done by now: a meeting URL, and the notice in My Page (art.
    6(4)). A room that is being made at this moment is waited for."""
    if not booking.meeting_url and store.errands.is_under_way(
        ErrandKind.KEEP_ROOM, booking.id, turn.now - _ROOM_AWAITED
    ):
        return
    if not store.due.take_notice(booking.id, turn.now) or booking.status != Status.BOOKED:
        return
    if not booking.meeting_url:
        store.alerts.about(booking, AlertKind.NO_URL, turn.now)
    elif other := store.bookings.at_once_in_room(booking):
        store.alerts.about(booking, AlertKind.SAME_ROOM, turn.now, detail=other.reference)
    if booking.my_page_posted_at is None:
        store.alerts.about(booking, AlertKind.NOT_IN_MY_PAGE, turn.now)


def judge(turn: Turn, store: Store, booking: Booking) -> None:
    """Judge by the 10-minute rule (art. 6(6)) for a booking whose grace is over."""
    if booking.status != Status.BOOKED:
        return
    signs = store.presence.signs(booking.id, booking.version)
    shut = _shut(turn, store, booking)
    closed = _closed(turn, store, booking)
    verdict = attendance.verdict(
        booking.starts_at,
        turn.now,
        turn.office.grace,
        came=signs.came or witness.is_here(turn, store, booking),
        contact=signs.contact or witness.may_be_here(turn, store, booking),
        is_shut=shut is not None,
        closed=closed,
    )
    if verdict is Verdict.DEEMED_CANCELLED and booking.is_in_room:
        verdict, shut, closed = _after_asking(turn, store, booking)
    match verdict:
        case Verdict.CAME:
            store.bookings.set_status(booking, Status.JOINED, turn.now, by="clock")
        case Verdict.CONTACT:
            _to_staff(turn, store, booking, AlertKind.DECIDE_CONTACT)
        case Verdict.SHUT:
            assert shut is not None
            _to_staff(turn, store, booking, shut)
        case Verdict.UNHEARD:
            _unheard(turn, store, booking, closed)
        case Verdict.DEEMED_CANCELLED:
            why = f"no contact {turn.office.grace_minutes} minutes after the start"
            if booking.is_in_room:
                why += ", and the room was open"
            store.bookings.set_status(
                booking, Status.DEEMED_CANCELLED, turn.now, by="clock", why=why
            )
            store.alerts.about(booking, AlertKind.DEEMED_CANCELLED, turn.now)
            turn.write(LetterKind.DEEMED, _deemed(turn, booking), booking=booking)
        case Verdict.WAIT:
            pass


def _after_asking(
    turn: Turn, store: Store, booking: Booking
) -> tuple[Verdict, AlertKind | None, list[Closed]]:
    """Return what the video service says of a booking that would be deemed cancelled."""
    match witness.account(turn, store, booking):
        case Account.AWAITED:
            return Verdict.WAIT, None, []
        case Account.UNKNOWN:
            return Verdict.UNHEARD, None, [Closed(VIDEO, "", is_final=True)]
        case Account.NOT_STARTED:
            return Verdict.SHUT, AlertKind.DECIDE_NOT_STARTED, []
        case Account.WAS_OPEN:
            return Verdict.DEEMED_CANCELLED, None, []


def review(turn: Turn, store: Store, booking: Booking) -> None:
    """Let staff decide on a booking that was deemed cancelled before a fault became known."""
    if booking.status != Status.DEEMED_CANCELLED or not store.bookings.deemed_by_clock(booking.id):
        return
    closed = _closed(turn, store, booking)
    if not any(each.is_final for each in closed):
        return
    try:
        _unheard(turn, store, booking, closed)
    except Conflict:
        return  # somebody has the slot by now, and the alert of the cancellation stands
    to_come = turn.now < booking.ends_at
    link = parts.join_link(turn, booking)
    turn.write(
        LetterKind.REVIEWED,
        Message(
            title=turn.say("told.undo_title"),
            headline=parts.headline_of(turn, booking),
            text=turn.say("told.undo_text", phone=parts.phone(turn)),
            groups=(column(link),) if to_come else (),
        ),
        booking=booking,
    )


def _closed(turn: Turn, store: Store, booking: Booking) -> list[Closed]:
    """Return the ways in of this parent that were not shown to be open around the start."""
    chats = [
        chat
        for each in store.persons.maybe_same(booking.job_seeker_id)
        for chat in store.contacts.of_seeker(each)
    ]
    ways = [SWEEP, DATABASE, PROGRAM, PAGES, *{each.channel for each in chats}]
    # Also after the deemed cancellation, when there may be no room any more.
    had_room = booking.host is not None and not booking.has_own_url
    if booking.is_in_room or (had_room and store.rooms.had_one(booking.id)):
        ways.append(VIDEO)
    start = booking.starts_at - HEARD_FROM
    end = attendance.deadline(booking.starts_at, turn.office.grace)
    stretches = store.hearing.between(start, end)
    alone = {chat_way(each.channel, each.person) for each in chats}
    return [
        *closed_ways(ways, start, end, stretches),
        *(Closed(each.channel, "", is_final=True) for each in chats if _was_refused(store, each)),
        *(
            Closed(each.way.partition(":")[0], each.why, is_final=True)
            for each in stretches
            if each.way in alone and not each.works
        ),
    ]


def _was_refused(store: Store, chat: Contact) -> bool:
    """Return whether we refused a word of a chat, at any time, and nothing of it has come since."""
    refused = store.hearing.last_fault(chat_way(chat.channel, chat.person))
    return refused is not None and not store.inbox.has_come_since(chat.id, refused)


def _unheard(turn: Turn, store: Store, booking: Booking, closed: Sequence[Closed]) -> None:
    """Leave it to staff, with the way in that was not open."""
    if any(each.way == SWEEP for each in closed):
        _to_staff(turn, store, booking, AlertKind.DECIDE_UNWATCHED)
        return
    first = min(closed, key=lambda each: not each.is_final)
    why = f" ({first.why})" if first.why else ""
    _to_staff(turn, store, booking, AlertKind.DECIDE_UNHEARD, detail=f"{first.way}{why}")


def _shut(turn: Turn, store: Store, booking: Booking) -> AlertKind | None:
    """Return why this parent could not have come in, or could have come unseen; nobody is punished
    for that."""
    if turn.contact is NOBODY:
        # Whom staff booked on the phone comes and calls without the program seeing it.
        return AlertKind.DECIDE_NO_CHAT
    if not booking.meeting_url:
        return AlertKind.DECIDE_NO_URL
    if not _knows_it_as_it_is(store, booking):
        return AlertKind.DECIDE_NOT_TOLD
    restored = store.bookings.restored_at(booking)
    if restored is not None and not _has_acted_since(store, booking, restored):
        return AlertKind.DECIDE_RESTORED
    if booking.raw_url_out or store.bookings.knows_room(booking):
        return AlertKind.DECIDE_RAW_URL
    return None


def _knows_it_as_it_is(store: Store, booking: Booking) -> bool:
    """Return whether the parent was told of what the office last changed, and has acted since; of
    what there was not before, being told is enough."""
    changed, given = store.bookings.last_told(booking)
    if changed is not None:
        told = store.bookings.told_since(booking, changed)
        if told is None or not _has_acted_since(store, booking, told):
            return False
    return (
        given is None
        or store.bookings.told_since(booking, given) is not None
        or _has_acted_since(store, booking, given)
    )


def _has_acted_since(store: Store, booking: Booking, instant: datetime) -> bool:
    """Return whether the parent has done anything in a chat that still reaches them."""
    return any(
        each.unreachable_at is None and store.inbox.has_acted_since(each.id, instant)
        for each in store.contacts.of_seeker(booking.job_seeker_id)
    )


def _give_up_reminder(turn: Turn, store: Store, booking: Booking) -> None:
    store.due.take_reminder(booking.id, turn.now)
    store.alerts.about(booking, AlertKind.REMINDER_NOT_DELIVERED, turn.now)


def _give_up_notice(turn: Turn, store: Store, booking: Booking) -> None:
    store.due.take_notice(booking.id, turn.now)
    store.alerts.about(booking, AlertKind.NO_URL, turn.now)


def _give_up_judgement(turn: Turn, store: Store, booking: Booking) -> None:
    _to_staff(turn, store, booking, AlertKind.DECIDE_FAILED)


def _give_up_review(turn: Turn, store: Store, booking: Booking) -> None:
    store.alerts.about(booking, AlertKind.DECIDE_FAILED, turn.now)


def _to_staff(
    turn: Turn, store: Store, booking: Booking, kind: AlertKind, *, detail: str = ""
) -> None:
    store.bookings.set_status(booking, Status.UNDECIDED, turn.now, by="clock", why=str(kind))
    store.alerts.close_of(booking.id, turn.now)  # one decision instead of all that led to it
    store.alerts.about(booking, kind, turn.now, detail=detail)


def _reminder(turn: Turn, booking: Booking, *, in_doubt: bool) -> Message:
    """Remind of a booking; whoever was not sure to come is asked once more."""
    is_today = local_day(booking.starts_at, turn.office.zone) == turn.today
    # Nothing is cancelled by itself while it is in doubt, so the rule is not told.
    how = (
        "\n".join([turn.say("doubt.ask"), booking_card.how_to_enter(turn, booking)])
        if in_doubt
        else booking_card.how_and_rule(turn, booking)
    )
    will_come = button(turn.say("doubt.will_come"), "willcome/1", booking.id, primary=True)
    device_check = booking_card.device_check(turn, booking)
    return Message(
        title=turn.say("reminder.today" if is_today else "reminder.title"),
        headline=parts.headline_of(turn, booking),
        text=how,
        points=booking_card.what_to_have_ready(turn),
        facts=booking_card.booking_facts(turn, booking),
        groups=(
            column(
                *([will_come] if in_doubt else []),
                replace(device_check, primary=device_check.primary and not in_doubt),
                booking_card.video_test(turn),
                parts.join_link(turn, booking),
                button(turn.say("arriving.late"), "late/1", booking.id),
            ),
            booking_card.ways_to_change(turn, booking),
        ),
        shortcuts=parts.menu_shortcuts(turn),
    )


def _deemed(turn: Turn, booking: Booking) -> Message:
    return Message(
        title=turn.say("deemed.title"),
        headline=parts.headline_of(turn, booking),
        text=turn.say(
            "deemed.text",
            minutes=turn.office.grace_minutes,
            phone=parts.phone(turn),
        ),
        groups=(
            column(
                button(turn.say("menu.book_again"), "book/1", primary=True),
                parts.phone_link(turn),
            ),
        ),
    )


WORK: dict[What, Work] = {
    What.REMINDER: remind,
    What.NOTICE: check_notice,
    What.JUDGEMENT: judge,
    What.REVIEW: review,
}
# What happens instead when such work fails: staff get it.
GIVE_UP: dict[What, Work] = {
    What.REMINDER: _give_up_reminder,
    What.NOTICE: _give_up_notice,
    What.JUDGEMENT: _give_up_judgement,
    What.REVIEW: _give_up_review,
}
