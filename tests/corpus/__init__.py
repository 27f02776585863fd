"""The corpus: what people type, and how it should be understood (README.md in this folder)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import locales
from models.understanding.frame import CLEAR
from models.understanding.output import as_json
from models.understanding.reading import read

_UNSEEN = Path(__file__).parent / "unseen"
_SEEN = Path(locales.__file__).parent
TODAY = date(2026, 11, 26)
_COMPARED = ("intent", "dates", "times", "about", "except")


class Case(NamedTuple):
    """A text, what it should say, and what was heard."""

    language: str
    right: dict[str, Any]
    heard: dict[str, Any]

    @property
    def is_right(self) -> bool:
        return all(self.right[name] == self.heard[name] for name in _COMPARED)

    @property
    def is_confidently_wrong(self) -> bool:
        """Whether the program would act on a day that was not meant."""
        dates = self.heard["dates"]
        return (
            dates is not None and dates != self.right["dates"] and self.heard["confidence"] >= CLEAR
        )


def cases(part: str) -> Iterator[Case]:
    """Read one part of the corpus, `seen` (the examples of each language) or `unseen`, and
    understand each text."""
    paths = _SEEN.glob("*/examples.jsonl") if part == "seen" else _UNSEEN.glob("*.jsonl")
    for path in sorted(paths):
        language = path.parent.name if part == "seen" else path.stem
        for line in path.read_text(encoding="utf-8").splitlines():
            right = json.loads(line)
            yield Case(language, right, as_json(read(right["text"], TODAY)))
