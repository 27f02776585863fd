"""Typed wishes: days and times that somebody would like, for a booking or for a move. The answer
is an offer with buttons, which repeats what was heard."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.parents import booking, cancelling, gate, moving, my_bookings, waiting
from handlers.shared import chosen, offering, own_bookings, parts, wish_card
from handlers.shared.offering import Verb
from handlers.shared.wish import Wish
from handlers.shared.wish_card import Ways
from models.booking import Booking
from models.chat import Message, button, column
from models.rules.days import at, local_day
from models.rules.slots import Slot
from models.store import Store
from models.turn import Turn
from models.understanding.frame import About, Days, Frame, Intent, Times

# The name of a wish that waits for the rest to be settled.
AWAITED = "wish"
# Who does nothing for so long begins anew.
_KEPT_FOR = timedelta(hours=2)
# Of how many readings one can choose.
_READINGS = 2
# Of how many times that were named one by one.
_CHOICES = 4


def book(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Offer what fits the days and times that were typed for a booking, or any day."""
    if not _names_a_time(frame):
        return booking.start(turn, store)
    if to_settle := gate.closed(turn, store):
        return [*_heard_and_kept(turn, store, frame), *to_settle]
    if len(frame.single_times) > 1:
        return ask(turn, store, frame)
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return _move_instead(turn, store, frame, mine) or blocked
    wish = _wish(turn, frame, store.bookings.latest(booking.seeker(turn)))
    return _offer(turn, store, wish, mine)


def go_on(
    turn: Turn, store: Store, packed: str, answer: list[Message], *, on_the_way: bool
) -> list[Message]:
    """Offer what fits a wish that was typed before everything was settled, when the last button on
    the way was pressed. While something still is to be settled, keep it and give the answer."""
    if gate.closed(turn, store):
        keep(turn, store, packed)
        return answer
    return wish(turn, store, packed) if on_the_way else answer


