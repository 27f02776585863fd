"""The card of the waiting list: for which days somebody waits."""

from collections.abc import Sequence
from datetime import date

from handlers.shared import parts
from models.chat import Button, Message, button, column
from models.turn import Turn


def card(
    turn: Turn, days: Sequence[date | None], *, is_move: bool, ways: Sequence[Button] = ()
) -> Message:
    """Return the card for these days; None is any day, or any earlier one where an offer would move
    a booking (`is_move`). `ways` stand above the one that ends the wait."""
    anything = turn.say("waiting.earlier" if is_move else "waiting.any_day")
    named = [turn.say.day(each) if each else anything for each in days]
    return Message(
        title=turn.say("waiting.noted_title"),
        text=turn.say(
            "waiting.noted_text",
            day=turn.say("wish.comma").join(named),
            minutes=turn.office.hold_minutes,
        ),
        groups=(column(*ways, button(turn.say("waiting.stop"), "waitnot/1")),),
        shortcuts=parts.menu_shortcuts(turn),
    )
