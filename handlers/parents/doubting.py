"""Doubts: words or buttons that say, or may say, that somebody cannot come, will be late or is not
sure. They hold the booking at any time, until the parent clears them up (art. 6(6): "without
contact" has no window)."""

from datetime import timedelta

from handlers.parents import booking_card, cards
from handlers.parents.typed import Trouble
from models.chat import Did, Message, NotAButton, button, column
from models.rules.attendance import deadline
from models.rules.deadlines import day_before, may_cancel
from models.store import Store
from models.store.booking import LONGEST, Booking
from models.turn import Turn

_ASKED = 3


def note(turn: Turn, store: Store) -> list[Booking]:
    """Hold what this parent has booked, and let staff read the words; returns what is held. What
    was said in time and arrives after the deemed cancellation undoes it."""
    held = _to_hold(turn, store)
    for booking in held:
        store.presence.doubt(booking.id, booking.version, acted_at=turn.acted_at, now=turn.now)
        if booking.status == "deemed_cancelled":
            store.bookings.set_status(
                booking, "undecided", turn.now, by="parent", why="said in time, arrived late"
            )
            store.alerts.about(booking, "reinstated", turn.now)
        else:
            store.alerts.about(booking, "may_not_come", turn.now)
    if held and turn.event is not None and turn.event.did is Did.SAID:
        store.inbox.keep(turn.event, failed=False)
    return held


def ask(turn: Turn, store: Store, trouble: Trouble | None) -> list[Message]:
    """Hold, and ask kindly what is to become of it; nothing where nothing is booked."""
    held = note(turn, store)
    own = [booking for booking in held if cards.is_own(turn, booking)]
    return [_question(turn, booking, trouble) for booking in own[:_ASKED]]


def ask_if_not_understood(turn: Turn, store: Store) -> list[Message]:
    """Hold what is not understood after the day-before reminder: it may say anything."""
    near = [each for each in _to_hold(turn, store) if _was_reminded(turn, each)]
    return ask(turn, store, None) if near else []


def will_come(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """The parent will come after all: nothing is in doubt any more."""
    booking = cards.booking_of(turn, store, booking_id)
    if booking is None:
        raise NotAButton("not this parent's booking")
    if booking not in cards.current_bookings(turn, store):
        return [booking_card.over(turn, booking)]
    store.presence.clear_doubt(booking.id, booking.version, acted_at=turn.acted_at, now=turn.now)
    store.alerts.close(booking.id, "may_not_come", turn.now)
    title = turn.say("doubt.will_come_title")
    return [booking_card.confirmation(turn, booking, title)]


def _question(turn: Turn, booking: Booking, trouble: Trouble | None) -> Message:
    words = [turn.say(f"doubt.{trouble}")] if trouble is not None else []
    words.append(turn.say("doubt.ask", when=cards.when_of(turn, booking)))
    words.append(turn.say("doubt.told", phone=cards.phone(turn)))
    will_come = button(turn.say("doubt.will_come"), "willcome/1", booking.id, primary=True)
    ways = [will_come]
    if may_cancel(booking.starts_at, turn.now):
        ways += [
            button(turn.say("doubt.move"), "move/1", booking.id, 0),
            button(turn.say("doubt.cancel"), "cancelyes/1", booking.id, booking.version),
        ]
    return Message(
        title=turn.say("doubt.title"),
        text="\n".join(words),
        groups=(column(*ways, cards.phone_link(turn)),),
    )


def _to_hold(turn: Turn, store: Store) -> list[Booking]:
    """What is booked and not over when the parent acts; what was deemed cancelled since is among
    it."""
    found = cards.bookings_between(turn, store, turn.acted_at - LONGEST, turn.acted_at + _AHEAD)
    grace = turn.office.grace
    return [
        booking
        for booking in found
        if booking.ends_at > turn.acted_at
        and (
            booking.status in ("booked", "undecided")
            or (
                booking.status == "deemed_cancelled"
                and turn.acted_from < deadline(booking.starts_at, grace)
            )
        )
    ]


def _was_reminded(turn: Turn, booking: Booking) -> bool:
    office = turn.office
    return turn.acted_at >= day_before(booking.starts_at, office.reminder_at, office.zone)


# Nobody books further ahead, whatever the office file says.
_AHEAD = timedelta(days=367)
