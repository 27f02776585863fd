"""Clearing up a doubt: by words, by a button, by moving or cancelling."""

import pytest

from models.tables import Status
from tests.consultation import at_the_end_of_grace, the_day_before
from tests.world import World


async def test_taking_a_cancellation_back_by_words(world: World) -> None:
    parent, _ = await the_day_before(world)
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    await parent.says("元に戻して")
    await parent.taps("予約を元に戻す")
    assert (await world.booking()).status == Status.BOOKED


async def test_a_button_clears_it_up(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("行けるかわからない")
    await parent.taps("予定どおり行きます")
    parent.sees("お待ちしています")
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_a_doubt_after_it_was_cleared_up_counts_anew(world: World) -> None:
    parent, booking = await the_day_before(world)
    await parent.says("行けるかどうか微妙です")
    await parent.taps("予定どおり行きます")
    await parent.says("やっぱり熱が出ました")
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_cancelling_from_the_question(world: World) -> None:
    parent, _ = await the_day_before(world)
    await parent.says("熱が出ました")
    await parent.taps("キャンセルする")
    assert (await world.booking()).status == Status.CANCELLED


async def test_a_cancellation_is_taken_back_only_so_often(world: World) -> None:
    parent, _ = await the_day_before(world)
    for _ in range(5):
        await parent.says("キャンセル")
        await parent.taps("キャンセルする")
        await parent.taps("予約を元に戻す")
    assert (await world.booking()).status == Status.CANCELLED
    parent.sees("もう一度予約する")


async def test_moving_from_the_question_leaves_the_doubt_behind(world: World) -> None:
    parent, _ = await the_day_before(world)
    await parent.says("明日は無理です")
    await parent.taps("日時を変える")
    await parent.taps("12/3")
    await parent.taps("14:00")
    await parent.taps("変更する")
    booking = await world.booking()
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize("data", ["cancel/1:{}", "move/1:{}:0"])
async def test_whoever_began_to_cancel_or_move_is_not_sure(world: World, data: str) -> None:
    parent, booking = await the_day_before(world)
    await parent.taps_data(data.format(booking.id))
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize("keeps", ["キャンセルしない", "今のままにする"])
async def test_keeping_it_is_an_answer(world: World, keeps: str) -> None:
    parent, booking = await the_day_before(world)
    await parent.taps_data(
        f"cancel/1:{booking.id}" if "キャンセル" in keeps else f"move/1:{booking.id}:0"
    )
    await parent.taps(keeps)
    assert await at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED
