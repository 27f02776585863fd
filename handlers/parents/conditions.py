"""Is the service for this person, and is the device safe? One card with all conditions, or one
by one, with the way out of each "no" (arts. 2(1), 2(2), 5(1) to 5(6))."""

from datetime import timedelta

from handlers.shared import parts
from models.chat import Message, NotAButton, Points, button, column
from models.rules import eligibility
from models.rules.eligibility import ITEMS, Card
from models.store import Store
from models.store.settled import Settled
from models.turn import Turn

_NAMES = {Card.ELIGIBILITY: "eligibility", Card.ENVIRONMENT: "environment"}


def open_items(turn: Turn, settled: Settled, card: Card) -> list[str]:
    """Return the conditions that this person has yet to confirm."""
    days = {
        Card.ELIGIBILITY: turn.office.eligibility_valid_days,
        Card.ENVIRONMENT: turn.office.environment_valid_days,
    }[card]
    return eligibility.open_items(card, settled.answers, turn.now, timedelta(days=days))


def show_card(turn: Turn, card: Card, first: str) -> list[Message]:
    """Return all conditions of a card at once, or one by one from the first that is open."""
    name = _NAMES[card]
    points = Points(tuple(phrase(turn, card, item, "card") for item in ITEMS[card]))
    return [
        Message(
            title=turn.say(f"{name}.title"),
            text=turn.say(f"{name}.text"),
            points=points,
            groups=(
                column(
                    button(turn.say(f"{name}.all"), "all/1", card, primary=True),
                    button(turn.say(f"{name}.one_by_one"), "item/1", card, first),
                ),
            ),
        )
    ]


def way_out(turn: Turn, card: Card, item: str) -> list[Message]:
    """Return what stands between somebody who said "no" and a consultation: what can be put right,
    or a kind end with the nearest other help. A "no" stays one until the question is answered
    anew."""
    again = button(turn.say("conditions.answer_again"), "item/1", card, item)
    if (card, item) in eligibility.FINAL:
        title, ways = turn.say("conditions.end_title"), [again]
    else:
        put_right = button(turn.say("conditions.now_yes"), "yes/1", card, item, primary=True)
        title, ways = turn.say("conditions.way_out_title"), [put_right]
    by_phone = turn.say("conditions.by_phone", phone=parts.phone(turn))
    return [
        Message(
            title=title,
            text="\n\n".join([phrase(turn, card, item, "way_out"), by_phone]),
            groups=(
                column(parts.phone_link(turn), *ways, button(turn.say("menu.back"), "menu/1")),
            ),
        )
    ]


def denied(settled: Settled, card: Card) -> list[str]:
    """Return the conditions that this person said "no" to."""
    return eligibility.denied_items(card, settled.answers)


def ask(turn: Turn, store: Store, card: Card, item: str) -> list[Message]:
    """Ask one condition as a question."""
    check_item(card, item)
    number = ITEMS[card].index(item) + 1
    return [
        Message(
            title=turn.say(f"{_NAMES[card]}.title"),
            text=turn.say(
                "conditions.question",
                number=number,
                count=len(ITEMS[card]),
                question=phrase(turn, card, item, "ask"),
            ),
            groups=(
                column(
                    button(turn.say("conditions.yes"), "yes/1", card, item, primary=True),
                    button(turn.say("conditions.no"), "no/1", card, item),
                ),
            ),
            in_place=True,
        )
    ]


def check_item(card: Card, item: str) -> None:
    """Raise NotAButton for a condition that is not on a card."""
    if item not in ITEMS[card]:
        raise NotAButton("no such condition")


def named(turn: Turn, card: Card, item: str) -> str:
    """Return a condition as the card words it, for reading what was declared."""
    return phrase(turn, card, item, "card")


def phrase(turn: Turn, card: Card, item: str, form: str) -> str:
    """Return what a card, a question or a way out says about a condition."""
    return turn.say(
        f"{_NAMES[card]}.{item}.{form}",
        office=parts.office_name(turn),
        app=turn.office.video.name,
    )
