"""Arriving: contact around the start, "running late", "I'm in", and the join link (art. 6(6))."""

from collections.abc import Sequence

from handlers.parents import doubting, gate
from handlers.shared import booking_card, own_bookings, parts, witness
from models.booking import LONGEST, Booking
from models.chat import Button, Did, Link, Message, NotAButton, button, column
from models.rules.attendance import counts_as_coming, deadline
from models.rules.deadlines import may_cancel
from models.store import Store
from models.tables import ACTIVE, AlertKind, Status
from models.turn import Turn
from models.understanding.durations import minutes_in

# Ways of coming by which somebody is there, and does not only say so.
_BY_THE_DOOR = ("join_link", "video")
_UNDECIDED_YET = (Status.BOOKED, Status.UNDECIDED, Status.DEEMED_CANCELLED)


def near(turn: Turn, store: Store) -> list[Booking]:
    """Return the bookings that an act of this turn may be about, and all later ones; those of
    whoever may be the same person too."""
    longest = max(turn.office.grace, LONGEST)
    return own_bookings.since(turn, store, turn.acted_from - longest)


def note_contact(turn: Turn, store: Store, bookings: Sequence[Booking]) -> list[Message]:
    """Note that any message or button around a start holds the booking, judged by the time of the
    act.

    What arrives only after the deemed cancellation undoes it, and both sides are told."""
    told: list[Message] = []
    held = _around(turn, bookings)
    on = [] if held else [_on_now(turn, bookings)]  # after the grace it holds nothing, but is heard
    for booking in (*held, *on):
        if booking and turn.event is not None and turn.event.did is Did.SAID:
            store.inbox.keep(turn.event, failed=False)
            if not store.alerts.about(booking, AlertKind.WROTE, turn.now):
                store.alerts.tell_again(booking, AlertKind.WROTE, turn.now)
    for booking in held:
        if _hold(turn, store, booking, "contact") and own_bookings.is_own(turn, booking):
            told.append(Message(text=turn.say("arriving.reinstated", phone=parts.phone(turn))))
    return told


def at_the_door(turn: Turn, store: Store, booking: Booking, *, wants_in: bool) -> None:
    """Note that somebody opens the join page, which holds the booking from the start on; or wants
    in while the door is shut, which holds it as soon as one may come. After the deemed cancellation
    staff know at once."""
    start, end = booking.starts_at, deadline(booking.starts_at, turn.office.grace)
    if booking.status == Status.DEEMED_CANCELLED and end <= turn.acted_at < booking.ends_at:
        store.alerts.about(booking, AlertKind.IS_HERE, turn.now)
        return
    from_ = start - parts.EARLY if wants_in else start
    if booking.status in _UNDECIDED_YET and from_ <= turn.acted_at < end:
        _hold(turn, store, booking, "at_door" if wants_in else "opened")


def heard_after_deemed(turn: Turn, store: Store, bookings: Sequence[Booking]) -> list[Message]:
    """Return what somebody hears who writes or taps between the deemed cancellation and the end of
    the slot: staff know, and can let them in. Nothing where nothing was deemed cancelled just
    now."""
    booking = _deemed_just_now(turn, bookings)
    if booking is None:
        return []
    if turn.event is not None and turn.event.did is Did.SAID:
        store.inbox.keep(turn.event, failed=False)
    store.alerts.about(booking, AlertKind.IS_HERE, turn.now)
    if not own_bookings.is_own(turn, booking):
        return []
    return [
        Message(
            title=turn.say("arriving.heard_title"),
            text=turn.say(
                "arriving.heard_text",
                minutes=turn.office.grace_minutes,
                phone=parts.phone(turn),
            ),
            groups=(
                column(
                    parts.phone_link(turn),
                    button(turn.say("menu.book_again"), "book/1"),
                ),
            ),
        )
    ]


def help_to_enter(turn: Turn, store: Store) -> list[Message]:
    """Return what somebody hears who writes whatever it is while their consultation is about to
    begin or on: the way in, and the phone. Nothing where none is."""
    booking = _on_now(turn, near(turn, store))
    if booking is None:
        return []
    ways = [parts.join_link(turn, booking)]
    late = button(turn.say("arriving.late"), "late/1", booking.id)
    return [
        Message(
            title=turn.say("arriving.help_title"),
            text=turn.say("arriving.help_text", phone=parts.phone(turn)),
            groups=(column(*ways, late, parts.phone_link(turn)),),
        )
    ]


