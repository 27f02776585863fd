"""The gate: what must be settled before slots are shown (arts. 2 to 6), in this order."""

from functools import wraps
from typing import Any

from handlers.buttons import Step
from handlers.parents import conditions, consent, details
from handlers.shared import parts
from models.chat import Message, column
from models.rules.eligibility import Card
from models.store import Store
from models.turn import Turn


def closed(turn: Turn, store: Store) -> list[Message] | None:
    """Return what is still to be settled, or None when the way is free. Whom the office refuses is
    told kindly to phone, whatever else is settled (arts. 6(6), 12(1))."""
    settled = store.settled.of(turn.contact, turn.today)
    if settled.is_refused:
        return _please_phone(turn)
    if not consent.stands(turn, settled):
        return consent.show_terms(turn, store)
    if settled.is_claimed:
        return being_checked(turn)
    for card in Card:
        if denied := conditions.denied(settled, card):
            return conditions.way_out(turn, card, denied[0])
        if still_open := conditions.open_items(turn, settled, card):
            return conditions.show_card(turn, card, still_open[0])
    if turn.contact.job_seeker_id is None:
        return details.offer_form(turn, store)
    return None


def _please_phone(turn: Turn) -> list[Message]:
    """Return what somebody is told whom the office refuses."""
    return [
        Message(
            title=turn.say("refused.title"),
            text=turn.say("refused.text", phone=parts.phone(turn)),
            groups=(column(parts.phone_link(turn)),),
        )
    ]


def being_checked(turn: Turn) -> list[Message]:
    """Return what somebody is told who gave a registration number that another record has."""
    return [
        Message(
            title=turn.say("joining.checking_title"),
            text=turn.say("joining.checking_text", phone=parts.phone(turn)),
            groups=(column(parts.phone_link(turn)),),
        )
    ]


def unless_refused(step: Step) -> Step:
    """Return a step in whose place somebody whom the office refuses is told to phone."""

    @wraps(step)
    def guarded(turn: Turn, store: Store, *given: Any) -> list[Message]:
        if store.settled.of(turn.contact, turn.today).is_refused:
            return _please_phone(turn)
        return step(turn, store, *given)

    return guarded


def only_the_form_is_missing(turn: Turn, store: Store) -> bool:
    """Return whether everything but the form is settled."""
    settled = store.settled.of(turn.contact, turn.today)
    return (
        turn.contact.job_seeker_id is None
        and consent.stands(turn, settled)
        and not any(conditions.open_items(turn, settled, card) for card in Card)
    )
