"""Declarations: which conditions stand, and which are unanswered, denied or out of date."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from models.choice import Choice


class Card(Choice):
    """What a parent declares before booking."""

    ELIGIBILITY = "e"
    ENVIRONMENT = "v"


ITEMS: Mapping[Card, tuple[str, ...]] = {
    # art. 2(1) and 2(2)
    Card.ELIGIBILITY: ("child", "registered", "mypage", "device"),
    # art. 5(1) to 5(6)
    Card.ENVIRONMENT: ("safe", "line", "patched", "firewall", "sharing", "antivirus"),
}


class Declaration(NamedTuple):
    """One answer: does the condition hold, and when (UTC) was it said?"""

    card: Card
    item: str
    holds: bool
    at: datetime


def open_items(
    card: Card, answers: Iterable[Declaration], now: datetime, valid: timedelta
) -> list[str]:
    """Return the conditions of a card, in its order, that do not stand at `now`: never answered,
    answered with "no", or answered longer ago than `valid`."""
    last = latest(answers)
    return [
        item
        for item in ITEMS[card]
        if (found := last.get((card, item))) is None or not found.holds or now - found.at > valid
    ]


# What a "no" to these ends cannot be put right later (art. 2(1)).
FINAL = frozenset({(Card.ELIGIBILITY, "child")})


def denied_items(card: Card, answers: Iterable[Declaration]) -> list[str]:
    """Return the conditions of a card, in its order, whose last answer is "no"."""
    last = latest(answers)
    return [
        item
        for item in ITEMS[card]
        if (found := last.get((card, item))) is not None and not found.holds
    ]


def latest(answers: Iterable[Declaration]) -> dict[tuple[Card, str], Declaration]:
    """Return the answer that counts, by card and item: of all, in the order in which they came to
    us, the last. Not the one with the latest time: a clock that was ahead would make a "no" stand
    for as long as it was."""
    return {(each.card, each.item): each for each in answers}
