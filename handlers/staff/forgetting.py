"""Forgetting a person on request: also somebody who phones and has no chat to ask in."""

from handlers.staff import cards, desk
from handlers.staff.permission import check_person
from models.chat import Message, button
from models.store import Store
from models.turn import Turn


def ask(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Ask once; bookings to come are staff's to end first, so that the person hears of it."""
    check_person(turn, store, seeker_id)
    if upcoming := store.bookings.current(seeker_id, turn.now):
        first = turn.say("forget.has_booking")
        return [cards.card(turn, store, each, first) for each in upcoming]
    return desk.is_sure(
        turn,
        turn.say("forget.title"),
        turn.say("forget.sure", name=store.seekers.masked_name(seeker_id)),
        button(turn.say("forget.yes"), "forgetyes/1", seeker_id),
        button(turn.say("desk.back"), "person/1", seeker_id),
    )


def forget(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Erase the person's details, notes and chats; what must be kept stays without a name."""
    check_person(turn, store, seeker_id)
    if store.bookings.current(seeker_id, turn.now):
        return ask(turn, store, seeker_id)
    refused = store.seekers.refusal(seeker_id, turn.today) is not None
    for chat in store.contacts.of_seeker(seeker_id):
        store.erasure.erase_chat(chat, turn.now, turn.today)
    store.erasure.erase_person(seeker_id, turn.now, is_refused=refused)
    store.audit.note(turn.contact, "erase", turn.now, subject=f"person {seeker_id}")
    return [Message(text=turn.say("forget.done"))]
