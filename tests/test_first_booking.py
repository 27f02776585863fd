"""A parent books for the first time, and again."""

from tests.talk import World


async def test_from_follow_to_confirmed(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    parent.sees("無料", "利用規約のあらまし", "同意する")
    await parent.taps("同意する")
    parent.sees("ご利用の条件")
    await parent.taps("すべて当てはまる")
    parent.sees("端末と回線")
    await parent.taps("すべて大丈夫")
    parent.sees("入力ページを開く")
    assert (await parent.fills_form()).status_code == 200
    await parent.taps("次へ")
    await parent.taps("職業相談")
    parent.sees("12月1日\\(火\\) 空き12")
    await parent.taps("12月1日")
    parent.sees("午前", "午後", "10:00", "15:30")
    await parent.taps("10:00")
    parent.sees("12月1日\\(火\\) 10:00〜10:30", "佐藤", "ひとり")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました", "予約番号", "佐藤", "相談に入る", "カレンダー", "キャンセル")
    assert parent.taps_made <= 8
    booking = await world.booking()
    assert booking.status == "booked"
    assert world.pushes() == 0
