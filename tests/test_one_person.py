"""One person, one record: chats are joined by a code that staff give, or by staff (arts. 2, 6)."""

import re
from datetime import timedelta

import pytest

from models.store.seekers import Details
from models.tables import Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE
from tests.desk import NEW, asks_to_erase, finds, on, phoned, record_of, sends
from tests.talk import Parent
from tests.world import World


async def _gives_code(world: World, admin: Parent, seeker: int) -> str:
    await admin.taps_data(f"chatcode/1:{seeker}")
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{5}){3}\b", admin.seen[0].text)
    assert code is not None, admin.seen
    return code[0]


async def test_a_code_joins_a_chat_to_the_record(world: World) -> None:
    admin = await world.staff()
    seeker = await phoned(world, admin)
    code = await _gives_code(world, admin, seeker)
    parent = world.parent()
    await parent.follows()
    await parent.says(code.lower().replace("-", " "))
    parent.sees("記録とつながりました", "相談に入る", "12月1日")
    booking = await world.booking()
    await world.play_to(booking.starts_at - timedelta(hours=12))
    parent.looks().sees("オンライン相談のお知らせ")
    await world.play_to(booking.starts_at)
    assert (await parent.joins(parent.link("相談に入る"))).status_code == 303
    assert (await world.booking()).status == Status.JOINED
    another = world.parent()
    await another.follows()
    await another.says(code)
    another.sees("このコードは使えません")


async def test_wrong_codes_end_soon(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    for _ in range(5):
        await parent.says("AAAA-AAAAA-AAAAA-AAAAA")
        parent.sees("このコードは使えません")
    await parent.says("AAAA-AAAAA-AAAAA-AAAAA")
    parent.sees("1時間は受け付けません")


async def test_the_page_to_print_has_a_code_that_works(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin = await world.staff()
    seeker = await phoned(world, admin)
    await _gives_code(world, admin, seeker)
    page = await sends(world, admin.link("印刷用のページ"))
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{5}){3}\b", page.text)
    assert code is not None
    assert "<svg" in page.text
    assert "花子" not in page.text
    parent = world.parent()
    await parent.follows()
    await parent.says(code[0])
    parent.sees("記録とつながりました")


async def test_the_text_for_my_page_brings_a_code_where_there_is_no_chat(world: World) -> None:
    admin = await world.staff()
    await phoned(world, admin)
    booking = await world.booking()
    await admin.taps_data(f"mypage/1:{booking.id}")
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{5}){3}\b", admin.seen[0].text)
    assert code is not None
    parent = world.parent()
    await parent.follows()
    await parent.says(code[0])
    parent.sees("記録とつながりました")


async def test_a_code_of_a_record_that_became_anothers_leads_there(world: World) -> None:
    admin = await world.staff()
    one, other = (
        await phoned(world, admin),
        await phoned(world, admin, registration="34999-000001"),
    )
    assert one != other
    code = await _gives_code(world, admin, one)
    await admin.taps_data(f"mergeyes/1:{one}:{other}")
    parent = await world.parent().follows()
    await parent.says(code)
    assert await record_of(world, parent) == other


async def test_news_goes_to_the_chat_that_is_in_use(make_world: MakeWorld) -> None:
    """A new telephone: the old chat is there, and nobody reads it."""
    world: World = await make_world("line")
    admin, old = await world.staff(), world.parent()
    booking = await old.has_booked()
    await world.play(minutes=5)
    code = await _gives_code(world, admin, booking.job_seeker_id)
    new = await world.parent(channel="telegram").follows()
    await new.says(code)
    await world.play_to(booking.starts_at - timedelta(hours=12))
    new.looks().sees("オンライン相談のお知らせ")
    old.looks().sees_nothing()


async def test_merges_are_undone_in_their_order_only(world: World) -> None:
    admin = await world.staff()
    numbers = ("34999-000001", "34999-000002", "34999-000003")
    one, two, three = [await phoned(world, admin, registration=each) for each in numbers]
    await admin.taps_data(f"mergeyes/1:{one}:{two}")
    await admin.taps_data(f"mergeyes/1:{two}:{three}")
    await admin.taps_data("unmerge/1:1")
    assert {each.job_seeker_id for each in await world.bookings()} == {three}
    await admin.taps_data("unmerge/1:2")
    await admin.taps_data("unmerge/1:1")
    found = [each.job_seeker_id for each in await world.bookings()]
    assert sorted(found) == sorted((one, two, three))


async def test_staff_merge_two_records_and_undo_it(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    phoned = await world.store(lambda store: store.seekers.add(_details(), world.clock()))
    await finds(world, admin, registration=NEW["registration"])
    await admin.taps_data(f"person/1:{booking.job_seeker_id}")
    await admin.taps("と同じ方")
    admin.sees("ちがっているところ", "求職番号")
    await admin.taps("1つにする")
    rows = await world.rows("SELECT what, subject, before, after FROM audit WHERE what = 'merge'")
    person, other = f"person {booking.job_seeker_id}", f"person {phoned}"
    assert rows == [("merge", person, other, person)]
    # A number of the record that went in is nobody else's.
    again = await world.store(lambda store: store.seekers.with_registration(NEW["registration"]))
    assert again == []
    await admin.taps("2つに戻す")
    again = await world.store(lambda store: store.seekers.with_registration(NEW["registration"]))
    assert again == [phoned]
    assert (await world.booking()).job_seeker_id == booking.job_seeker_id
    assert ("unmerge",) in await world.rows("SELECT what FROM audit")


def _details() -> Details:
    return Details(**NEW)


@pytest.mark.parametrize("first", ["line", "telegram"])
async def test_a_second_chat_joined_by_code_is_one_person(
    make_world: MakeWorld, first: str
) -> None:
    """Its own record goes along; one booking at a time, whichever chat one writes from."""
    world: World = await make_world(first)
    admin = await world.staff()
    one = world.parent()
    other = world.parent(channel="telegram" if first == "line" else "line")
    booking = await one.has_booked()
    code = await _gives_code(world, admin, booking.job_seeker_id)
    other.line.follows = True
    await other.says(code)
    other.sees("相談に入る")
    await world.play_to(booking.starts_at - timedelta(minutes=30))
    await other.says("遅れます")
    other.sees("予約はそのまま残り")
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.UNDECIDED


async def test_whoever_erases_their_data_is_forgotten_in_every_chat(world: World) -> None:
    admin, one, other = await world.staff(), world.parent(), world.parent()
    booking = await one.has_booked()
    code = await _gives_code(world, admin, booking.job_seeker_id)
    await other.has_settled_everything()  # a record of its own, which goes into the first
    await other.says(code)
    other.sees("相談に入る")
    await one.says("マイデータ")
    url = one.link("ページを開く")
    url, page = await asks_to_erase(world, url, await sends(world, url))
    await on(world, url, page, action="erase", sure="yes")
    assert await world.rows("SELECT id FROM contacts WHERE job_seeker_id IS NOT NULL") == []
    assert await world.rows("SELECT name, phone FROM job_seekers") == [(None, None)] * 2
    await other.says("予約")
    other.sees_no("どの相談").sees("利用規約のあらまし")


async def test_merging_decides_nothing_about_a_third(world: World) -> None:
    admin, first, second, third = (
        await world.staff(),
        world.parent(),
        world.parent(),
        world.parent(),
    )
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    await third.has_settled_everything()
    code = await _gives_code(world, admin, booking.job_seeker_id + 2)
    await first.says(code)
    await second.says("予約")
    second.sees("窓口で確認しています").sees_no("どの相談")
