"""Staff give a booking its meeting URL, and post it in My Page."""

import pytest

from tests.conftest import MakeWorld
from tests.desk import URL, booked, opens
from tests.world import World


async def test_a_url_by_replying_to_the_card(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    admin.sees("URLなし")
    await admin.replies(admin.seen[0], f"こちらです {URL} よろしく")
    admin.sees("できました")
    assert (await world.booking()).meeting_url == URL
    parent.looks().sees("オンライン相談の準備ができました", "相談に入る")
    assert all(URL not in message.text for message in parent.ever_seen)
    if channel == "telegram":
        admin.looks()
        assert any("本人へのお知らせを送りました" in each.text for each in admin.ever_seen)


@pytest.mark.parametrize(
    "bad", ["http://zoom.us/j/1", "https://zoom.us.evil.test/1", "zoom", "https://zoom.us:1/j"]
)
async def test_a_url_by_button_and_by_command(
    make_world: MakeWorld, channel: str, bad: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, parent, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("URLを伝える")
    await admin.says(bad)
    admin.sees("使えるURLではありません")
    assert (await world.booking()).meeting_url is None
    await admin.says(URL)
    assert (await world.booking()).meeting_url == URL
    await admin.says(f"/url {booking.reference.lower()} {URL}2")
    assert (await world.booking()).meeting_url == f"{URL}2"
    parent.looks().sees("準備ができました")
    await admin.says(f"/url XXXXXX {URL}")
    admin.sees("その予約番号はありません")
    rows = await world.rows("SELECT what, subject, before, after FROM audit WHERE what = 'url'")
    assert rows[0] == ("url", f"booking {booking.id}", "none", "given")


async def test_my_page(world: World) -> None:
    admin, _, booking = await booked(world)
    await admin.says("マイページ")
    admin.sees("1件あります")
    await admin.taps(booking.reference)
    admin.sees("オンライン相談のご予約", "予約番号：" + booking.reference)
    admin.sees(world.app.core.links.join(booking)).sees_no("https://zoom.us")
    await admin.taps("掲載した")
    admin.sees("未掲載の予約はありません")
    await opens(admin, booking)
    admin.sees("掲載済み")


async def test_another_url_leaves_what_is_posted_as_it_is(world: World) -> None:
    """What is posted is our own link, behind which the URL may change."""
    admin, parent, booking = await booked(world)
    await admin.taps_data(f"posted/2:{booking.id}:1")
    await admin.says(f"/url {booking.reference} {URL}")
    parent.looks().sees("URLが変わりました")
    await admin.says(f"/url {booking.reference} {URL}")
    parent.looks().sees_nothing()
    await admin.says("/mypage")
    admin.sees("未掲載の予約はありません")


@pytest.mark.parametrize(
    "words", ["(https://zoom.us/j/5)", "https://zoom.us/j/5, です", "こちら「https://zoom.us/j/5」"]
)
async def test_a_url_is_taken_without_what_stands_around_it(world: World, words: str) -> None:
    admin, _, booking = await booked(world)
    await admin.says(f"/url {booking.reference}\n{words}")
    assert (await world.booking()).meeting_url == "https://zoom.us/j/5"


async def test_a_changed_message_speaks_of_its_booking_no_more(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    admin, _, booking = await booked(world)
    await opens(admin, booking)
    card = admin.seen[0]
    await world.telegram.tap(admin.telegram, "agenda/1:20261201", int(card.message_id))
    await world.app.sender.drain()
    await admin.replies(card, "https://zoom.us/j/5")
    assert (await world.booking()).meeting_url != "https://zoom.us/j/5"


async def test_a_text_for_my_page_that_is_out_of_date_is_not_ticked_off(world: World) -> None:
    admin, _, booking = await booked(world)
    await admin.taps_data(f"mypage/1:{booking.id}")
    await admin.says(f"/url {booking.reference} {URL}")  # by a colleague, say
    await admin.taps_old("掲載した")
    admin.sees(world.app.core.links.join(booking), "掲載した")
    await admin.says("/mypage")
    admin.sees("1件あります")
