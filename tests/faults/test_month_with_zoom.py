"""A month of an office with Zoom: hosts who are late now and then, webhooks that are late or lost,
and parents who are seen in their room. Nobody is wrongly deemed absent, and staff are seldom
asked."""

import json
import random
from datetime import timedelta

from models.tables import Status
from tests.conftest import MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.test_month import (
    ABSENT,
    Act,
    Guest,
    Habit,
    acts_of,
    deafness,
    guests_of,
    is_unheard,
    wrongly_deemed,
)
from tests.world import World

_COUNSELORS = 3
# Of a hundred webhooks so many come late (within 85 minutes), and so many never.
_LATE, _LOST = 5, 1
# Of a hundred hosts so many start after the grace.
_LATE_HOSTS = 2
# Of a hundred bookings staff may be asked about so many, beside those of whom something was heard.
_MOST_ASKED = 2
_SEEN_IN_ZOOM = (Habit.JOINS, Habit.JOINS_LATE, Habit.COMES_BY_MY_PAGE)


async def test_a_month_of_an_office_with_zoom(
    make_world: MakeWorld, channel: str, how_many: Count, trials: Note
) -> None:
    count, dice = how_many(24, 500), random.Random(16)
    world: World = await make_world(channel, counselors=_COUNSELORS, with_zoom=True)
    world.line.quota = None
    admin = await world.staff()
    guests = await guests_of(world, dice, count)
    await world.play(minutes=1)
    begins = dice.choice(guests).booking.starts_at + timedelta(minutes=3)
    deaf = begins, begins + timedelta(hours=1)
    late_hosts: set[int] = set()
    acts = [act for guest in guests for act in acts_of(world, admin, dice, guest)]
    acts += [act for guest in guests for act in _in_zoom(world, dice, guest, late_hosts)]
    ours = deafness(world, deaf)
    mine = [act for _, act in ours]
    for moment, act in sorted([*acts, *ours], key=lambda each: each[0]):
        if moment > world.clock():
            await world.play_to(moment)
        if act in mine or not deaf[0] <= moment < deaf[1]:
            await act()
    await world.play(hours=2)
    assert await wrongly_deemed(world, guests, deaf) == []
    ends = {each.id: each.status for each in await world.bookings(most=count)}
    deemed = [each for each in guests if ends[each.booking.id] == Status.DEEMED_CANCELLED]
    assert [each.habit for each in deemed if each.booking.id in late_hosts] == []
    absent = [each for each in guests if each.habit in ABSENT]
    asked = [
        each
        for each in absent
        if ends[each.booking.id] == Status.UNDECIDED
        and not is_unheard(world, each, deaf)
        and each.booking.id not in late_hosts
    ]
    assert len(asked) <= max(1, _MOST_ASKED * count // 100), [each.habit for each in asked]
    trials("month with Zoom: bookings", count)
    trials("month with Zoom: deemed cancelled, all of them rightly", len(deemed))
    trials("month with Zoom: hosts who were late", len(late_hosts))
    trials("month with Zoom: asked of staff for want of a word from Zoom", len(asked))


def _in_zoom(world: World, dice: random.Random, guest: Guest, late_hosts: set[int]) -> list[Act]:
    """What host and parent do in their room, and when Zoom tells it."""
    start, zoom = guest.booking.starts_at, world.zoom
    is_late = dice.uniform(0, 100) < _LATE_HOSTS
    if is_late:
        late_hosts.add(guest.booking.id)
    fate = dice.uniform(0, 100)
    untold: list[bytes] = []

    async def number() -> int | None:
        room = await world.store(lambda store: store.rooms.of(guest.booking.id))
        return int(room.number) if room and int(room.number) in zoom.meetings else None

    async def starts() -> None:
        room = await number()
        if room is None:
            return
        zoom.is_silent = fate < _LATE + _LOST
        await zoom.host_starts(room)
        if zoom.is_silent:
            untold.append(json.dumps(zoom.told[-1]).encode())
        zoom.is_silent = False

    async def is_told() -> None:
        for body in untold:
            assert await zoom.deliver(body) == 200

    async def comes() -> None:
        room = await number()
        if room is not None:
            await zoom.comes(room)

    moments: list[Act] = [
        (start + timedelta(minutes=dice.uniform(*((11, 15) if is_late else (-4, 2)))), starts)
    ]
    if fate < _LATE:
        moments.append((start + timedelta(minutes=dice.choice((5, 25, 85))), is_told))
    if guest.habit in _SEEN_IN_ZOOM:
        moments.append((start + timedelta(minutes=dice.uniform(3, 9.9)), comes))
    return moments
