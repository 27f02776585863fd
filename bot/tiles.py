"""Tiles: buttons as a picture with places to press, for a menu below the chat."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw

from bot.drawing import font_of, png
from models.chat import Button

# Another look makes another menu: raise it with what is drawn here.
LOOK = 1
# Contrast with the words on it: 7.4 and 14.7 to 1.
_ACCENT, _ON_ACCENT = "#17598A", "#FFFFFF"
_PLAIN, _ON_PLAIN = "#FFFFFF", "#1F2937"
_EDGE, _GAP, _ROUND, _SIDE = "#CFD8E3", 14, 36, 48
# The largest letters that fit are taken. On a phone, the smallest are as large as ours on a card.
_SIZES = range(116, 55, -6)
_MOST_LINES = 3
_PIECE = re.compile("( ?)(（[^）]*）[^ （・]*・?|[^ （・]+・?)")


class Place(NamedTuple):
    """Where a tile is, in pixels."""

    x: int
    y: int
    width: int
    height: int


def places(count: int, columns: int, width: int, height: int) -> list[Place]:
    """Return where so many tiles are in a picture, row by row."""
    across, down = width // columns, height // -(-count // columns)
    return [
        Place(number % columns * across, number // columns * down, across, down)
        for number in range(count)
    ]


def draw_tiles(buttons: Sequence[Button], columns: int, width: int, height: int) -> bytes:
    """Draw tiles with their labels as a PNG of a given size in pixels."""
    image = Image.new("RGB", (width, height), _EDGE)
    pen = ImageDraw.Draw(image)
    for each, place in zip(buttons, places(len(buttons), columns, width, height), strict=True):
        box = (
            *(place.x + _GAP, place.y + _GAP),
            *(place.x + place.width - _GAP, place.y + place.height - _GAP),
        )
        pen.rounded_rectangle(box, _ROUND, _ACCENT if each.primary else _PLAIN)
        room = place.width - 2 * (_GAP + _SIDE), place.height - 2 * (_GAP + _SIDE)
        words, size = fitted(pen, each.label, room)
        pen.multiline_text(
            (place.x + place.width / 2, place.y + place.height / 2),
            words,
            _ON_ACCENT if each.primary else _ON_PLAIN,
            font_of(size),
            anchor="mm",
            align="center",
            spacing=size // 4,
        )
    return png(image)


def fitted(pen: ImageDraw.ImageDraw, label: str, room: tuple[int, int]) -> tuple[str, int]:
    """Return a label broken into lines, and the largest size (pixels) in which it fits."""
    for size in _SIZES:
        lines = _lines(pen, label, room[0], size)
        is_whole = all(pen.textlength(line, font_of(size)) <= room[0] for line in lines)
        if is_whole and len(lines) <= _MOST_LINES and len(lines) * size * 5 // 4 <= room[1]:
            return "\n".join(lines), size
    return "\n".join(_lines(pen, label, room[0], _SIZES[-1])[:_MOST_LINES]), _SIZES[-1]


def _lines(pen: ImageDraw.ImageDraw, label: str, room: int, size: int) -> list[str]:
    """Break a label between words and before a reading in brackets; never inside of either."""
    lines = [""]
    for space, word in _PIECE.findall(label):
        longer = f"{lines[-1]}{space}{word}"
        if lines[-1] and pen.textlength(longer, font_of(size)) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
