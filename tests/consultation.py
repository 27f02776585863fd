"""A consultation with its parent, for tests of what happens around it."""

from datetime import timedelta

from models.booking import Booking
from models.tables import Status
from tests.talk import Parent
from tests.world import World

GRACE = timedelta(minutes=10)


async def the_day_before(world: World) -> tuple[Parent, Booking]:
    """A parent at 21:00 of the day before, after the reminder."""
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=13))
    parent.looks()
    return parent, booking


async def before_the_window(world: World) -> tuple[Parent, Booking]:
    """A parent half an hour before the start, when nothing counts yet."""
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=30))
    return parent, booking


async def at_the_start(world: World) -> tuple[Parent, Booking]:
    """A parent whose consultation begins now, after nothing has come from them for hours."""
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at)
    parent.looks()
    return parent, booking


async def at_the_end_of_grace(world: World, booking: Booking) -> Status:
    """What becomes of a booking after its grace, with a minute for a proof that is late."""
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    return (await world.booking_by_id(booking.id)).status
