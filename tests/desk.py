"""What tests of the staff's side begin with."""

from models.store.booking import Booking
from tests.talk import Parent, World

URL = "https://us02web.zoom.us/j/123456"


async def booked(world: World, **how: str) -> tuple[Parent, Parent, Booking]:
    """An admin, a parent, and the parent's booking (12/1 10:00 unless said otherwise)."""
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked(**how)
    return admin, parent, booking


async def opens(admin: Parent, booking: Booking) -> None:
    """Looks at the booking's card."""
    await admin.taps_data(f"booking/1:{booking.id}")
