"""Zoom in trouble: answers that are lost after the work was done, limits, refused tokens, and Zoom
away for an hour or a day. In the end each booking has one room, at its time, and nothing else is
left."""

import random
from collections.abc import Callable
from datetime import timedelta

from models.booking import Booking
from models.rules.slots import Slot
from models.store import Store
from models.tables import ACTIVE, Companion, Status
from tests.conftest import MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import settle
from tests.world import World

_TROUBLES = ("", "", "lost", "lost", "busy", "revoked", "down")
_LENGTHS = (timedelta(seconds=20), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))


async def test_rooms_are_right_in_the_end(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(12, 300), random.Random(17)
    world: World = await make_world(channel, counselors=2, with_zoom=True)
    for trial in range(count):
        await _trouble(world, dice)
        assert await _wrong(world) == [], (trial, world.zoom.out)
    trials("Zoom in trouble: bookings made, moved and cancelled meanwhile", count)


async def _trouble(world: World, dice: random.Random) -> None:
    """Somebody books, moves and cancels while Zoom does not do what it should; then it is well."""
    world.zoom.out = dice.choice(_TROUBLES)
    booking = await world.store(lambda store: _book(world, store, dice))
    await _passes(world, dice)
    for _ in range(dice.randrange(3)):
        world.zoom.out = dice.choice(_TROUBLES)
        act = dice.choice((_move, _cancel))
        await world.store(_changing(world, dice, booking, act))
        await _passes(world, dice)
    world.zoom.out = ""
    await world.play(minutes=30)


async def _passes(world: World, dice: random.Random) -> None:
    """Some time: what is due is done, and done again."""
    if dice.random() < 0.5:
        await world.play_to(world.clock() + dice.choice(_LENGTHS[:3]))
    elif dice.random() < 0.1:
        await world.play_to(world.clock() + _LENGTHS[3])
    else:
        await world.app.drain()


def _slot(world: World, store: Store, dice: random.Random) -> Slot:
    after = world.clock() + timedelta(days=4)
    return dice.choice(
        [each for each in store.calendar.free_from(after, holder=0) if each.starts_at > after]
    )


def _book(world: World, store: Store, dice: random.Random) -> Booking:
    person = world.parent().person
    seeker = settle(store, world.channel, person, world.clock()).seeker_id
    slot = _slot(world, store, dice)
    return store.bookings.book(seeker, slot, "consultation", Companion.ALONE, world.clock())


def _changing(
    world: World,
    dice: random.Random,
    booking: Booking,
    act: Callable[[World, Store, random.Random, Booking], None],
) -> Callable[[Store], None]:
    def change(store: Store) -> None:
        now_standing = store.bookings.by_id(booking.id)
        assert now_standing is not None
        if now_standing.status == Status.BOOKED:
            act(world, store, dice, now_standing)

    return change


def _move(world: World, store: Store, dice: random.Random, booking: Booking) -> None:
    store.bookings.move(booking, _slot(world, store, dice), world.clock())


def _cancel(world: World, store: Store, dice: random.Random, booking: Booking) -> None:
    store.bookings.set_status(booking, Status.CANCELLED, world.clock(), by="parent")


async def _wrong(world: World) -> list[str]:
    """What is not as it should be: of bookings that are to come, and of rooms that stand."""
    to_come = {
        each.reference: each
        for each in await world.bookings(most=400)
        if each.status in ACTIVE and each.starts_at > world.clock()
    }
    rooms = [
        (str(each.asked["topic"]), world.zoom.start_of(each), number)
        for number, each in world.zoom.meetings.items()
        if world.zoom.start_of(each) > world.clock()
    ]
    wanted = sorted((each.reference, each.starts_at) for each in to_come.values())
    wrong = [
        f"{each} is not as wanted"
        for each in {*wanted} ^ {(reference, start) for reference, start, _ in rooms}
    ]
    if len(rooms) != len(wanted):
        wrong.append(f"{len(rooms)} rooms for {len(wanted)} bookings")
    for reference, _, number in rooms:
        booking = to_come.get(reference)
        url = booking.meeting_url if booking else None
        if url is None or f"/{number}?" not in url:
            wrong.append(f"{reference} leads elsewhere")
    return wrong
