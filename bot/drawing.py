"""Drawing: the week and the month as a picture that reads on a phone. Colours are told apart by
colour-blind people too, and every colour has a sign beside it."""

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

# Japanese fonts as Linux distributions package them (docs/running.md says which to install).
_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_FONTS = (
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.otf"),
    *("ipaexg.ttf", "ipag.ttf", "fonts-japanese-gothic.ttf", "VL-Gothic-Regular.ttf"),
)
# Okabe and Ito's colours.
COLOURS: Mapping[str, str] = {
    "booked": "#56B4E9",
    "joined": "#009E73",
    "completed": "#009E73",
    "undecided": "#E69F00",
    "deemed_cancelled": "#CC79A7",
    "free": "#FFFFFF",
    "closed": "#E5E7EB",
}
_INK, _LINE, _PAPER = "#111827", "#9CA3AF", "#F9FAFB"
_MARGIN, _HEAD, _ROW, _LEGEND = 24, 96, 64, 56
_BAR, _BAR_LEFT = 46, 360
_SIDE, _LEAST_COLUMN, _WIDTH = 110, 116, 1200


class Cell(NamedTuple):
    """One slot of the grid: what it is, and what stands in it."""

    state: str
    words: str


class Grid(NamedTuple):
    """A picture's content: columns under headings, rows beside their names."""

    title: str
    columns: Sequence[str]
    rows: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    legend: Mapping[str, str]


class Bar(NamedTuple):
    """A row of a chart: its name, how long it is, and what stands behind it."""

    name: str
    value: int
    words: str


class Chart(NamedTuple):
    """Bars in tables under headings."""

    title: str
    tables: Mapping[str, Sequence[Bar]]


@cache
def font_file() -> Path | None:
    """Return a Japanese font of this machine, or None."""
    for name in _FONTS:
        for folder in _FOLDERS:
            found = next(folder.rglob(name), None) if folder.is_dir() else None
            if found is not None:
                return found
    return None


def draw(grid: Grid) -> bytes:
    """Return the grid as a PNG."""
    count = max(1, len(grid.columns))
    column = max(_LEAST_COLUMN, (_WIDTH - 2 * _MARGIN - _SIDE) // count)
    width = 2 * _MARGIN + _SIDE + column * count
    height = 2 * _MARGIN + _HEAD + _ROW + _ROW * len(grid.rows) + _LEGEND
    image = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_MARGIN, _MARGIN), grid.title, _INK, font_of(40))
    top = _MARGIN + _HEAD
    for number, name in enumerate(grid.columns):
        left = _MARGIN + _SIDE + number * column
        _centred(pen, (left, top - _ROW // 2, left + column, top + _ROW), name, 24)
    for line, name in enumerate(grid.rows):
        upper = top + _ROW * (line + 1)
        _centred(pen, (_MARGIN, upper, _MARGIN + _SIDE, upper + _ROW), name, 26)
        for number, cell in enumerate(grid.cells[line]):
            left = _MARGIN + _SIDE + number * column
            box = (left, upper, left + column, upper + _ROW)
            pen.rectangle(box, COLOURS[cell.state], _LINE, 2)
            _centred(pen, box, cell.words, 24)
    _draw_legend(pen, grid.legend, height - _MARGIN - _LEGEND // 2)
    return png(image)


def draw_chart(chart: Chart) -> bytes:
    """Return the chart as a PNG."""
    count = sum(len(bars) + 1 for bars in chart.tables.values())
    image = Image.new("RGB", (_WIDTH, 2 * _MARGIN + _HEAD + count * _BAR), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_MARGIN, _MARGIN), chart.title, _INK, font_of(40))
    top = _MARGIN + _HEAD
    longest = max((bar.value for bars in chart.tables.values() for bar in bars), default=0) or 1
    for heading, bars in chart.tables.items():
        pen.text((_MARGIN, top), heading, _INK, font_of(28))
        top += _BAR
        for bar in bars:
            pen.text((_MARGIN + 20, top), _fitting(pen, bar.name, 300, 26), _INK, font_of(26))
            length = int((_WIDTH - 600) * bar.value / longest)
            box = (_BAR_LEFT, top + 6, _BAR_LEFT + length, top + 36)
            pen.rectangle(box, COLOURS["booked"], _LINE, 1)
            pen.text((_BAR_LEFT + length + 12, top), bar.words, _INK, font_of(26))
            top += _BAR
    return png(image)


def png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_legend(pen: ImageDraw.ImageDraw, legend: Mapping[str, str], top: int) -> None:
    left = float(_MARGIN)
    for state, words in legend.items():
        pen.rectangle((left, top, left + 28, top + 28), COLOURS[state], _LINE, 2)
        pen.text((left + 38, top - 4), words, _INK, font_of(24))
        left += 38 + pen.textlength(words, font_of(24)) + 36


def _centred(
    pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], words: str, size: int
) -> None:
    """Draw words in the middle of a box, on up to two lines, cut where they do not fit."""
    font = font_of(size)
    lines = [_fitting(pen, line, box[2] - box[0] - 8, size) for line in words.split("\n")[:2]]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    pen.multiline_text(middle, "\n".join(lines), _INK, font, anchor="mm", align="center", spacing=2)


def _fitting(pen: ImageDraw.ImageDraw, words: str, room: int, size: int) -> str:
    while words and pen.textlength(words, font_of(size)) > room:
        words = words[:-1]
    return words


@cache
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font; without a Japanese one at least times and colours can be read."""
    file = font_file()
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)
