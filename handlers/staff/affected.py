"""A change of the calendar that hits bookings: they are listed first, and staff say whether to
move them, to cancel them with notice, or to keep them. Nothing is left hanging."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

from handlers.shared import parts
from handlers.staff import cards, ending
from models.booking import Booking
from models.chat import Argument, Message, NotAButton, button, column
from models.store import Store
from models.tables import AlertKind
from models.turn import Turn

Part = TypeVar("Part")

ASK = "ask"
HOWS = ("move", "cancel", "keep")
_A_MESSAGE = 30


def ask(
    turn: Turn,
    store: Store,
    hit: Sequence[Booking],
    how: str,
    verb: tuple[Argument, ...],
    *,
    always: bool = False,
    title: str = "",
    keep: str = "affected.keep_none",
) -> list[Message] | None:
    """Return the question, unless nothing is hit or it was answered for exactly these bookings; a
    button's arguments are `verb` with the answer behind them. `title` says what was understood of a
    text, `keep` is the phrase for going on where nothing is hit. Raises NotAButton for an answer
    that there is not."""
    answer, _, listed = how.partition("-")
    if answer not in (ASK, *HOWS):
        raise NotAButton("no such answer")
    if answer != ASK and listed == _fingerprint(hit):
        return None
    if not hit and not always:
        return None
    name, *arguments = verb
    dated = [_line(turn, store, each) for each in hit]
    hows = HOWS if hit else ("keep",)
    choices = [
        button(
            turn.say(f"affected.{each}" if hit else keep),
            str(name),
            *arguments,
            f"{each}-{_fingerprint(hit)}",
        )
        for each in hows
    ]
    text = turn.say("affected.text", n=len(hit)) if hit else turn.say("affected.sure")
    changed = [turn.say("affected.changed")] if answer != ASK else []
    *before, last = _in_parts(dated) or [[]]
    return [
        *(Message(text="\n".join(part)) for part in before),
        Message(
            title=title or turn.say("affected.title"),
            text="\n".join([*changed, text, *last]),
            groups=(column(*choices, button(turn.say("desk.back"), "counselors/1")),),
        ),
    ]


def settle(
    turn: Turn, store: Store, hit: Sequence[Booking], how: str, reason: str
) -> list[Message]:
    """Settle what becomes of the bookings that a change has hit."""
    answer = how.partition("-")[0]
    if answer == "cancel" and hit:
        for each in hit:
            ending.end_for_office(turn, store, each, reason)
        return [Message(text=turn.say("affected.cancelled", n=len(hit)))]
    if answer == "move" and hit:
        for each in hit:  # so that none is forgotten: moving or cancelling it ticks it off
            store.alerts.about(each, AlertKind.TO_MOVE, turn.now)
        choices = [
            button(f"{parts.when_of(turn, each)} {each.reference}", "smove/1", each.id, 0)
            for each in hit
        ]
        return [
            Message(title=turn.say("affected.to_move"), groups=(column(*part),))
            for part in _in_parts(choices)
        ]
    return []


def _line(turn: Turn, store: Store, booking: Booking) -> str:
    rest = cards.line(turn, store, booking).split("  ", 1)[-1]
    return f"・{parts.when_of(turn, booking)} {rest}"


def _in_parts(every: Sequence[Part]) -> list[Sequence[Part]]:
    """Cut into as many as one message holds on every channel: an answer is about all of them, so
    all of them are shown."""
    return [every[at : at + _A_MESSAGE] for at in range(0, len(every), _A_MESSAGE)]


def _fingerprint(hit: Sequence[Booking]) -> str:
    """Return which bookings were listed, and as they stood: an answer is about these and no
    others."""
    stood = " ".join(f"{each.id}.{each.version}" for each in hit)
    return f"{crc32(stood.encode()):08x}"