def _heard_and_kept(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Keep what was typed too early, and say that it was heard."""
    wish = _wish(turn, frame, None)
    keep(turn, store, wish.packed())
    return [Message(text=turn.say("wish.kept", wish=wish_card.heard(turn, wish)))]


def keep(turn: Turn, store: Store, packed: str) -> None:
    """Keep a wish until everything that it hangs on is settled."""
    store.awaited.ask(turn.contact.id, AWAITED, packed, turn.now + _KEPT_FOR)


def wait(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Put somebody on the waiting list who asks for it: for the day that they name, while it is
    full, or for one that they choose."""
    if blocked := gate.closed(turn, store):
        return blocked
    service = booking.usual_service(turn, store) or turn.office.services[0]
    day = frame.days.first if frame.days and frame.days.first == frame.days.last else None
    mine = own_bookings.current(turn, store)
    if day is not None and day in offering.days(turn, store, mine).full:
        return waiting.wait_for(turn, store, service, day)
    if day is not None:
        offer = book(turn, store, frame._replace(intent=Intent.BOOK))
        if booking.closed(turn, store, mine) or not offering.free_on(turn, store, day, mine):
            return offer
        return [Message(text=turn.say("waiting.not_needed", day=turn.say.day(day))), *offer]
    return waiting.choose_day(turn, store, service)


def _move_instead(turn: Turn, store: Store, frame: Frame, mine: Sequence[Booking]) -> list[Message]:
    """Offer to move the one booking of somebody who may not have another; nothing where that is
    not what stands in the way."""
    is_full = mine and booking.closed(turn, store, []) is None
    if not is_full or len(mine) != 1 or not moving.may_move(turn, mine[0]):
        return []
    limit = turn.say.count("booking.enough", turn.office.max_upcoming)
    wish = _wish(turn, frame, mine[0])
    return [Message(text=limit), *_offer_move(turn, store, mine[0], wish, mine)]


def move(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Offer what fits the days and times that were typed for a move, or ask which booking."""
    mine = own_bookings.current(turn, store)
    frame = _without_own_day(turn, mine, frame)
    found = _spoken_of(turn, mine, frame.about)
    if len(found) != 1 or not _names_a_time(frame):
        return moving.choose_move(turn, store, found)
    if len(frame.single_times) > 1:
        return ask(turn, store, frame)
    wish = _wish(turn, frame, found[0])
    return _offer_move(turn, store, found[0], wish, mine)


def ask(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Ask whether it is one of the readings of what was not heard for sure; nothing where no day
    or time was heard."""
    if frame.intent not in (Intent.BOOK, Intent.MOVE) or not (frame.days or frame.times):
        return []
    mine = own_bookings.current(turn, store)
    if frame.intent is Intent.BOOK:
        blocked = booking.closed(turn, store, mine)
        service = None if blocked else booking.usual_service(turn, store)
        way: Verb = ("wishfor/1", service) if service else ("wish/1",)
        last = None if blocked else store.bookings.latest(booking.seeker(turn))
    else:
        found = _spoken_of(turn, mine, frame.about)
        if len(found) != 1:
            return my_bookings.show_mine(turn, store) if found else []
        way, last = ("movewish/1", found[0].id), found[0]
        blocked = moving.closed(turn, store, found[0].id)
    if blocked:
        is_early = frame.intent is Intent.BOOK and gate.closed(turn, store)
        return [*(_heard_and_kept(turn, store, frame) if is_early else []), *blocked]
    wishes = _readings(_wish(turn, frame, last), frame)
    if frame.intent is Intent.MOVE and last is not None:
        # The day of the booking itself was told because it is to be moved.
        here = _day_of(turn, last)
        wishes = [each for each in wishes if each.days != here or each.times] or wishes
    choices = [button(wish_card.heard(turn, each), *way, each.packed()) for each in wishes]
    title = "wish.which_title" if len(choices) > 1 else "wish.is_it_title"
    return [
        Message(
            title=turn.say(title),
            text=turn.say("wish.which_text"),
            groups=(column(*choices),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def cancel(turn: Turn, store: Store, frame: Frame) -> list[Message]:
    """Ask whether to cancel the one booking that is meant, or which one."""
    found = _spoken_of(turn, own_bookings.current(turn, store), frame.about)
    return cancelling.choose_cancel(turn, store, found)


def wish(turn: Turn, store: Store, packed: str) -> list[Message]:
    """Offer what fits the one of two readings that was chosen."""
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return blocked
    return _offer(turn, store, Wish.unpacked(packed), mine)


def wish_for_service(turn: Turn, store: Store, service: str, packed: str) -> list[Message]:
    """Offer what fits the typed words, for the service that was chosen."""
    mine = own_bookings.current(turn, store)
    if blocked := booking.closed(turn, store, mine):
        return blocked
    booking.check_service(turn, service)
    return _offer_for(turn, store, service, Wish.unpacked(packed), mine)


def wish_to_move(turn: Turn, store: Store, booking_id: int, packed: str) -> list[Message]:
    """Offer what fits the one of two readings that was chosen for a move."""
    mine = own_bookings.current(turn, store)
    wish = Wish.unpacked(packed)
    found = next((each for each in mine if each.id == booking_id), None)
    if found is None:
        return moving.show_days(turn, store, booking_id, 0)  # which says what became of it
    return _offer_move(turn, store, found, wish, mine)


def _without_own_day(turn: Turn, mine: Sequence[Booking], frame: Frame) -> Frame:
    """Take the day of the only booking, where no time is named beside it, for what is to be moved
    ("reschedule my booking for the 8th")."""
    if frame.about or frame.times or frame.at_same_time or frame.days is None or len(mine) != 1:
        return frame
    if frame.days != _day_of(turn, mine[0]):
        return frame
    return frame._replace(days=None, about=About(frame.days.first, None))


def _names_a_time(frame: Frame) -> bool:
    return bool(frame.days or frame.times or frame.without or frame.at_same_time)


def _wish(turn: Turn, frame: Frame, last: Booking | None) -> Wish:
    wish = Wish.of(frame)
    if frame.at_same_time and wish.times is None and last is not None:
        clock = last.starts_at.astimezone(turn.office.zone).time()
        return wish._replace(times=Times(clock, clock))
    return wish


def _readings(wish: Wish, frame: Frame) -> list[Wish]:
    """Return what may be meant: each day with the time that was named with it, or with none where
    that is not clear."""
    days, times = frame.readings[:_READINGS], frame.time_readings[:_READINGS]
    if not days and frame.single_times:
        return [wish._replace(times=each) for each in frame.single_times[:_CHOICES]]
    if len(days) == len(times) > 1:
        pairs = zip(days, times, strict=True)
        return [wish._replace(days=day, times=clock) for day, clock in pairs]
    if len(times) > 1:
        wish = wish._replace(times=None)
    return [wish._replace(days=each) for each in days] or [wish]


def _offer(turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking]) -> list[Message]:
    """Offer what fits for the service of last time, or the only one; else ask for the service."""
    service = booking.usual_service(turn, store)
    if service is None:
        keep(turn, store, wish.packed())  # the service may be typed
        return [booking.services(turn, "wishfor/1", wish.packed())]
    return _offer_for(turn, store, service, wish, mine)


def _offer_for(
    turn: Turn, store: Store, service: str, wish: Wish, mine: Sequence[Booking]
) -> list[Message]:
    if slot := _only_slot(turn, store, wish, mine):
        return booking.show_summary(turn, store, service, *slot)
    chosen.service(turn, store, service, _to_remember(turn, store, wish, mine))
    ways = Ways(
        day=("day/1", service),
        time=("time/1", service),
        all_days=button(turn.say("booking.other_day"), "days/1", service, 0),
        wait=("wait/1", service),
    )
    return wish_card.offer(turn, store, wish, mine, ways)


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
    chosen.move(turn, store, found.id, _to_remember(turn, store, wish, others))
    all_days = button(turn.say("booking.other_day"), "move/1", found.id, 0)
    # Who may have another booking would wait for that one.
    wait = ("wait/1", found.service) if len(mine) >= turn.office.max_upcoming else None
    ways = Ways(("moveday/1", found.id), ("movetime/1", found.id), all_days, wait)
    return wish_card.offer(turn, store, wish, others, ways)


def _to_remember(turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking]) -> Wish:
    """Return the days for the next words: not a single day that has nothing free, since others are
    shown instead."""
    days = wish.days
    is_single = days is not None and days.first == days.last
    if days and is_single and not offering.free_on(turn, store, days.first, mine):
        return Wish()
    return wish


def _only_slot(turn: Turn, store: Store, wish: Wish, mine: Sequence[Booking]) -> Slot | None:
    """Return the slot of a wish for one day and one time, if it is free: its card can be
    confirmed."""
    days, times = wish.days, wish.times
    if not (days and times) or days.first != days.last or times.first != times.last:
        return None
    starts_at = at(days.first, times.first, turn.office.zone)
    return offering.best_at(turn, store, starts_at, mine)


def _day_of(turn: Turn, booking: Booking) -> Days:
    day = local_day(booking.starts_at, turn.office.zone)
    return Days(day, day)


def _is_it(turn: Turn, booking: Booking, wish: Wish) -> bool:
    """Return whether somebody wishes what they have."""
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
