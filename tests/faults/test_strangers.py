"""Fault 13: codes for staff guessed, replayed and forwarded; buttons of other people's bookings;
links guessed, altered, used twice or tried on other pages, forms that were never shown. Nothing is
allowed, nothing changes, and every try is on record. (What a role may not do, command by command
and button by button, is in tests/test_team.py.)"""

import inspect
import itertools
import secrets
from datetime import date
from typing import Any

import httpx
from starlette.routing import Route

from handlers.buttons import argument_kinds
from handlers.router import VERBS
from models.links import Picture, PictureOf
from models.store import Store
from models.store.forms import Purpose
from models.tables import Role
from tests.conftest import MakeWorld
from tests.faults.conftest import Note
from tests.world import World

_REFUSED = (403, 404, 410)
_addresses = itertools.count()


async def test_codes_of_staff(make_world: MakeWorld, channel: str, trials: Note) -> None:
    world: World = await make_world(channel)

    async def invite() -> str:
        code: str = await world.store(
            lambda store: store.staff.invite("x", Role.ADMIN, None, world.clock())
        )
        return code

    used, good = await invite(), await invite()
    owner = world.parent()
    await owner.follows()
    await owner.says(used)
    letters = "34679ACDEFGHJKMNPQRTWXY"
    altered = [
        good[:place] + next(each for each in letters if each != good[place]) + good[place + 1 :]
        for place in range(5, len(good))
        if good[place] != "-"
    ]
    guessed = ["-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))]
    tried = [*guessed, used, f" {used.lower()} ", *altered]
    for code in tried:
        stranger = world.parent()
        await stranger.follows()
        before = await _refusals(world)
        await stranger.says(code)
        assert await _refusals(world) == before + 1
    assert await world.rows("SELECT count(*) FROM staff") == [(1,)]
    late = world.parent()
    await late.follows()
    await late.says(good)  # so much guessing has used it up
    assert await world.rows("SELECT count(*) FROM staff") == [(1,)]
    trials("13: codes guessed, replayed, forwarded", len(tried))


async def test_buttons_of_other_people(make_world: MakeWorld, channel: str, trials: Note) -> None:
    world: World = await make_world(channel)
    owner, other, stranger = world.parent(), world.parent(), world.parent()
    booking = await owner.has_booked()
    await other.has_booked(time=r"^1[1-5]:\d\d$")
    await stranger.follows()
    free = (await world.store(lambda store: store.calendar.free_from(world.clock(), holder=0)))[-1]
    filled = {
        "booking_id": str(booking.id),
        "version": "1",
        "page": "0",
        "day": f"{free.starts_at:%Y%m%d}",
        "packed": f"{free.starts_at:%Y%m%d}-1-1000-1200",
        "starts_at": f"{free.starts_at:%Y%m%d%H%M}",
        "counselor_id": str(free.counselor_id),
        "companion": "interpreter",
    }
    of_a_booking = [
        verb for verb, step in VERBS.items() if "booking_id" in inspect.signature(step).parameters
    ]
    assert len(of_a_booking) >= 10
    stored = await _bookings(world)
    told = len(owner.ever_seen)
    for verb in of_a_booking:
        names = list(inspect.signature(VERBS[verb]).parameters)[2:]
        assert len(names) == len(argument_kinds(VERBS[verb]))
        data = ":".join([verb, *(filled[name] for name in names)])
        for person in (other, stranger):
            before = await _refusals(world)
            await person.taps_data(data)
            person.sees_no(booking.reference)
            assert await _refusals(world) == before + 1, data
    assert await _bookings(world) == stored
    owner.looks()
    assert len(owner.ever_seen) == told
    trials("13: buttons of other people's bookings", 2 * len(of_a_booking))


async def test_links_to_pages(make_world: MakeWorld, channel: str, trials: Note) -> None:
    world: World = await make_world(channel)
    admin, owner = await world.staff(), world.parent()
    booking = await owner.has_booked()
    links = world.app.core.links

    def make(store: Store) -> dict[str, str]:
        staff, parent = (store.contacts.find(channel, each.person) for each in (admin, owner))
        assert staff is not None
        assert parent is not None
        mine = (Purpose.FORM, Purpose.MY_DATA)
        return {
            purpose.value: store.forms.open_link(
                parent.id if purpose in mine else staff.id, world.clock(), purpose, 1
            )
            for purpose in Purpose
        }

    def secret_of(store: Store) -> str:
        staff = store.contacts.find(channel, admin.person)
        assert staff is not None
        return staff.staff_secret or ""

    good = await world.store(make)
    good["join"] = links.join(booking).rpartition("/")[2]
    good["device"] = links.device(booking).rpartition("/")[2]
    good["calendar"] = links.calendar_file(booking).rpartition("/")[2].removesuffix(".ics")
    shown = Picture(1, date(2026, 11, 30), PictureOf.WEEK)
    good["picture"] = (
        links.picture(shown, await world.store(secret_of)).rpartition("/")[2].removesuffix(".png")
    )
    tried = 0
    stored = await _everything(world)
    for path, method in _pages(world):
        own = _OPENED_BY[path]
        strange = [
            *(token for purpose, token in good.items() if purpose != own),
            good[own][:-1] + ("A" if good[own][-1] != "A" else "B"),
            secrets.token_urlsafe(16),
            "%00",
            "x" * 300,
        ]
        for token in strange:
            await _is_refused(world, path, method, token)
            tried += 1
        if method == "POST":
            elsewhere = {"origin": "https://elsewhere.example"}
            await _is_refused(world, path, method, good[own], headers=elsewhere)
            tried += 1
            if own not in ("join", "device"):  # their buttons hold nothing that a form would prove
                await _is_refused(world, path, method, good[own])
                tried += 1
    assert await _everything(world) == stored
    await world.change("UPDATE form_links SET used_at = expires_at")
    stored = await _everything(world)
    for path, method in _pages(world):
        if _OPENED_BY[path] in [each.value for each in Purpose]:
            await _is_refused(world, path, method, good[_OPENED_BY[path]])
            tried += 1
    assert await _everything(world) == stored
    trials("13: links and forms", tried)


async def test_whoever_tries_on_and_on_has_to_wait(world: World) -> None:
    stranger, guesses = _client(world), 70
    before = await _refusals(world)
    answers = [(await stranger.get(f"/join/{secrets.token_urlsafe(16)}")) for _ in range(guesses)]
    counted = [each.status_code for each in answers]
    assert counted.count(404) == await _refusals(world) - before == 60
    assert counted[-1] == 429
    assert "少し" in answers[-1].text
    assert (await _client(world).get("/join/x")).status_code == 404  # nobody else has to


# Which link opens which page.
_OPENED_BY = {
    "/form/{token}": Purpose.FORM.value,
    "/join/{token}": "join",
    "/device/{token}": "device",
    "/device/{token}/probe": "device",
    "/desk/start/{token}": Purpose.START.value,
    "/desk/find/{token}": Purpose.FIND.value,
    "/desk/person/{token}": Purpose.PERSON.value,
    "/desk/note/{token}": Purpose.NOTE.value,
    "/desk/export/{token}": Purpose.EXPORT.value,
    "/desk/code/{token}": Purpose.CODE.value,
    "/desk/terms/{token}": Purpose.TERMS.value,
    "/mydata/{token}": Purpose.MY_DATA.value,
    "/calendar/{token}.ics": "calendar",
    "/picture/{token}.png": "picture",
}


def _pages(world: World) -> list[tuple[str, str]]:
    """Every page behind a link, with what it takes."""
    found = [
        (route.path, method)
        for route in world.app.web.app.routes
        if isinstance(route, Route) and "{token}" in route.path
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]
    assert {path for path, _ in found} == set(_OPENED_BY)
    return found


async def _is_refused(world: World, path: str, method: str, token: str, **with_: Any) -> None:
    before = await _refusals(world)
    address = path.replace("{token}", token)
    answer = await _client(world).request(method, address, **with_)
    assert answer.status_code in _REFUSED, (path, method)
    assert await _refusals(world) == before + 1, (path, method)


def _client(world: World) -> httpx.AsyncClient:
    """Somebody at an address of their own."""
    number = next(_addresses)
    transport = httpx.ASGITransport(
        world.app.web.app, client=(f"10.0.{number >> 8}.{number & 255}", 1)
    )
    return httpx.AsyncClient(transport=transport, base_url=str(world.web.base_url))


async def _refusals(world: World) -> int:
    ((count,),) = await world.rows("SELECT count(*) FROM audit WHERE NOT allowed")
    return int(count)


async def _bookings(world: World) -> list[Any]:
    return await world.rows("SELECT * FROM bookings ORDER BY id")


async def _everything(world: World) -> list[Any]:
    tables = ("bookings", "contacts", "job_seekers", "staff", "notes", "terms", "form_links")
    return [await world.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
