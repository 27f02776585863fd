"""`make faults`: every fault as often as is promised, and a table of how often that was."""

import os
import sys
from collections import Counter
from collections.abc import Sequence

import pytest


class Table:
    """Gathers how many trials of each fault have passed, from all of pytest's workers."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when == "call" and report.passed:
            for name, value in report.user_properties:
                if name == "fault" and isinstance(value, Sequence):
                    self.passed[str(value[0])] += int(value[1])

    def __str__(self) -> str:
        lines = ["| fault | trials passed |", "|---|---|"]
        by_number = sorted(self.passed, key=lambda each: (each.split(":")[0].zfill(2), each))
        lines += [f"| {fault} | {self.passed[fault]:,} |" for fault in by_number]
        return "\n".join([*lines, *(f"FAILED: {each}" for each in self.failed)])


def main() -> int:
    os.environ["FAULTS"] = "full"
    table = Table()
    code = pytest.main(["tests/faults", *sys.argv[1:]], plugins=[table])
    print(f"\n{table}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
