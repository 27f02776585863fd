"""What a parent chose last on the way to a booking or a move: the words that follow go on from
there."""

from datetime import timedelta
from typing import NamedTuple

from handlers.shared import own_bookings
from handlers.shared.offering import Verb
from handlers.shared.wish import Wish
from models.booking import Booking
from models.chat import Button, NotAButton, button
from models.rules.days import local_day
from models.store import Store
from models.tables import Awaited
from models.turn import Turn
from models.understanding.frame import About, Frame, Intent

# The name of what was chosen, among what is awaited.
AWAITED = "chosen"
_REMEMBERED_FOR = timedelta(hours=2)
_BOOKING, _MOVING = "wishfor/1", "movewish/1"
_ALL_DAYS = {_BOOKING: "days/1", _MOVING: "move/1"}


class Chosen(NamedTuple):
    """The service of a booking to come or the booking to be moved, one of both, and the days."""

    service: str | None
    booking: Booking | None
    wish: Wish

    def go_on(self, turn: Turn) -> Button:
        """Return the button that shows again what may be chosen."""
        label = turn.say("wish.go_on")
        verb, choice = (
            (_MOVING, self.booking.id) if self.booking else (_BOOKING, self.service or "")
        )
        if self.wish == Wish():
            return button(label, _ALL_DAYS[verb], choice, 0)
        return button(label, verb, choice, self.wish.packed())

    def as_meant(self, turn: Turn, frame: Frame) -> Frame:
        """Return what words mean that follow the choice: a time alone is one of the chosen days, a
        day or time without another booking is for what was chosen."""
        if frame.intent not in (Intent.BOOK, Intent.MOVE) or frame.about is not None:
            return frame
        if not (frame.days or frame.times or frame.without or frame.at_same_time):
            return frame
        if frame.times and not (frame.days or frame.without or frame.at_other_day):
            frame = frame._replace(days=self.wish.days, without=self.wish.without)
        if self.booking is None:
            return frame._replace(intent=Intent.BOOK)
        zone = turn.office.zone
        clock = self.booking.starts_at.astimezone(zone).time()
        about = About(local_day(self.booking.starts_at, zone), clock)
        return frame._replace(intent=Intent.MOVE, about=about)


def remembered(turn: Turn, store: Store, awaited: Awaited | None) -> Chosen | None:
    """Return what was chosen, and keep it for the next words; nothing where it is chosen no more,
    as a service that is not offered or a booking that is over."""
    kept = _read(awaited)
    if awaited is None or kept is None:
        return None
    verb, choice, wish = kept
    mine = own_bookings.current(turn, store) if verb == _MOVING else []
    booking = next((each for each in mine if str(each.id) == choice), None)
    name = choice if verb == _BOOKING and choice in turn.office.services else None
    if booking is None and name is None:
        return None
    store.awaited.ask(turn.contact.id, AWAITED, awaited.subject, awaited.until)
    return Chosen(name, booking, wish)


def service_of(turn: Turn, store: Store) -> str | None:
    """Return the service that was chosen last, where days or times of it are shown."""
    verb, choice, _ = _read(store.awaited.peek(turn.contact)) or ("", "", Wish())
    return choice if verb == _BOOKING and choice in turn.office.services else None


def service(turn: Turn, store: Store, name: str, wish: Wish | None = None) -> None:
    """Remember the service for which days or times are shown, and on which days."""
    _remember(turn, store, (_BOOKING, name), wish)


def move(turn: Turn, store: Store, booking_id: int, wish: Wish | None = None) -> None:
    """Remember the booking for which new days or times are shown, and on which days."""
    _remember(turn, store, (_MOVING, booking_id), wish)


def _remember(turn: Turn, store: Store, verb: Verb, wish: Wish | None) -> None:
    days = (wish or Wish())._replace(times=None)
    subject = button("", *verb, days.packed()).data
    store.awaited.ask(turn.contact.id, AWAITED, subject, turn.now + _REMEMBERED_FOR)


def _read(awaited: Awaited | None) -> tuple[str, str, Wish] | None:
    if awaited is None or awaited.what != AWAITED:
        return None
    try:
        verb, choice, packed = awaited.subject.split(":")
        return verb, choice, Wish.unpacked(packed)
    except (ValueError, NotAButton):
        return None
