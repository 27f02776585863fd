"""What tests of the staff's side begin with."""

import re
from datetime import date, datetime

import httpx

from models.booking import Booking
from models.store import Store
from models.store.seekers import Details
from models.tables import Companion
from tests.talk import DETAILS, Parent
from tests.world import World

URL = "https://us02web.zoom.us/j/123456"
# Somebody whom the office does not know yet.
NEW = {
    "name": "呉 太郎",
    "reading": "くれ たろう",
    "phone": "0822345678",
    "registration": "34020-555555",
}


async def booked(world: World, **how: str) -> tuple[Parent, Parent, Booking]:
    """An admin, a parent, and the parent's booking (12/1 10:00 unless said otherwise)."""
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked(**how)
    return admin, parent, booking


async def opens(admin: Parent, booking: Booking) -> None:
    """Looks at the booking's card."""
    await admin.taps_data(f"booking/1:{booking.id}")


async def sends(world: World, url: str, **fields: str) -> httpx.Response:
    """Opens a page for staff and sends its form."""
    page = await world.web.get(url)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    if csrf is None:
        return page
    return await world.web.post(url, data={"csrf": csrf[1], **fields})


async def on(world: World, url: str, page: httpx.Response, **fields: str) -> httpx.Response:
    """Goes on on a page that an answer has brought."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    return await world.web.post(url, data={"csrf": csrf[1], **fields})


async def asks_to_erase(world: World, url: str, page: httpx.Response) -> tuple[str, httpx.Response]:
    """The page with the data leads to a link of its own, which asks once more."""
    erasing = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert erasing is not None
    url = url.rpartition("/")[0] + "/" + erasing[1]
    return url, await on(world, url, page, action="erase")


async def finds(world: World, admin: Parent, **by: str) -> None:
    """Looks somebody up and chooses the one found."""
    await admin.says("/find")
    url = admin.link("ページを開く")
    page = await sends(world, url, action="search", **by)
    number = re.search(r'name="person" value="(\d+)"', page.text)
    assert number is not None, page.text
    proof = re.search(r'name="proof" value="([^"]+)"', page.text)
    assert proof is not None
    forged = await on(world, url, page, action="choose", person="999", proof=proof[1])
    assert forged.status_code == 403  # only whom the page has found
    chosen = await on(world, url, page, action="choose", person=number[1], proof=proof[1])
    assert "選びました" in chosen.text
    await admin.taps("結果を見る")


def books_the_whole_day(store: Store, now: datetime) -> list[str]:
    """Somebody new in every slot of 12/1; returns the references."""
    slots = store.calendar.free_on(date(2026, 12, 1), now, holder=0)
    return [
        store.bookings.book(
            store.seekers.add(Details(**DETAILS), now), slot, "consultation", Companion.ALONE, now
        ).reference
        for slot in slots
    ]


async def phoned(world: World, admin: Parent, **details: str) -> int:
    """Staff note somebody down who phones, and book for them; returns the record."""
    await world.play(seconds=5)
    await admin.says("/find")
    url = admin.link("ページを開く")
    searched = details.get("registration", "34999-999999")
    page = await sends(world, url, action="search", registration=searched)
    await on(world, url, page, action="create", **{**DETAILS, **details})
    await admin.taps("結果を見る")
    await admin.taps("予約を入れる")
    await admin.taps("12/1")
    await admin.taps(r"^\d+:\d\d$")
    admin.sees("できました")
    return max((await world.bookings()), key=lambda each: each.id).job_seeker_id


async def record_of(world: World, parent: Parent) -> int:
    """The record that a parent's chat belongs to."""
    channel, person = world.channel, parent.person
    found = await world.store(lambda store: store.contacts.find(channel, person))
    assert found is not None
    assert found.job_seeker_id is not None
    return found.job_seeker_id
