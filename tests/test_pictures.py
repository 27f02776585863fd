"""The week and the month as pictures for staff, with masked names."""

from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

from PIL import Image

from bot.drawing import COLOURS, Cell, Grid, draw
from bot.pages.pictures import _month, _week
from models.links import Picture, PictureOf
from models.store import Store
from models.tables import Role
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World

MONDAY = date(2026, 11, 30)


def grid_of(world: World, staff: Parent, *, is_month: bool, store: Store) -> Grid:
    contact = store.contacts.find(staff.channel, staff.person)
    assert contact is not None
    turn = world.app.core.turn_of(contact)
    return _month(turn, store, date(2026, 12, 1)) if is_month else _week(turn, store, MONDAY, 0)


async def test_week_and_month_come_as_pictures(world: World) -> None:
    admin = await world.staff()
    await world.parent().has_booked(day="12/1")
    for words in ("/week", "/month 12/1", "/stats"):
        await admin.says(words)
        (address,) = [each.picture for each in admin.seen if each.picture]
        answer = await world.web.get(address)
        assert answer.headers["content-type"] == "image/png"
        width, height = Image.open(BytesIO(answer.content)).size
        assert width >= 1000
        assert height >= 140
        assert (await world.web.get(address.replace("picture/A", "picture/B"))).status_code == 404


async def test_what_the_week_shows(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    booking = await world.parent().has_booked(day="12/1", time="10:00")
    admin, own = await world.staff(), await world.staff(Role.COUNSELOR, booking.counselor_id)
    week: Grid = await world.store(lambda store: grid_of(world, admin, is_month=False, store=store))
    assert len(week.columns) == 10
    assert week.rows[0] == "10:00"
    shown = [cell for line in week.cells for cell in line if cell.state == "booked"]
    assert shown == [Cell("booked", "予\n広○ 花○")]
    week = await world.store(lambda store: grid_of(world, own, is_month=False, store=store))
    assert len(week.columns) == 5
    month: Grid = await world.store(lambda store: grid_of(world, admin, is_month=True, store=store))
    assert Cell("booked", "12/1\n1件") in month.cells[0]
    assert month.cells[-1][-1].state == "closed"  # the year's last days


async def test_a_week_of_many_counselors_stays_readable(
    make_world: MakeWorld, channel: str
) -> None:
    """A phone shows 1,280 pixels or so: letters of 24 are still 15 there."""
    world: World = await make_world(channel, counselors=4)
    admin = await world.staff()
    await admin.says("/week")
    pages = [await world.web.get(each.picture) for each in admin.seen if each.picture]
    widths = [Image.open(BytesIO(each.content)).size[0] for each in pages]
    assert len(widths) == 2
    assert max(widths) < 2000
    assert pages[0].content != pages[1].content


async def test_pictures_end_with_the_job_and_after_a_while(world: World) -> None:
    admin = await world.staff()
    await world.staff()
    contact = await world.store(lambda store: store.contacts.find(world.channel, admin.person))
    assert contact is not None
    secret = contact.staff_secret
    assert secret is not None
    address = world.app.core.links.picture(Picture(1, MONDAY, PictureOf.WEEK), secret)
    assert (await world.web.get(address)).status_code == 200
    world.clock.turn_to(world.clock() + timedelta(days=70))
    assert (await world.web.get(address)).status_code == 404
    later = Picture(1, MONDAY + timedelta(days=70), PictureOf.WEEK)
    recent = world.app.core.links.picture(later, secret)
    assert (await world.web.get(recent)).status_code == 200
    await admin.taps_data("leaveyes/1")
    assert (await world.web.get(recent)).status_code == 404


def test_any_words_can_be_drawn() -> None:
    cell = Cell("booked", "👩‍👩‍👧\n" + "長" * 200)
    grid = Grid("", ["見" * 50], ["x"], [[cell]], {"booked": "凡例"})
    assert draw(grid).startswith(b"\x89PNG")


def test_colours_are_told_apart_without_colour_sight() -> None:
    """By lightness alone, those that mean different things differ (came and completed are one)."""

    def light(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    tones = sorted({light(COLOURS[state]) for state in ("joined", "booked", "free")})
    assert all(later - earlier > 0.1 for earlier, later in pairwise(tones))
