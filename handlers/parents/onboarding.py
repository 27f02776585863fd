"""Settling the points of the gate: an answer is recorded, and the conversation goes on."""

from handlers.parents import booking, conditions, consent, details, gate
from models.chat import Message
from models.rules.eligibility import ITEMS, Card
from models.store import Store
from models.turn import Turn


def agree(turn: Turn, store: Store, version_number: int) -> list[Message]:
    """Record the consent to the version that was shown, if that one is in force."""
    version = store.terms.in_force(turn.today)
    if version is None:
        return consent.not_open_yet(turn)
    if version.version != version_number:
        return [consent.terms_card(turn, store, version, turn.say("terms.changed"))]
    if not consent.stands(turn, store.settled.of(turn.contact, turn.today)):
        consent.record(turn, store, version, given=True)
    return booking.start(turn, store)


def all_hold(turn: Turn, store: Store, card: Card) -> list[Message]:
    """Record every condition of a card as fulfilled, but none that was answered with "no"."""
    settled = store.settled.of(turn.contact, turn.today)
    denied = conditions.denied(settled, card)
    to_record = [item for item in conditions.open_items(turn, settled, card) if item not in denied]
    store.declarations.record(turn.contact.id, card, to_record, holds=True, at=turn.acted_at)
    return booking.start(turn, store)


def holds(turn: Turn, store: Store, card: Card, item: str) -> list[Message]:
    """Record a "yes", and go on to the next open condition or out of the card."""
    conditions.check_item(card, item)
    store.declarations.record(turn.contact.id, card, [item], holds=True, at=turn.acted_at)
    still_open = conditions.open_items(turn, store.settled.of(turn.contact, turn.today), card)
    if not still_open:
        return booking.start(turn, store)
    later = [each for each in still_open if ITEMS[card].index(each) > ITEMS[card].index(item)]
    return conditions.ask(turn, store, card, (later or still_open)[0])


def does_not_hold(turn: Turn, store: Store, card: Card, item: str) -> list[Message]:
    """Record a "no", and say how to get past it: never a dead end."""
    conditions.check_item(card, item)
    store.declarations.record(turn.contact.id, card, [item], holds=False, at=turn.acted_at)
    return conditions.way_out(turn, card, item)


def form_sent(turn: Turn, store: Store) -> list[Message]:
    """Go on after the form; when it was not sent, say so and give a fresh link."""
    if gate.only_the_form_is_missing(turn, store):
        return [Message(text=turn.say("details.not_sent")), *details.offer_form(turn, store)]
    return booking.start(turn, store)


def change_details(turn: Turn, store: Store) -> list[Message]:
    """Return a form link for someone whose phone or name has changed."""
    return gate.closed(turn, store) or details.offer_form(turn, store)
