"""My Page (求職者マイページ) has no API: staff post there by hand and tick it here (art. 6(4))."""

from handlers.shared import parts
from handlers.staff import cards
from handlers.staff.permission import booking_of, is_admin
from handlers.staff.telling import note
from models.chat import Message, button, column
from models.store import Store
from models.tables import AlertKind
from models.turn import Turn

_LISTED = 20


def show_open(turn: Turn, store: Store) -> list[Message]:
    """Return the bookings that are not yet posted, the next one first."""
    counselor = None if is_admin(turn) else turn.contact.counselor_id
    waiting = store.agenda.not_posted(turn.now, counselor)
    if not waiting:
        return [Message(text=turn.say("my_page.nothing"))]
    choices = [
        button(f"{parts.when_of(turn, each)} {each.reference}", "mypage/1", each.id)
        for each in waiting[:_LISTED]
    ]
    count = turn.say("my_page.open", n=len(waiting))
    return [Message(title=turn.say("my_page.title"), text=count, groups=(column(*choices),))]


def my_page_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_open(turn, store)


def show_text(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Return the text to copy, as a message of its own, and the button for "posted"."""
    booking = booking_of(turn, store, booking_id)
    if not cards.is_active(booking):
        return [cards.card(turn, store, booking)]
    # My Page is Japanese, whatever language staff read.
    office = turn.in_language(turn.office.language)
    text = office.say(
        "my_page.text",
        office=parts.office_name(office),
        when=parts.when_of(office, booking),
        counselor=booking.counselor,
        app=turn.office.video.name,
        url=turn.links.join(booking),
        reference=booking.reference,
        minutes=turn.office.grace_minutes,
        phone=parts.phone(office),
    )
    if not store.contacts.of_seeker(booking.job_seeker_id):  # their chat can be joined by this
        code = store.persons.new_code(booking.job_seeker_id, turn.now)
        note(turn, store, booking, "chat code")
        text += "\n" + office.say("my_page.code", code=code)
    changes = store.bookings.how_often_changed(booking.id)
    posted = button(turn.say("my_page.posted"), "posted/2", booking.id, changes, primary=True)
    back = button(turn.say("desk.back"), "booking/1", booking.id)
    copy = Message(text=turn.say("my_page.copy"), groups=(column(posted, back),))
    return [Message(text=text), copy]


def posted(turn: Turn, store: Store, booking_id: int, changes: int) -> list[Message]:
    """Tick it as posted, if the booking still is what the text spoke of."""
    booking = booking_of(turn, store, booking_id)
    if store.bookings.how_often_changed(booking.id) != changes:
        return show_text(turn, store, booking_id)
    if booking.my_page_posted_at is None:
        store.bookings.set_posted(booking.id, turn.now)
        note(turn, store, booking, "my_page", before="", after="posted")
        store.alerts.close(booking.id, AlertKind.NOT_IN_MY_PAGE, turn.now)
    return show_open(turn, store)


def posted_once(turn: Turn, store: Store, booking_id: int, version: int) -> list[Message]:
    """Answer an older button, which cannot tell what its text said, with the text as it is now."""
    return show_text(turn, store, booking_id)
