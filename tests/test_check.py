"""`check`: what is missing before going live, and what staff must know."""

from datetime import UTC, datetime, timedelta

from bot.check import check
from tests.conftest import MakeWorld
from tests.world import World


async def test_check_says_what_is_missing(make_world: MakeWorld) -> None:
    world: World = await make_world(terms="", counselors=0)
    world.line.webhook_url = ""
    said: list[str] = []
    assert not await check(world.app, said.append)
    words = "\n".join(said)
    for expected in ("no terms are in force", "no counselor", "LINE's webhook is not set"):
        assert expected in words
    assert "Not ready: 3" in words


async def test_check_is_content(make_world: MakeWorld) -> None:
    world: World = await make_world()
    said: list[str] = []
    assert await check(world.app, said.append), said
    words = "\n".join(said)
    for expected in (
        "access token",
        "webhook reaches us",
        "messages left: 200",
        "Ready to go live",
    ):
        assert expected in words


async def test_check_asks_for_a_room_each(make_world: MakeWorld) -> None:
    world: World = await make_world(counselors=2)
    said: list[str] = []
    assert await check(world.app, said.append), said
    assert "佐藤, 鈴木 have one meeting room" in "\n".join(said)
    assert "waiting room" in "\n".join(said)
    await world.change("UPDATE counselors SET meeting_url = meeting_url || id")  # another number
    said.clear()
    await check(world.app, said.append)
    assert "one meeting room" not in "\n".join(said)


async def test_check_asks_the_platforms(make_world: MakeWorld) -> None:
    world: World = await make_world()
    world.line.token, world.telegram.webhook_url = "another", "https://elsewhere.test/"
    said: list[str] = []
    assert not await check(world.app, said.append)
    assert "refuses LINE_CHANNEL_ACCESS_TOKEN" in "\n".join(said)
    assert "Telegram's webhook is not set" in "\n".join(said)


async def test_check_prints_what_staff_must_know(make_world: MakeWorld) -> None:
    world: World = await make_world(start=datetime.now(UTC).replace(microsecond=0))
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    said: list[str] = []
    await check(world.app, said.append)
    assert "not noted as posted in My Page" in "\n".join(said)
    assert booking.reference in "\n".join(said)


async def checked(world: World) -> tuple[bool, str]:
    """Whether `check` is content, and what it says."""
    said: list[str] = []
    is_ready = await check(world.app, said.append)
    return is_ready, "\n".join(said)


async def test_check_asks_zoom(make_world: MakeWorld) -> None:
    world: World = await make_world(with_zoom=True)
    _, said = await checked(world)
    assert "ok       Zoom" in said
    world.zoom.scopes = "meeting:write:admin"
    ready, said = await checked(world)
    assert not ready
    assert "MISSING  Zoom lacks the scope meeting:read:meeting:admin" in said
    assert "meeting:write:meeting:admin" not in said
    world.zoom.scopes = "meeting:write:admin meeting:read:admin"
    await world.change("UPDATE counselors SET video_user = 'nobody@office.example'")
    _, said = await checked(world)
    assert "MISSING  the user nobody@office.example: Zoom knows no such user" in said
    world.zoom.out = "down"
    _, said = await checked(world)
    assert "MISSING  Zoom does not do what we ask: Zoom answers 503" in said


async def test_check_minds_a_zoom_that_is_half_set_up(make_world: MakeWorld) -> None:
    world: World = await make_world(with_zoom=True)
    await world.change("UPDATE counselors SET video_user = NULL")
    _, said = await checked(world)
    assert "no counselor has a user at Zoom" in said
    without: World = await make_world(url=world.app.core.settings.database_url, counselors=0)
    await world.change("UPDATE counselors SET video_user = 'sato@office.example'")
    _, said = await checked(without)
    assert "but Zoom is off" in said
