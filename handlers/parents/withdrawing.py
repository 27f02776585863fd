"""Withdrawing one's consent (art. 2(3)): one question, then the record."""

from handlers.parents import consent
from handlers.shared import own_bookings, parts
from models.chat import Message, button, column
from models.store import Store
from models.store.terms import Version
from models.tables import Status
from models.turn import Turn


def ask(turn: Turn, store: Store) -> list[Message]:
    """Ask once before a consent is withdrawn; it says what would be cancelled."""
    given = store.terms.consent_of(turn.contact.id)
    if given is None or not given.given:
        return [parts.menu(turn, turn.say("withdraw.nothing"))]
    bookings = own_bookings.current(turn, store)
    affected = [turn.say("withdraw.cancels", when=parts.when_of(turn, each)) for each in bookings]
    return [
        Message(
            title=turn.say("withdraw.title"),
            text="\n".join([turn.say("withdraw.text"), *affected]),
            groups=(
                column(
                    button(turn.say("withdraw.yes"), "withdrawn/1", given.terms_version),
                    button(turn.say("withdraw.no"), "menu/1", primary=True),
                ),
            ),
        )
    ]


def withdraw(turn: Turn, store: Store, version_number: int) -> list[Message]:
    """Record the withdrawal and cancel what has not begun."""
    given = store.terms.consent_of(turn.contact.id)
    if given is None or not given.given:
        return [parts.menu(turn, turn.say("withdraw.nothing"))]
    terms = store.terms.text(given.terms_version)
    if given.terms_version != version_number or terms is None:
        return ask(turn, store)
    version = Version(given.terms_version, terms.sha256, terms.effective_on)
    consent.record(turn, store, version, given=False)
    store.forms.close_all(turn.contact.id, turn.now)
    for booking in own_bookings.current(turn, store):
        if turn.now < booking.starts_at:
            store.bookings.set_status(
                booking, Status.CANCELLED, turn.now, by="parent", why="consent withdrawn"
            )
            store.alerts.close_of(booking.id, turn.now)
    return [
        Message(
            title=turn.say("withdraw.done_title"),
            text=turn.say("withdraw.done_text", phone=parts.phone(turn)),
            groups=(column(button(turn.say("terms.back"), "terms/1")),),
        )
    ]
