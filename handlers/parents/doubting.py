"""Doubts: words or buttons that say, or may say, that somebody cannot come, will be late or is not
sure. They hold the booking at any time, until the parent clears them up (art. 6(6): "without
contact" has no window)."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.parents import my_bookings, troubles
from handlers.shared import booking_card, own_bookings, parts
from models.booking import Booking
from models.chat import Did, Event, Message, NotAButton, button, column
from models.rules.attendance import deadline
from models.rules.days import local_day
from models.rules.deadlines import day_before, may_cancel
from models.store import Store
from models.tables import AlertKind, Status
from models.turn import Turn
from models.understanding.courtesies import is_courtesy
from models.understanding.frame import Times
from models.understanding.reading import times_named
from models.understanding.sayings import Trouble

_ASKED = 3
# For how long after it a consultation that staff have not decided is still spoken of.
_BEHIND = timedelta(days=14)
# Pressing one of these may say that somebody cannot come.
_DOUBTFUL = ("cancel/1", "cancelone/1", "cancelyes/1", "move/1", "moveone/1")
# Pressed long before the start.
_LATE = ("late/1", "saylate/1")
# What is spoken or photographed may say it too.
_MAY_SAY = ("voice", "photo", "other")


def hold_if_doubtful(turn: Turn, store: Store, event: Event) -> None:
    """Hold what somebody may not come to by what they said or pressed, also when their step fails
    or another program answers at the moment."""
    match event.did:
        case Did.SAID:
            _hold(turn, store, _doubted(turn, store, event.text))
        case Did.TAPPED if event.text.split(":", 1)[0] in _DOUBTFUL:
            _hold(turn, store, _to_hold(turn, store))
        case Did.TAPPED if event.text.split(":", 1)[0] in _LATE:
            _hold(turn, store, _early(turn, _to_hold(turn, store)))
        case Did.SENT if event.text in _MAY_SAY:
            _hold(turn, store, _reminded(turn, store))
        case Did.NOTHING_OF_OURS:
            _hold(turn, store, _reminded(turn, store))
        case _:
            pass


def ask(turn: Turn, store: Store, text: str) -> list[Message]:
    """Ask kindly what is to become of what these words hold; nothing where they hold nothing. A
    question gets no sympathy for what it speaks of."""
    trouble = None if troubles.is_question(text) else troubles.trouble(text)
    held = _doubted(turn, store, text)
    if held and all(each.ends_at <= turn.acted_at for each in held):
        return [Message(text=turn.say("doubt.told_after", phone=parts.phone(turn)))]
    return _questions(turn, held, trouble)


def says_coming(turn: Turn, store: Store) -> list[Message]:
    """Answer somebody who writes that they come: to clear a doubt up takes the button; else they
    see what they come to."""
    mine = own_bookings.current(turn, store)
    if not mine:
        return my_bookings.show_mine(turn, store)
    in_doubt = [each for each in mine if store.presence.is_in_doubt(each.id, each.version)]
    if in_doubt:
        return _questions(turn, in_doubt, None)
    when = parts.when_of(turn, mine[0])
    return [
        Message(text=turn.say("doubt.awaited", when=when), shortcuts=parts.menu_shortcuts(turn))
    ]


def ask_about_picture(turn: Turn, store: Store, kind: str) -> list[Message]:
    """Return the same for what was spoken or photographed after the reminder: it may say
    anything."""
    held = _reminded(turn, store) if kind in _MAY_SAY else []
    return _questions(turn, held, None)


def ask_early(turn: Turn, store: Store) -> list[Message]:
    """Ask the same of whoever says long before the start that they will be late."""
    held = _to_hold(turn, store)
    _hold(turn, store, held)
    return _questions(turn, held, Trouble.LATE)


def will_come(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent will come after all: nothing is in doubt any more."""
    booking = own_bookings.find(turn, store, booking_id)
    if booking is None:
        raise NotAButton("not this parent's booking")
    if booking not in own_bookings.current(turn, store):
        return [booking_card.over(turn, booking)]
    store.presence.clear_doubt(booking.id, booking.version, acted_at=turn.acted_at, now=turn.now)
    told = (AlertKind.MAY_NOT_COME, AlertKind.RUNNING_LATE)
    if any(store.alerts.is_told(booking.id, each) for each in told):
        store.alerts.about(booking, AlertKind.COMES_AFTER_ALL, turn.now)
    for each in told:
        store.alerts.close(booking.id, each, turn.now)
    title = turn.say("doubt.will_come_title")
    return [booking_card.confirmation(turn, booking, title)]


