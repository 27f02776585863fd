"""Statistics: counts, in which no cell is so small that it speaks of a person (art. 7(2))."""

from collections.abc import Mapping


def without_small_cells(counts: Mapping[str, int], small: int) -> dict[str, int | None]:
    """The counts of a table with those under `small` left out (None); nought stays. Where only
    one is left out, the next smallest goes too, since the total would tell it."""
    shown: dict[str, int | None] = {
        name: None if 0 < count < small else count for name, count in counts.items()
    }
    hidden = [name for name, count in shown.items() if count is None]
    rest = sorted((count, name) for name, count in shown.items() if count)
    if len(hidden) == 1 and rest:
        shown[rest[0][1]] = None
    return shown
