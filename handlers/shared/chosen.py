"""What a parent chose last on the way to a booking or a move: the words that follow go on from
there."""

from datetime import timedelta
from typing import NamedTuple, Self

from handlers.shared.offering import Verb
from handlers.shared.wish import Wish
from models.chat import Button, button
from models.store import Store
from models.turn import Turn
from models.understanding.frame import CLEAR, Days, Frame, Intent

# The name of what was chosen, among what is awaited.
AWAITED = "chosen"
_REMEMBERED_FOR = timedelta(hours=2)
_BOOKING = "wishfor/1"
_MOVING = "movewish/1"
_ALL_DAYS = {_BOOKING: "days/1", _MOVING: "move/1"}


class Chosen(NamedTuple):
    """What takes a wish, as a button without it: for a service, or for the booking that is to be
    moved; and the days that were chosen for it."""

    way: str
    days: Days | None

    @classmethod
    def of(cls, subject: str) -> Self:
        """Return what was remembered."""
        way, packed = subject.rsplit(":", 1)
        return cls(way, Wish.unpacked(packed).days)

    def with_days(self, frame: Frame) -> Frame:
        """Return a frame with the chosen days where it names a time only."""
        is_time_only = frame.times and not (frame.days or frame.without or frame.about)
        return frame._replace(days=self.days) if is_time_only else frame

    def button(self, turn: Turn) -> Button:
        """Return what shows again what may be chosen."""
        verb, choice = self.way.split(":")
        label = turn.say("wish.go_on")
        if self.days is None:
            return button(label, _ALL_DAYS[verb], choice, 0)
        return button(label, verb, choice, Wish(self.days).packed())

    def going_on(self, frame: Frame) -> str | None:
        """Return the button that words stand for; None where they do not go on from what was
        chosen, or where it must be asked what they mean."""
        intents = (Intent.BOOK, Intent.MOVE) if self.way.startswith(_MOVING) else (Intent.BOOK,)
        is_clear = frame.confidence >= CLEAR and len(frame.single_times) <= 1
        if not is_clear or frame.intent not in intents or frame.about or frame.at_same_time:
            return None
        wish = Wish.of(self.with_days(frame))
        return f"{self.way}:{wish.packed()}" if wish.days or wish.times else None


def service(turn: Turn, store: Store, name: str, days: Days | None = None) -> None:
    """Remember the service for which days or times are shown, and on which days."""
    _remember(turn, store, (_BOOKING, name), days)


def move(turn: Turn, store: Store, booking_id: int, days: Days | None = None) -> None:
    """Remember the booking for which new days or times are shown, and on which days."""
    _remember(turn, store, (_MOVING, booking_id), days)


def _remember(turn: Turn, store: Store, verb: Verb, days: Days | None) -> None:
    subject = button("", *verb, Wish(days).packed()).data
    store.awaited.ask(turn.contact.id, AWAITED, subject, turn.now + _REMEMBERED_FOR)
