"""`make bench`: everything that is measured; `python -m benchmarks turns rush` some of it."""

import os
import platform
import sys
from collections.abc import Callable

from benchmarks import growth, peers, reminders, rush, size, turns, where
from benchmarks.servers import Servers, servers


def _turns(started: Servers) -> str:
    found = turns.sides(started)
    rounds = turns.measure(found)
    apart, together = turns.contended(found[0])
    return (
        f"{turns.report(rounds)}\n\nContended: {together:,.0f} presses a second for one slot,"
        f" {apart:,.0f} for slots of their own: {together / apart:.2f} of it."
    )


def _where(_: Servers) -> str:
    return where.report(where.measure())


def _rush(started: Servers) -> str:
    return rush.report(*rush.measure(started.counter(started.sqlite())))


def _growth(_: Servers) -> str:
    return growth.report(growth.measure())


def _reminders(started: Servers) -> str:
    return reminders.report(reminders.measure(started))


def _size(started: Servers) -> str:
    return size.report(size.measure(started))


def _peers(started: Servers) -> str:
    return peers.measure(started.folder)


PARTS: dict[str, Callable[[Servers], str]] = {
    "turns": _turns,
    "where": _where,
    "rush": _rush,
    "growth": _growth,
    "reminders": _reminders,
    "size": _size,
    "peers": _peers,
}


def main() -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores.")
    with servers() as started:
        for name in sys.argv[1:] or PARTS:
            print(f"\n{PARTS[name](started)}", flush=True)


if __name__ == "__main__":
    main()
