"""Tiles: what stands beside a parent's chat, by what they can do now. The first is what to do
next."""

from locales import Phrases
from models.chat import Button, button
from models.rules.menus import MenuState

_ELSE = (
    ("menu.ask", "ask/1"),
    ("menu.office", "office/1"),
    ("language.choose", "languages/1"),
)
_TILES: dict[MenuState, tuple[tuple[str, str], ...]] = {
    MenuState.NEW: (("menu.book", "book/1"), ("help.terms", "terms/1"), ("menu.help", "help/1")),
    MenuState.MAY_BOOK: (
        ("menu.book", "book/1"),
        ("menu.mine", "mine/1"),
        ("menu.help", "help/1"),
    ),
    MenuState.BOOKED: (
        ("menu.mine", "mine/1"),
        ("booking.move", "moveone/1"),
        ("booking.cancel", "cancelone/1"),
    ),
    MenuState.TODAY: (
        ("booking.join", "door/1"),
        ("arriving.late", "saylate/1"),
        ("booking.cancel", "cancelone/1"),
    ),
}


def tiles(say: Phrases, state: MenuState) -> list[Button]:
    """Return the tiles of a state."""
    return [
        button(say(label), verb, primary=number == 0)
        for number, (label, verb) in enumerate((*_TILES[state], *_ELSE))
    ]
