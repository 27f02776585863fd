"""The innocent are not limited, and what is scarce is kept for reminders."""

import time
from datetime import timedelta

import pytest

from models.text import plain
from tests.conftest import MakeWorld
from tests.desk import booked
from tests.world import World


async def test_the_last_pushes_of_a_month_are_for_reminders(make_world: MakeWorld) -> None:
    world: World = await make_world("line", reserved_pushes=3)
    admin, parent, booking = await booked(world)
    world.line.quota, world.line.used = 203, 200
    await world.play(minutes=11)  # the platform is asked how many are left
    admin.looks()
    await parent.says("子どもが熱を出しました")
    await world.play(minutes=6)
    admin.looks().sees_nothing()  # a push to staff, which has to wait
    await world.play_to(booking.starts_at - timedelta(hours=12))
    parent.looks().sees("オンライン相談のお知らせ")
    await admin.says("/needs")
    admin.sees("来られないかもしれません")  # a free reply


async def test_with_more_than_the_reserve_staff_are_told(make_world: MakeWorld) -> None:
    world: World = await make_world("line", reserved_pushes=3)
    admin, parent, _ = await booked(world)
    world.line.quota, world.line.used = 210, 200
    await world.play(minutes=11)
    admin.looks()
    await parent.says("子どもが熱を出しました")
    await world.play(minutes=6)
    admin.looks().sees("来られないかもしれません")


async def test_questions_of_one_person_and_day_are_limited(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    for number in range(1, 6):
        await parent.says("質問")
        parent.sees("書いて送ってください")
        await parent.says(f"服装の決まりはありますか、その{number}")
        await admin.taps_data(f"question/1:{number}")
        await admin.says("ありません。")
    await parent.says("質問")
    parent.sees("082-542-8609").sees_no("書いて送ってください")
    await world.play(days=1)
    await parent.says("質問")
    parent.sees("書いて送ってください")


async def test_taking_back_a_question_makes_no_room_for_another(world: World) -> None:
    """Asking, unsending and asking again once cost a counted message each time."""
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    before = len(admin.looks().ever_seen)
    for number in range(8):
        await parent.says("質問")
        if "書いて送ってください" in parent:
            await parent.says(f"服装の決まりはありますか、その{number}")
            await world.change("DELETE FROM questions WHERE id > 5")
    await world.play(minutes=11)
    assert len(admin.looks().ever_seen) - before <= 1


async def test_an_address_that_is_no_number_is_not_found(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    assert (await world.web.get("/terms/" + "9" * 5000)).status_code == 404


async def test_what_strangers_look_at_is_bounded(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    for _ in range(60):
        assert (await world.web.get("/terms/1")).status_code == 200
    ((count,),) = await world.rows("SELECT count(*) FROM access_records")
    assert 0 < count < 30


@pytest.mark.parametrize("sign", ["一", "月", "１", "😀", "は"])
def test_folding_takes_time_by_the_length(sign: str) -> None:
    """Four times the text takes nearly four times as long, and not sixteen times."""
    assert _seconds(sign * 8000) < 10 * _seconds(sign * 2000) + 0.005


def _seconds(text: str) -> float:
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        plain(text)
        took.append(time.perf_counter() - begin)
    return min(took)