def will_come_late(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Note that the parent will come, but late: staff hear of it, and the booking stays held."""
    booking = own_bookings.find(turn, store, booking_id)
    if booking is None:
        raise NotAButton("not this parent's booking")
    if booking not in own_bookings.current(turn, store):
        return [booking_card.over(turn, booking)]
    store.presence.doubt(booking.id, booking.version, acted_at=turn.acted_at, now=turn.now)
    store.alerts.close(booking.id, AlertKind.MAY_NOT_COME, turn.now)
    store.alerts.about(booking, AlertKind.RUNNING_LATE, turn.now)
    return [
        Message(
            title=turn.say("arriving.late_title"),
            headline=parts.headline_of(turn, booking),
            text=turn.say("arriving.late_text", phone=parts.phone(turn)),
            groups=(column(parts.join_link(turn, booking)),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def _questions(turn: Turn, held: Sequence[Booking], trouble: Trouble | None) -> list[Message]:
    to_come = [
        each for each in held if own_bookings.is_own(turn, each) and each.ends_at > turn.acted_at
    ]
    return [_question(turn, each, trouble) for each in to_come[:_ASKED]]


def _question(turn: Turn, booking: Booking, trouble: Trouble | None) -> Message:
    words = [turn.say(f"doubt.{trouble}")] if trouble is not None else []
    words.append(turn.say("doubt.ask"))
    words.append(turn.say("doubt.told", phone=parts.phone(turn)))
    is_late = trouble is Trouble.LATE
    late = button(turn.say("doubt.will_come_late"), "comeslate/1", booking.id, primary=True)
    on_time = button(turn.say("doubt.will_come"), "willcome/1", booking.id, primary=not is_late)
    ways = [late, on_time] if is_late else [on_time]
    if may_cancel(booking.starts_at, turn.now):
        ways += [
            button(turn.say("doubt.move"), "move/1", booking.id, 0),
            button(turn.say("doubt.cancel"), "cancelyes/1", booking.id, booking.version),
        ]
    return Message(
        title=turn.say("doubt.title"),
        headline=parts.headline_of(turn, booking),
        text="\n".join(words),
        groups=(column(*ways, parts.phone_link(turn)),),
    )


def _hold(turn: Turn, store: Store, held: Sequence[Booking]) -> None:
    """Note the doubt, and let staff read the words. What was said in time and arrives after the
    deemed cancellation undoes it."""
    for booking in held:
        store.presence.doubt(booking.id, booking.version, acted_at=turn.acted_at, now=turn.now)
        if booking.status == Status.DEEMED_CANCELLED:
            store.bookings.set_status(
                booking, Status.UNDECIDED, turn.now, by="parent", why="said in time, arrived late"
            )
            store.alerts.about(booking, AlertKind.REINSTATED, turn.now)
        elif booking.ends_at <= turn.acted_at:
            store.alerts.about(booking, AlertKind.WROTE, turn.now)
        else:
            store.alerts.about(booking, AlertKind.MAY_NOT_COME, turn.now)
    if held and turn.event is not None and turn.event.did is Did.SAID:
        store.inbox.keep(turn.event, failed=False)


def _doubted(turn: Turn, store: Store, text: str) -> list[Booking]:
    """Return what is in doubt by these words: what may mean trouble holds everything at any time,
    and what is not understood holds what was reminded of, or whose day it names. Around the start
    every word is contact already, which staff hear of at once."""
    held = _to_hold(turn, store)
    if not held:
        return []
    early = _early(turn, held)
    if troubles.trouble(text) is Trouble.LATE:
        return early
    if is_courtesy(text):
        return [each for each in early if _comes_at_another_time(turn, each, text)]
    if troubles.may_not_come(text, turn.today, turn.say.tag):
        return held
    if troubles.is_understood(text, turn.today, turn.say.tag):
        return []
    return [each for each in early if _is_reminded(turn, each) or _is_named(turn, each, text)]


def _early(turn: Turn, held: Sequence[Booking]) -> list[Booking]:
    """Return those around whose start it is not: there every word is contact."""
    return [
        each
        for each in held
        if not booking_card.in_contact_window(turn, each)
        and not each.starts_at <= turn.acted_at < each.ends_at
    ]


def _comes_at_another_time(turn: Turn, booking: Booking, text: str) -> bool:
    """Return whether somebody says that they come, at a time that is not the booking's ("I'll be
    there at 10:20")."""
    start = booking.starts_at.astimezone(turn.office.zone).time()
    named = times_named(text, turn.today, turn.say.tag)
    return any(not each.first <= start <= each.last for each in named)


def _is_named(turn: Turn, booking: Booking, text: str) -> bool:
    """Return whether words that are no wish of ours name the day of a booking ("I work tomorrow")
    but not its time, which somebody repeats who comes."""
    day = local_day(booking.starts_at, turn.office.zone)
    start = booking.starts_at.astimezone(turn.office.zone).time()
    if any(each == Times(start, start) for each in times_named(text, turn.today, turn.say.tag)):
        return False
    return troubles.names_day(text, day, turn.today, turn.say.tag)


def _reminded(turn: Turn, store: Store) -> list[Booking]:
    return [each for each in _to_hold(turn, store) if _is_reminded(turn, each)]


def _is_reminded(turn: Turn, booking: Booking) -> bool:
    """Return whether the day-before reminder of a booking is due by now."""
    office = turn.office
    return turn.acted_at >= day_before(booking.starts_at, office.reminder_at, office.zone)


def _to_hold(turn: Turn, store: Store) -> list[Booking]:
    """Return what is booked and not over when the parent acts, or still to be decided; what was
    deemed cancelled since is among it."""
    found = own_bookings.since(turn, store, turn.acted_at - _BEHIND)
    grace = turn.office.grace
    return [
        booking
        for booking in found
        if (booking.ends_at > turn.acted_at or booking.status == Status.UNDECIDED)
        and (
            booking.status in (Status.BOOKED, Status.UNDECIDED)
            or (
                booking.status == Status.DEEMED_CANCELLED
                and turn.acted_from < deadline(booking.starts_at, grace)
            )
        )
    ]