def say_late(turn: Turn, store: Store) -> list[Message]:
    """Answer the typed words "running late"."""
    around = _around(turn, near(turn, store))
    own = [booking for booking in around if own_bookings.is_own(turn, booking)]
    mine = own or own_bookings.current(turn, store)
    for booking in around if not mine else ():
        store.alerts.about(booking, AlertKind.RUNNING_LATE, turn.now)
    if not mine and _is_being_checked(turn, store):
        return gate.being_checked(turn)
    if not mine:
        return [parts.menu(turn, turn.say("arriving.no_booking"))]
    if turn.acted_at < mine[0].starts_at - turn.office.contact_window:
        return doubting.ask_early(turn, store)
    return late(turn, store, mine[0].id)


def late(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Hear of running late: staff are told, and nothing is cancelled by itself."""
    booking = own_bookings.find(turn, store, booking_id)
    if booking is None:
        raise NotAButton("not this parent's booking")
    if booking.status not in ACTIVE or turn.acted_at >= booking.ends_at:
        return [booking_card.past(turn, booking)]
    if turn.acted_at < booking.starts_at - turn.office.contact_window:
        return doubting.ask_early(turn, store)
    store.alerts.about(booking, AlertKind.RUNNING_LATE, turn.now)
    # After the grace the word alone holds nothing any more: staff decide.
    in_time = booking_card.in_contact_window(turn, booking)
    phone = parts.phone(turn)
    words = [
        turn.say("arriving.late_text", phone=phone)
        if in_time
        else turn.say("arriving.late_after_text", phone=phone)
    ]
    ways: list[Button | Link] = [parts.join_link(turn, booking)]
    minutes = minutes_in(turn.event.text) if turn.event and turn.event.did is Did.SAID else None
    if minutes is not None and minutes >= booking.minutes:
        ends = parts.clock_time(turn, booking.ends_at)
        words.append(turn.say("arriving.late_too_long", ends=ends))
        if may_cancel(booking.starts_at, turn.now):
            words.append(turn.say("arriving.late_can_move"))
            ways.append(button(turn.say("doubt.move"), "move/1", booking.id, 0))
    return [
        Message(
            title=turn.say("arriving.late_title"), text="\n".join(words), groups=(column(*ways),)
        )
    ]


def say_here(turn: Turn, store: Store) -> list[Message]:
    """Answer the typed words "I'm in"."""
    around = _around(turn, near(turn, store))
    own = [booking for booking in around if own_bookings.is_own(turn, booking)]
    mine = own or own_bookings.current(turn, store)
    if not mine and _is_being_checked(turn, store):
        return gate.being_checked(turn)
    if not mine:
        return [parts.menu(turn, turn.say("arriving.no_booking"))]
    return here(turn, store, mine[0].id)


def here(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent has come and says so."""
    booking = own_bookings.find(turn, store, booking_id)
    if booking is None:
        raise NotAButton("not this parent's booking")
    if booking.status in (Status.CANCELLED, Status.WITHDRAWN):
        return [booking_card.past(turn, booking)]
    if not came(turn, store, booking, "im_in"):
        if turn.acted_at < booking.starts_at:
            opens = parts.clock_time(turn, booking.starts_at - parts.EARLY)
            when = parts.when_of(turn, booking)
            return [Message(text=turn.say("arriving.too_early", opens=opens, when=when))]
        if booking.status not in (Status.JOINED, Status.COMPLETED):
            return [booking_card.past(turn, booking)]
    return [
        Message(
            title=turn.say("arriving.here_title"),
            text=turn.say("arriving.here_text", phone=parts.phone(turn)),
            groups=(column(parts.join_link(turn, booking)),),
        )
    ]


def came(turn: Turn, store: Store, booking: Booking, how: str) -> bool:
    """Record that the parent came, if the act counts as coming; says whether it does. After the
    grace it does for a booking that was not deemed cancelled, and staff are told."""
    in_time = counts_as_coming(
        booking.starts_at, turn.acted_from, turn.acted_at, parts.EARLY, turn.office.grace
    )
    if not in_time and not _still_expected(turn, store, booking, how):
        return False
    if booking.status in _UNDECIDED_YET:
        store.alerts.close_of(booking.id, turn.now)  # there is nothing to decide any more
    if not in_time and booking.status in _UNDECIDED_YET:  # who is there already is not late
        is_at_door = how in _BY_THE_DOOR
        kind = AlertKind.CAME_LATE if is_at_door else AlertKind.SAYS_HERE_LATE
        store.alerts.about(booking, kind, turn.now)
    _record(turn, store, booking, came=True, how=how)
    if booking.status == Status.DEEMED_CANCELLED:
        store.alerts.about(booking, AlertKind.REINSTATED, turn.now)
    if booking.status in _UNDECIDED_YET:
        store.bookings.set_status(booking, Status.JOINED, turn.now, by="parent", why=how)
    call_host(turn, store, booking)
    return True


def call_host(turn: Turn, store: Store, booking: Booking) -> None:
    """Let staff hear 2 minutes after the start that somebody waits, unless the host comes."""
    if witness.is_awaiting_host(turn, store, booking):
        since = max(booking.starts_at, turn.acted_at)
        store.alerts.about(booking, AlertKind.HOST_IS_AWAITED, since)


def _still_expected(turn: Turn, store: Store, booking: Booking, how: str) -> bool:
    """Return whether somebody who comes after the grace is let in: until the end, unless nothing
    has held the booking."""
    if not deadline(booking.starts_at, turn.office.grace) <= turn.acted_at < booking.ends_at:
        return False
    # Not judged yet, or it cannot be judged for want of a proof.
    if booking.status == Status.BOOKED:
        return how in _BY_THE_DOOR or store.presence.signs(booking.id, booking.version).contact
    return booking.status in ACTIVE


def _on_now(turn: Turn, bookings: Sequence[Booking]) -> Booking | None:
    """Return the parent's own booking that begins in a few minutes or has not ended yet."""
    for booking in bookings:
        is_on = booking.starts_at - parts.EARLY <= turn.acted_at < booking.ends_at
        if is_on and booking.status in ACTIVE and own_bookings.is_own(turn, booking):
            return booking
    return None


def _is_being_checked(turn: Turn, store: Store) -> bool:
    """Return whether staff have yet to say whose registration number this parent gave: until then
    they are answered the same, whatever the other has booked."""
    seeker = turn.contact.job_seeker_id
    return seeker is not None and len(store.persons.maybe_same(seeker)) > 1


def _deemed_just_now(turn: Turn, bookings: Sequence[Booking]) -> Booking | None:
    """Return the booking that was deemed cancelled and whose slot is not over, by an act that was
    after the deadline for certain: any other has held it."""
    for booking in bookings:
        end = deadline(booking.starts_at, turn.office.grace)
        is_after = end <= turn.acted_from and turn.acted_at < booking.ends_at
        if booking.status == Status.DEEMED_CANCELLED and is_after:
            return booking
    return None


def _around(turn: Turn, bookings: Sequence[Booking]) -> list[Booking]:
    """Return the bookings that an act of this turn holds."""
    return [
        booking
        for booking in bookings
        if booking.status in (*_UNDECIDED_YET, Status.JOINED)
        and booking_card.in_contact_window(turn, booking)
    ]


def _hold(turn: Turn, store: Store, booking: Booking, how: str) -> bool:
    """Record contact; returns whether that undoes a deemed cancellation."""
    _record(turn, store, booking, came=False, how=how)
    if booking.status != Status.DEEMED_CANCELLED:
        return False
    _reinstate(turn, store, booking, Status.UNDECIDED)
    return True


def _record(turn: Turn, store: Store, booking: Booking, *, came: bool, how: str) -> None:
    store.presence.record(
        booking.id, booking.version, came=came, how=how, acted_at=turn.acted_at, now=turn.now
    )


def _reinstate(turn: Turn, store: Store, booking: Booking, status: Status) -> None:
    store.bookings.set_status(
        booking, status, turn.now, by="parent", why="evidence from before the deadline came late"
    )
    store.alerts.about(booking, AlertKind.REINSTATED, turn.now)
