"""Who comes, blocks us and comes back, in whatever order we hear of it; and in which language
somebody new is answered."""

import pytest

from handlers import router
from handlers.parents import arriving
from models.chat import Message
from models.store import Store
from models.tables import AlertKind
from models.turn import Turn
from models.understanding.frame import Intent
from tests.conftest import MakeWorld
from tests.consultation import at_the_start
from tests.world import World


@pytest.mark.parametrize("order", [("unfollow", "follow"), ("follow", "unfollow")])
async def test_the_later_of_block_and_unblock_counts(
    make_world: MakeWorld, order: tuple[str, str]
) -> None:
    world: World = await make_world()
    parent = world.parent()
    await parent.has_booked(day="12/3")
    events = {}
    for kind in ("unfollow", "follow"):
        await world.play(seconds=5)
        events[kind] = world.line.event(parent.person, kind, answerable=kind == "follow")
    for kind in order:
        assert await world.line.deliver([events[kind]]) == 200
        await world.play(seconds=5)
    assert await world.rows("SELECT unreachable_at FROM contacts") == [(None,)]
    last = world.line.event(parent.person, "unfollow", answerable=False)
    before = world.line.event(parent.person, "postback", postback={"data": "menu/1"})
    await world.play(seconds=5)
    before["timestamp"] -= 5000
    assert await world.line.deliver([last, before]) == 200
    assert await world.rows("SELECT count(*) FROM contacts WHERE unreachable_at IS NULL") == [(0,)]


async def test_a_parent_who_never_followed_is_answered_in_their_language(
    make_world: MakeWorld,
) -> None:
    """Whoever was a friend before this program was there sends no "follow"."""
    world: World = await make_world()
    parent = world.parent(language="en")
    parent.line.follows = True
    await parent.says("？")
    parent.sees("Please choose")


async def test_an_apology_is_in_their_language_too(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(turn: Turn, store: Store, bookings: object) -> list[Message]:
        raise RuntimeError("broken step")

    monkeypatch.setitem(router.WORDS, Intent.HELP, fails)
    world: World = await make_world()
    parent = world.parent(language="en")
    parent.line.follows = True
    await parent.says("help")
    parent.sees("something went wrong on our side")


async def test_an_event_is_kept_even_when_its_contact_cannot_be_noted(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: World = await make_world()
    parent, _ = await at_the_start(world)

    def fails(turn: Turn, store: Store, bookings: object) -> list[Message]:
        store.alerts.tell(AlertKind.WROTE, turn.now, subject="half done")
        raise RuntimeError("broken")

    monkeypatch.setattr(arriving, "note_contact", fails)
    await parent.says("遅れます")
    parent.sees("うまく処理できませんでした")
    assert AlertKind.EVENT_FAILED in await world.alerts()
    assert AlertKind.WROTE not in await world.alerts()
    monkeypatch.undo()
    assert await world.app.turns.retry_failed() == (1, 0)
    assert AlertKind.RUNNING_LATE in await world.alerts()
