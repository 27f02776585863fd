"""Several people press every button that was ever shown, in any order, while the clock moves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.days import is_business_day, local_day
from models.tables import AlertKind
from tests.conftest import MakeWorld
from tests.talk import Parent
from tests.world import World

PEOPLE = 3
ACTS = st.one_of(
    st.tuples(st.just("tap"), st.integers(0, PEOPLE - 1), st.integers(0, 10**6)),
    st.tuples(st.just("tap"), st.integers(0, PEOPLE - 1), st.integers(-6, -1)),
    st.tuples(st.just("swap"), st.integers(0, PEOPLE - 1), st.integers(0, 10**6)),
    st.tuples(
        st.just("say"),
        st.integers(0, PEOPLE - 1),
        st.sampled_from(
            ["予約", "キャンセル", "変更", "遅れます", "入りました", "12/3 14:00", "?"]
        ),
    ),
    st.tuples(st.just("form"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(st.just("join"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(st.just("wait"), st.integers(0, 0), st.sampled_from([1, 9, 11, 60, 600, 1440, 4000])),
    st.tuples(st.just("sleep"), st.integers(0, 0), st.sampled_from([1, 20, 700, 3000])),
)


@pytest.mark.parametrize("settled", [False, True])
async def test_any_button_in_any_order(make_world: MakeWorld, channel: str, settled: bool) -> None:
    worlds: list[World] = []
    loop = asyncio.get_running_loop()

    def play(acts: list[tuple[str, int, Any]]) -> None:
        asyncio.run_coroutine_threadsafe(one_story(acts), loop).result(120)

    async def one_story(acts: list[tuple[str, int, Any]]) -> None:
        world = worlds[0]
        # Every story has people of its own; the office's days go on.
        parents = [world.parent() for _ in range(PEOPLE)]
        for parent in parents:
            await (parent.has_settled_everything() if settled else parent.follows())
        for act in acts:
            await do(world, parents, act)
            await check(world)

    worlds.append(await make_world(channel, horizon_days=60))
    story = settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )(given(st.lists(ACTS, min_size=5, max_size=25))(play))
    await asyncio.to_thread(story)


async def do(world: World, parents: list[Parent], act: tuple[str, int, Any]) -> None:
    what, who, detail = act
    parent = parents[who]
    if what == "wait":
        await world.play(minutes=detail)
        return
    if what == "sleep":
        await world.sleep_until(world.clock() + timedelta(minutes=detail))
        await world.sweep()
        return
    if what == "form":
        links = [b.url for m in parent.ever_seen for b in m.buttons if b.url and "/form/" in b.url]
        if links:
            await parent.sends_form(links[-1])
        return
    if what == "join":
        links = [b.url for m in parent.ever_seen for b in m.buttons if b.url and "/join/" in b.url]
        if links:
            assert (await parent.joins(links[-1])).status_code in (200, 303)
        return
    if what == "say":
        await parent.says(detail)
    else:
        owner = parents[(who + 1) % PEOPLE] if what == "swap" else parent
        buttons = [b for m in owner.ever_seen for b in m.buttons if b.data]
        if not buttons:
            return
        await parent._press(
            buttons[detail if detail < 0 and -detail <= len(buttons) else detail % len(buttons)]
        )
    assert parent.seen, f"no answer to {act}"
    parent.sees_no("うまく処理できませんでした")


async def check(world: World) -> None:
    assert AlertKind.EVENT_FAILED not in await world.alerts()
    active = await world.rows(
        "SELECT counselor_id, starts_at FROM bookings"
        " WHERE status IN ('booked', 'joined', 'undecided')"
    )
    assert len(active) == len(set(active))
    reminders = await world.rows(
        "SELECT booking_id, booking_version FROM outbox WHERE kind = 'reminder'"
    )
    assert len(reminders) == len(set(reminders))
    for booking in await world.bookings():
        start = booking.starts_at.astimezone(world.app.core.office.zone)
        assert is_business_day(local_day(booking.starts_at, world.app.core.office.zone))
        assert (10, 0) <= (start.hour, start.minute) <= (15, 30)
    upcoming = await world.rows(
        "SELECT job_seeker_id FROM bookings WHERE status = 'booked'"
        f" AND starts_at > '{world.clock():%Y-%m-%d %H:%M:%S}'"
    )
    assert len(upcoming) == len(set(upcoming))
