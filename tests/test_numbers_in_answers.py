"""Parents' numbers are in no answer of staff's."""

import pytest

from tests.world import World


@pytest.mark.parametrize("number", ["090-1234-5678", "０９０１２３４５６７８", "34010-1234567"])
async def test_numbers_of_parents_are_in_no_answer_of_staff(world: World, number: str) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await parent.says("質問")
    await parent.says("折り返しはどの番号に来ますか、教えて")
    await world.play(seconds=15)
    admin.looks()
    await admin.replies(admin.seen[0], f"{number} におかけします。")
    admin.sees("番号を除いて")
    parent.looks().sees_nothing()
    await admin.says("/questions")
    await admin.taps("に答える")
    await admin.says(f"{number} におかけします。")
    admin.sees("番号を除いて")
    await admin.says("窓口 082-542-8609 からおかけします。")
    parent.looks().sees("082-542-8609 からおかけします")


@pytest.mark.parametrize(
    "words",
    [
        "求職番号 34010-1234567 090-1234-5678",
        "内線3 090-1234-5678",
        "090-1234-5678 12/3",
        "090 1234 5678 10時",
        "090・1234・5678",
        "090/1234/5678",
        "34010_1234567",
        "+81 90 1234 5678",
        "0 9 0 1 2 3 4 5 6 7 8",
        "〇九〇一二三四五六七八",
        "٠٩٠١٢٣٤٥٦٧٨",
        "090の1234の5678",
    ],
)
async def test_numbers_of_parents_are_found_however_they_are_written(
    world: World, words: str
) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await parent.says("質問")
    await parent.says("折り返しはどの番号に来ますか、教えて")
    await admin.taps_data("question/1:1")
    await admin.says(words)
    admin.sees("番号を除いて")
    parent.looks().sees_nothing()
