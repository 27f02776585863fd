"""Fault 1, of errands: kill -9 around each call to Zoom. When the lease of the dead process has
ended the room is made, moved or deleted all the same, and never made twice."""

from collections.abc import Callable

import pytest

from models.booking import Booking
from models.tables import Status
from tests.faults.boundaries import OF_ERRANDS
from tests.faults.conftest import Count, MakeHouse, Note
from tests.faults.house import House


@pytest.mark.parametrize("boundary", OF_ERRANDS)
async def test_killed_while_zoom_is_asked(
    make_house: MakeHouse, boundary: str, how_many: Count, trials: Note
) -> None:
    count = how_many(1, 50)
    async with make_house("line", with_zoom=True) as house:
        for _ in range(count):
            booking = house.has_booked(house.somebody())
            await _dies_and_is_replaced(house, boundary)
            assert _rooms(house) == [_room(booking)]
            booking = _changed(house, booking, _move)
            await _dies_and_is_replaced(house, boundary)
            assert _rooms(house) == [_room(booking)]
            _changed(house, booking, _cancel)
            await _dies_and_is_replaced(house, boundary)
            assert _rooms(house) == []
    trials(f"1: kill -9 {boundary}, while a room is made, moved and deleted", 3 * count)


async def _dies_and_is_replaced(house: House, boundary: str) -> None:
    """A process dies at the boundary; another one does the rest."""
    await house.start(boundary)
    await house.is_dead()
    await house.start()
    await house.settle()
    house.kill()
    await house.is_dead()


def _changed(house: House, booking: Booking, change: Callable[[House, Booking], None]) -> Booking:
    change(house, booking)
    found = house.store(lambda store: store.bookings.by_id(booking.id))
    assert isinstance(found, Booking)
    return found


def _move(house: House, booking: Booking) -> None:
    slot = house.slot()
    house.store(lambda store: store.bookings.move(booking, slot, house.clock()))


def _cancel(house: House, booking: Booking) -> None:
    house.store(
        lambda store: store.bookings.set_status(
            booking, Status.CANCELLED, house.clock(), by="parent"
        )
    )


def _room(booking: Booking) -> tuple[str, object]:
    return booking.reference, booking.starts_at


def _rooms(house: House) -> list[tuple[str, object]]:
    """What stands at Zoom: under which reference, and at what time."""
    return [
        (str(each.asked["topic"]), house.zoom.start_of(each))
        for each in house.zoom.meetings.values()
    ]
