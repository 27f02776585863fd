"""Joining: a chat becomes that of a person whom the office knows already, by a one-time code that
staff give."""

from datetime import timedelta

from handlers.shared import booking_card, own_bookings, parts
from models.chat import Message, button, column
from models.store import Store
from models.store.persons import TRIES
from models.tables import AlertKind
from models.turn import Turn

_TRIES_LAST = timedelta(hours=1)
_WHAT = "join chat"


def join(turn: Turn, store: Store, code: str) -> list[Message]:
    """Join the chat to the record of the code: its bookings are here from now on. What the chat had
    of its own goes along, since a person has one record."""
    since = turn.now - _TRIES_LAST
    too_often = store.audit.refusals(turn.contact.id, _WHAT, since) >= TRIES
    seeker = None if too_often else store.persons.redeem(code, turn.now)
    if seeker is None:
        store.audit.note(turn.contact, _WHAT, turn.now, allowed=False)
        key = "joining.too_often" if too_often else "joining.wrong"
        return [Message(text=turn.say(key, phone=parts.phone(turn)))]
    own = turn.contact.job_seeker_id
    if own is not None and own != seeker:
        store.persons.merge(own, seeker, None, turn.now)
        for claim in store.persons.open_claims(own):
            if {claim.job_seeker_id, claim.other_id} == {own, seeker}:
                store.persons.decide(claim, turn.now, is_same=True)
                subject = f"job seekers {claim.job_seeker_id} {claim.other_id}"
                store.alerts.close_about(AlertKind.SAME_REGISTRATION, subject, turn.now)
    store.seekers.tie(turn.contact.id, seeker)
    before = f"person {own}" if own is not None else ""
    after = f"person {seeker}"
    store.audit.note(turn.contact, _WHAT, turn.now, subject=after, before=before, after=after)
    joined = turn.of(store.contacts.by_id(turn.contact.id))
    mine = own_bookings.current(joined, store)
    hello = Message(
        title=turn.say("joining.done_title"),
        text=turn.say("joining.done_text"),
        groups=() if mine else (column(button(turn.say("menu.book"), "book/1", primary=True)),),
    )
    return [hello, *(booking_card.cards_of(joined, mine) if mine else [])]
