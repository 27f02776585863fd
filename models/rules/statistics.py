"""Statistics: counts, in which no cell is so small that it speaks of a person (art. 7(2))."""

from collections.abc import Mapping


def without_small_cells(counts: Mapping[str, int], small: int) -> dict[str, int | None]:
    """Return the counts of a table with those under `small` left out (None); nought stays. The next
    smallest go too, until those left out could be anything: at least two of them, and together no
    fewer than `small` for each, since the total would tell them."""
    hidden = {name for name, count in counts.items() if 0 < count < small}
    rest = sorted((count, name) for name, count in counts.items() if count >= small)
    while hidden and rest:
        together = sum(counts[name] for name in hidden)
        if len(hidden) > 1 and together >= small * len(hidden):
            break
        hidden.add(rest.pop(0)[1])
    return {name: None if name in hidden else count for name, count in counts.items()}
