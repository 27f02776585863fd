"""What stands beside a parent's chat on LINE: tiles that follow what they can do next."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from bot.channels.line.channel import LineChannel
from bot.drawing import font_of
from bot.menus import all_tiles, refresh_menus
from bot.tiles import fitted, places
from handlers.parents.tiles import tiles
from handlers.router import VERBS
from locales import languages, phrases
from models.rules.menus import MenuState
from models.tables import Status
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World


async def _tiles(world: World, parent: Parent) -> list[str]:
    await refresh_menus(world.app.core, world.app.core.channels["line"])
    return [action["label"] for action in world.line.menus.seen_by(parent.person)]


async def test_the_menu_follows_what_a_parent_can_do(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent, other = world.parent(), world.parent()
    await other.follows()
    assert (await _tiles(world, other))[:2] == ["予約する", "利用規約を見る"]
    assert world.line.menus.shown == {}  # what everybody sees is linked to nobody
    booking = await parent.has_booked()
    assert (await _tiles(world, parent))[:3] == ["予約の確認", "日時の変更", "キャンセル"]
    assert (await _tiles(world, other))[:2] == ["予約する", "利用規約を見る"]
    await world.play_to(booking.starts_at - timedelta(hours=3))
    assert (await _tiles(world, parent))[:2] == ["相談に入る", "遅れます"]
    await world.play_to(booking.ends_at + timedelta(days=1))
    assert (await _tiles(world, parent))[:2] == ["予約する", "予約の確認"]


async def test_every_tile_leads_somewhere(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked()
    for moment in (booking.starts_at - timedelta(days=1), booking.starts_at - timedelta(minutes=5)):
        await world.play_to(moment)
        await _tiles(world, parent)
        for action in world.line.menus.seen_by(parent.person):
            await parent.taps_data(action["data"])
            parent.sees_no("そのボタンは今は使えません")
            assert parent.seen


@pytest.mark.parametrize("state", MenuState)
def test_every_tile_is_a_button_of_ours(state: MenuState) -> None:
    for each in tiles(phrases("ja"), state):
        assert each.data in VERBS  # without an argument: one picture serves many people


async def test_after_a_restart_what_has_passed_is_taken_away(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    booking = await parent.has_booked()
    await _tiles(world, parent)
    await world.play_to(booking.ends_at + timedelta(hours=3))
    again = LineChannel(world.line.secret, world.line.token, world.platform_url)
    await refresh_menus(world.app.core, again)
    labels = [action["label"] for action in world.line.menus.seen_by(parent.person)]
    assert labels[:2] == ["予約する", "予約の確認"]
    await again.close()


async def test_it_speaks_the_parents_language(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent(language="vi")
    await parent.follows()
    assert "Ngôn ngữ" in " ".join(await _tiles(world, parent))
    await parent.taps_data("language/1:en")
    assert (await _tiles(world, parent))[0] == "Book"


async def test_a_booking_that_staff_withdraw_leaves_the_menu(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    await _tiles(world, parent)
    await world.play(hours=2)
    await admin.taps_data(f"officeendsyes/1:{booking.id}:{booking.version}:counselor")
    assert (await world.booking()).status == Status.WITHDRAWN
    assert (await _tiles(world, parent))[:2] == ["予約する", "予約の確認"]


async def test_nothing_is_asked_of_line_where_nothing_has_changed(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await parent.has_booked()
    await _tiles(world, parent)
    asked = world.line.menus.requests
    await _tiles(world, parent)
    assert world.line.menus.requests == asked


async def test_the_places_to_press_are_where_the_tiles_are_drawn(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await parent.has_booked()
    await _tiles(world, parent)
    theirs = world.line.menus
    for number, menu in theirs.made.items():
        picture = Image.open(BytesIO(theirs.pictures[number])).convert("RGB")
        for area in menu["areas"]:
            bounds = area["bounds"]
            x, y = bounds["x"], bounds["y"]
            edge = picture.getpixel((x + 2, y + 2))
            inside = picture.getpixel((x + bounds["width"] // 2, y + 40))
            assert edge == (0xCF, 0xD8, 0xE3)
            assert inside in ((0x17, 0x59, 0x8A), (0xFF, 0xFF, 0xFF))
            tile = picture.crop((x, y, x + bounds["width"], y + bounds["height"]))
            assert len(tile.getcolors(100_000) or ()) > 10  # words stand in it


@pytest.mark.parametrize("language", languages())
def test_every_label_fits_its_tile(language: str) -> None:
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    (place,) = places(1, 3, 2500, 421)
    room = place.width - 124, place.height - 124
    menus = {key: shown for key, shown in all_tiles().items() if key.split(" ", 1)[1] == language}
    assert len(menus) == len(MenuState) + 1
    for shown in menus.values():
        assert 1 <= len(shown.title) <= 14
        for each in shown.buttons:
            words, size = fitted(pen, each.label, room)
            assert re.sub(r"\s", "", words) == re.sub(r"\s", "", each.label)
            for line in words.split("\n"):
                assert pen.textlength(line, font_of(size)) <= room[0], each.label
