"""People who have settled everything, straight into the store: what is tried comes after that."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.booking import Booking
from models.rules.eligibility import ITEMS, Card
from models.rules.slots import Slot
from models.store import Store
from models.store.seekers import Details
from models.tables import Companion
from tests.talk import Parent
from tests.world import World


class Settled(NamedTuple):
    """Somebody who has agreed, declared and filled in the form."""

    contact_id: int
    seeker_id: int


def settle(store: Store, channel: str, person: str, now: datetime) -> Settled:
    """Let a platform's user have settled everything."""
    contact = store.contacts.add(channel, person, "ja", now)
    version = store.terms.in_force(now.date())
    assert version is not None
    store.terms.record_consent(
        contact.id, version, given=True, at=now, channel=channel, event_id="setup"
    )
    for card in Card:
        store.declarations.record(contact.id, card, list(ITEMS[card]), holds=True, at=now)
    number = f"34010-{contact.id:07}"
    details = Details("広島 花子", "ヒロシマ ハナコ", f"090{contact.id:08}", number)
    return Settled(contact.id, store.seekers.keep_details(contact.id, details, now))


def pressing(slot: Slot, nth: int = 1) -> str:
    """The button that books a slot."""
    return f"confirm/1:consultation:{slot.starts_at:%Y%m%d%H%M}:{slot.counselor_id}:alone:{nth}"


async def books_tomorrow(world: World, person: str) -> Booking:
    """Somebody who has settled everything has the first slot of the next day."""

    def book(store: Store) -> Booking:
        now = world.clock()
        seeker = settle(store, world.channel, person, now).seeker_id
        slot = store.calendar.free_from(now + timedelta(days=1), holder=0)[0]
        return store.bookings.book(seeker, slot, "consultation", Companion.ALONE, now)

    booked: Booking = await world.store(book)
    return booked


async def about_to_book(world: World) -> tuple[Parent, dict[str, object]]:
    """Somebody who is about to press the button that books."""
    parent = world.parent()
    parent.line.follows = True

    def prepare(store: Store) -> str:
        settle(store, "line", parent.person, world.clock())
        return pressing(store.calendar.free_from(world.clock(), holder=0)[-1])

    data = await world.store(prepare)
    return parent, world.line.event(parent.person, "postback", postback={"data": data})


async def gets_through(world: World, parent: Parent, event: dict[str, object]) -> None:
    """The event is delivered again; the booking is there, once, and confirmed once."""
    assert await world.line.deliver([event]) == 200
    await world.app.sender.drain()
    (stored,) = await world.rows(
        "SELECT count(*) FROM bookings b JOIN contacts c ON c.job_seeker_id = b.job_seeker_id"
        f" WHERE c.person = '{parent.person}'"
    )
    assert stored == (1,)
    confirmed = [each for each in world.line.ledger if each.person == parent.person]
    assert len(confirmed) == 1
