"""`make understand`: how much of the corpus is understood, whole frames. `--wrong` shows what of
the seen part is not; nobody looks at the unseen part while the words are being built."""

import sys
from collections import Counter

from tests.corpus import Case, cases


def main() -> None:
    for part in ("seen", "unseen"):
        found = list(cases(part))
        print(_summary(part, found))
        if part == "seen" and "--wrong" in sys.argv:
            _show_wrong(found)


def _summary(part: str, found: list[Case]) -> str:
    right = sum(case.is_right for case in found)
    wrong_days = sum(case.is_confidently_wrong for case in found)
    every = Counter(case.language for case in found)
    well = Counter(case.language for case in found if case.is_right)
    languages = ", ".join(f"{each} {well[each]}/{every[each]}" for each in sorted(every))
    share = 100 * right / len(found) if found else 0
    wrong = f"{wrong_days} confident wrong days"
    return f"{part}: {right} of {len(found)} ({share:.1f} %), {wrong}; {languages}"


def _show_wrong(found: list[Case]) -> None:
    for case in found:
        if not case.is_right:
            right = {name: value for name, value in case.right.items() if name != "text"}
            print(f"- {case.right['text']}\n    right {right}\n    heard {case.heard}")


if __name__ == "__main__":
    main()
