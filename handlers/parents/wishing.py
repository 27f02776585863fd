"""Typed wishes: days and times that somebody would like, for a booking or for a move. The answer
is an offer with buttons, which repeats what was heard."""

from collections.abc import Sequence
from datetime import date

from handlers.parents import booking, cancelling, moving, my_bookings
from handlers.shared import offering, own_bookings, parts, wished
from handlers.shared.wished import Ways, Wish
from models.booking import Booking
from models.chat import Message, NotAButton, button, column
from models.rules.days import at, local_day
from models.rules.slots import Slot
from models.store import Store
from models.turn import Turn
from models.understanding.frame import About, Days, Frame, Intent, Times

# Of how many readings one can choose.
_READINGS = 2


def book(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """What was typed of a booking: any day, or what fits the days and times."""
    if not _names_a_time(frame):
        return booking.start(turn, store)
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return blocked
    wish = _wish(turn, frame, store.bookings.latest(booking.seeker(turn)))
    return _offer(turn, store, wish, mine)


def move(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """What was typed of a move: which booking, and to when."""
    mine = own_bookings.current(turn, store)
    found = _spoken_of(turn, mine, frame.about)
    if len(found) != 1 or not _names_a_time(frame):
        return moving.choose_move(turn, store, found)
    wish = _wish(turn, frame, found[0])
    return _offer_move(turn, store, found[0], wish, mine)


def ask(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Something was heard, but not for sure: is it one of these? Nothing where no day or time was
    heard, or where it is not clear what is to be moved."""
    if frame.intent not in (Intent.BOOK, Intent.MOVE) or not (frame.days or frame.times):
        return []
    mine = own_bookings.current(turn, store)
    if frame.intent is Intent.BOOK:
        verb, before = "wish/1", list[int]()
        blocked = booking.closed(turn, store, mine)
        last = None if blocked else store.bookings.latest(booking.seeker(turn))
    else:
        found = _spoken_of(turn, mine, frame.about)
        if len(found) != 1:
            return my_bookings.show_mine(turn, store) if found else []
        verb, before, last = "movewish/1", [found[0].id], found[0]
        blocked = moving.closed(turn, store, found[0].id)
    if blocked:
        return blocked
    wishes = _readings(_wish(turn, frame, last), frame)
    choices = [button(wished.heard(turn, each), verb, *before, *each.packed()) for each in wishes]
    title = "wish.which_title" if len(choices) > 1 else "wish.is_it_title"
    return [
        Message(
            title=turn.say(title),
            text=turn.say("wish.which_text"),
            groups=(column(*choices),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def _readings(wish: Wish, frame: Frame) -> list[Wish]:
    """What may be meant: each day with the time that was named with it, or with none where that
    is not clear."""
    days, times = frame.readings[:_READINGS], frame.time_readings[:_READINGS]
    if len(days) == len(times) > 1:
        pairs = zip(days, times, strict=True)
        return [wish._replace(days=day, times=clock) for day, clock in pairs]
    if len(times) > 1:
        wish = wish._replace(times=None)
    return [wish._replace(days=each) for each in days] or [wish]


def cancel(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """What was typed of a cancellation: the question for the one booking that is meant, or a
    choice."""
    found = _spoken_of(turn, own_bookings.current(turn, store), frame.about)
    return cancelling.choose_cancel(turn, store, found)


def wish(
    turn: Turn,
    store: Store,
    first: date,
    last: date,
    start: int,
    end: int,
    without: date,
) -> list[Message]:
    """One of two readings was chosen."""
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return blocked
    return _offer(turn, store, _unpacked(first, last, start, end, without), mine)


def wish_for_service(
    turn: Turn,
    store: Store,
    service: str,
    first: date,
    last: date,
    start: int,
    end: int,
    without: date,
) -> list[Message]:
    """The service was chosen for what was typed."""
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return blocked
    booking.check_service(turn, service)
    return _offer_for(turn, store, service, _unpacked(first, last, start, end, without), mine)


def wish_to_move(
    turn: Turn,
    store: Store,
    booking_id: int,
    first: date,
    last: date,
    start: int,
    end: int,
    without: date,
) -> list[Message]:
    """One of two readings was chosen for a move."""
    mine = own_bookings.current(turn, store)
    wish = _unpacked(first, last, start, end, without)
    found = next((each for each in mine if each.id == booking_id), None)
    if found is None:
        return moving.show_days(turn, store, booking_id, 0)  # which says what became of it
    return _offer_move(turn, store, found, wish, mine)


def _names_a_time(frame: Frame) -> bool:
    return bool(frame.days or frame.times or frame.without or frame.at_same_time)


def _wish(turn: Turn, frame: Frame, last: Booking | None) -> Wish:
    wish = Wish.of(frame)
    if frame.at_same_time and wish.times is None and last is not None:
        clock = last.starts_at.astimezone(turn.office.zone).time()
        return wish._replace(times=Times(clock, clock))
    return wish


def _unpacked(first: date, last: date, start: int, end: int, without: date) -> Wish:
    try:
        return Wish.unpacked(first, last, start, end, without)
    except (ValueError, OverflowError) as error:
        raise NotAButton("no such time of day") from error


def _offer(turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking]) -> list[Message]:
    """For the service of last time, or of the only one; else it is asked for."""
    service = booking.usual_service(turn, store)
    if service is None:
        return [booking.services(turn, "wishfor/1", *wish.packed())]
    return _offer_for(turn, store, service, wish, mine)


def _offer_for(
    turn: Turn, store: Store, service: str, wish: Wish, mine: Sequence[Booking]
) -> list[Message]:
    if slot := _only_slot(turn, store, wish, mine):
        return booking.show_summary(turn, store, service, *slot)
    ways = Ways(
        day=("day/1", service),
        time=("time/1", service),
        all_days=button(turn.say("booking.other_day"), "days/1", service, 0),
        wait=("wait/1", service),
    )
    return wished.offer(turn, store, wish, mine, ways)


def _offer_move(
    turn: Turn, store: Store, found: Booking, wish: Wish, mine: Sequence[Booking]
) -> list[Message]:
    others = [each for each in mine if each.id != found.id]
    if wish.days is None and wish.times is not None:
        own_day = wish._replace(days=_day_of(turn, found))
        free = offering.days(turn, store, others).free
        if any(own_day.fits(turn, slot) for slots in free.values() for slot in slots):
            wish = own_day
    if _is_it(turn, found, wish):
        return moving.ask(turn, store, found.id, *found.slot)
    if slot := _only_slot(turn, store, wish, others):
        return moving.ask(turn, store, found.id, *slot)
    if blocked := moving.closed(turn, store, found.id):
        return blocked
    all_days = button(turn.say("booking.other_day"), "move/1", found.id, 0)
    ways = Ways(("moveday/1", found.id), ("movetime/1", found.id), all_days)
    return wished.offer(turn, store, wish, others, ways)


def _only_slot(turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking]) -> Slot | None:
    """The slot of a wish for one day and one time, if it is free: its card can be confirmed."""
    days, times = wish.days, wish.times
    if not (days and times) or days.first != days.last or times.first != times.last:
        return None
    starts_at = at(days.first, times.first, turn.office.zone)
    return offering.best_at(turn, store, starts_at, mine)


def _day_of(turn: Turn, booking: Booking) -> Days:
    day = local_day(booking.starts_at, turn.office.zone)
    return Days(day, day)


def _is_it(turn: Turn, booking: Booking, wish: Wish) -> bool:
    """Whether somebody wishes what they have."""
    clock = booking.starts_at.astimezone(turn.office.zone).time()
    return wish.days == _day_of(turn, booking) and wish.times == Times(clock, clock)


def _spoken_of(turn: Turn, mine: list[Booking], about: About | None) -> list[Booking]:
    """Return the bookings that the words may mean: all where they fit none."""
    return [each for each in mine if about and _is_about(turn, each, about)] or mine


def _is_about(turn: Turn, booking: Booking, about: About) -> bool:
    zone = turn.office.zone
    return (about.day is None or local_day(booking.starts_at, zone) == about.day) and (
        about.clock is None or booking.starts_at.astimezone(zone).time() == about.clock
    )
