"""One person, one record: chats are joined by a code that staff give, or by staff (arts. 2, 6)."""

import re
from datetime import timedelta

import pytest

from models.store.seekers import Details
from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.desk import NEW, asks_to_erase, finds, on, sends
from tests.talk import DETAILS, Parent, World
from tests.test_attendance import GRACE

NUMBER = DETAILS["registration"]


async def _phoned(world: World, admin: Parent, **details: str) -> int:
    """Staff note somebody down who phones, and book for them; returns the record."""
    await world.play(seconds=5)
    await admin.says("/find")
    url = admin.link("ページを開く")
    searched = details.get("registration", "34999-999999")
    page = await sends(world, url, action="search", registration=searched)
    await on(world, url, page, action="create", **{**DETAILS, **details})
    await admin.taps("結果を見る")
    await admin.taps("予約を入れる")
    await admin.taps("12/1")
    await admin.taps(r"^\d+:\d\d$")
    admin.sees("できました")
    return max((await world.bookings()), key=lambda each: each.id).job_seeker_id


async def _gives_code(world: World, admin: Parent, seeker: int) -> str:
    await admin.taps_data(f"chatcode/1:{seeker}")
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{5}){3}\b", admin.seen[0].text)
    assert code is not None, admin.seen
    return code[0]


async def test_a_code_joins_a_chat_to_the_record(world: World) -> None:
    admin = await world.staff()
    seeker = await _phoned(world, admin)
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
    seeker = await _phoned(world, admin)
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
    await _phoned(world, admin)
    booking = await world.booking()
    await admin.taps_data(f"mypage/1:{booking.id}")
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{5}){3}\b", admin.seen[0].text)
    assert code is not None
    parent = world.parent()
    await parent.follows()
    await parent.says(code[0])
    parent.sees("記録とつながりました")


async def test_the_same_number_from_a_chat_is_put_to_staff(world: World) -> None:
    """Until they have said so, nothing of the other is shown and nothing is booked."""
    admin = await world.staff()
    seeker = await _phoned(world, admin, phone="0822345678")
    parent = world.parent()
    await parent.has_settled_everything(registration=NUMBER)
    parent.sees("窓口で確認しています").sees_no("12月1日")
    await parent.says("予約の確認")
    parent.sees("予約はありません").sees_no("12月1日")
    await parent.says("予約")
    parent.sees("窓口で確認しています")
    await world.play(seconds=15)
    admin.looks().sees("同じ求職番号")
    await admin.taps("同じ方か確認する")
    admin.sees("電話番号").sees_no("090", "お名前")
    await admin.taps("同じ方です")
    await world.app.sender.send_all()
    parent.looks().sees("記録とつながりました", "12月1日", "相談に入る")
    (booking,) = await world.bookings()
    assert booking.job_seeker_id == seeker
    await parent.says("予約")
    parent.sees("予約は1件まで|お持ちの予約|ご予約")
    assert len(await world.bookings()) == 1


async def test_another_person_may_book_and_sees_nothing_of_the_first(world: World) -> None:
    admin = await world.staff()
    await _phoned(world, admin)
    parent = world.parent()
    await parent.has_settled_everything(registration=NUMBER)
    await world.play(seconds=15)
    admin.looks()
    await admin.taps("同じ方か確認する")
    await admin.taps("別の方です")
    await world.app.sender.send_all()
    parent.looks().sees("予約にお進みいただけます").sees_no("12月1日")
    await parent.taps("予約する")
    parent.sees("どの相談")
    await admin.taps_data("claimsame/1:1")
    admin.sees("もう決まっています")


async def test_late_in_the_second_chat_holds_the_first_ones_booking(world: World) -> None:
    """Also before staff have said whether it is the same person."""
    first, second = world.parent(), world.parent()
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    await world.play_to(booking.starts_at - timedelta(minutes=20))
    await second.says("遅れます")
    second.sees_no("10:00〜10:30")
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_second_chat_that_is_not_heard_makes_nobody_absent(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    first, second = world.parent(), world.parent(channel="line")
    booking = await first.has_booked(day="12/1")
    await second.has_settled_everything(registration=first.registration)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    world.line.secret = "rotated"
    await world.play_to(booking.starts_at + timedelta(minutes=12))
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_code_of_a_record_that_became_anothers_leads_there(world: World) -> None:
    admin = await world.staff()
    one, other = (
        await _phoned(world, admin),
        await _phoned(world, admin, registration="34999-000001"),
    )
    assert one != other
    code = await _gives_code(world, admin, one)
    await admin.taps_data(f"mergeyes/1:{one}:{other}")
    parent = await world.parent().follows()
    await parent.says(code)
    assert await _record_of(world, parent) == other


async def test_what_was_claimed_of_a_record_is_claimed_of_the_whole(world: World) -> None:
    """Merged before staff have decided: contact counts, and "same" joins the living records."""
    admin = await world.staff()
    first, second = world.parent(), world.parent()
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    one, two = [await _record_of(world, each) for each in (first, second)]
    third = await _phoned(world, admin, registration="34999-000001")
    await admin.taps_data(f"mergeyes/1:{one}:{third}")
    assert await world.store(lambda store: store.persons.maybe_same(third)) == [two, third]
    await world.play_to(booking.starts_at - timedelta(hours=20))
    await second.says("熱が出ました")
    await admin.taps_data("claimsame/1:1")
    assert await _record_of(world, second) == third
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    assert {each.id: each.status for each in await world.bookings()}[booking.id] == Status.UNDECIDED


async def _record_of(world: World, parent: Parent) -> int:
    channel, person = world.channel, parent.person
    found = await world.store(lambda store: store.contacts.find(channel, person))
    assert found is not None
    assert found.job_seeker_id is not None
    return found.job_seeker_id


async def test_words_from_a_chat_that_is_not_confirmed_are_named_so(world: World) -> None:
    admin = await world.staff()
    first, second = world.parent(), world.parent()
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    await world.play_to(booking.starts_at - timedelta(hours=3))
    await second.says("インフルで行けません")
    await world.play(minutes=6)
    admin.looks().sees("インフルで行けません", "確認前の別のチャット")


async def test_whoever_typed_anothers_number_cannot_ask_when_they_come(world: World) -> None:
    first, second = world.parent(), world.parent()
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    answers = []
    for before in (timedelta(hours=20), timedelta(minutes=20)):
        await world.play_to(booking.starts_at - before)
        await second.says("遅れます")
        answers.append([each.text for each in second.seen])
    assert answers[0] == answers[1]


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
    one, two, three = [await _phoned(world, admin, registration=each) for each in numbers]
    await admin.taps_data(f"mergeyes/1:{one}:{two}")
    await admin.taps_data(f"mergeyes/1:{two}:{three}")
    await admin.taps_data("unmerge/1:1")
    assert {each.job_seeker_id for each in await world.bookings()} == {three}
    await admin.taps_data("unmerge/1:2")
    await admin.taps_data("unmerge/1:1")
    found = [each.job_seeker_id for each in await world.bookings()]
    assert sorted(found) == sorted((one, two, three))


async def test_nobody_is_refused_by_somebody_elses_typing(world: World) -> None:
    admin = await world.staff()
    victim, impostor = world.parent(), world.parent()
    booking = await victim.has_booked()
    await impostor.has_settled_everything(registration=victim.registration)
    contact = await world.store(lambda store: store.contacts.find(world.channel, impostor.person))
    assert contact is not None
    await admin.taps_data(f"refusefor/1:{contact.job_seeker_id}:90")
    await admin.says("迷惑行為のため")
    await admin.taps("利用をお断りする")
    await victim.says("予約の確認")
    victim.sees("相談に入る")
    await victim.taps_data(f"move/1:{booking.id}:0")
    victim.sees_no("お電話でご相談ください")
    await impostor.says("予約")
    impostor.sees("お電話でご相談ください")


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


async def test_whoever_typed_anothers_number_reads_nothing_of_theirs(world: World) -> None:
    """Their trouble holds the booking, in case they are the same person; but nothing is told."""
    admin, victim, impostor = await world.staff(), world.parent(), world.parent()
    booking = await victim.has_booked()
    await impostor.has_settled_everything(registration=victim.registration)
    for words in ("子どもが熱を出しました", "遅れます", "キャンセル"):
        await impostor.says(words)
        impostor.sees_no("12月1日", "10:00")
    await world.play_to(booking.starts_at - timedelta(minutes=20))
    for words in ("遅れます", "入りました", "子どもが熱です"):
        await impostor.says(words)
        impostor.sees_no("12月1日", "10:00", "うまく処理できませんでした")
    assert AlertKind.EVENT_FAILED not in await world.alerts()
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    assert (await world.booking()).status == Status.UNDECIDED
    admin.looks()


async def test_who_was_deemed_absent_is_told_so_in_their_own_chat_only(world: World) -> None:
    await world.staff()
    victim, impostor = world.parent(), world.parent()
    booking = await victim.has_booked()
    await impostor.has_settled_everything(registration=victim.registration)
    await world.play_to(booking.starts_at + GRACE + timedelta(minutes=3))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    await impostor.says("すみません、今から入ります")
    impostor.sees("読み取れません").sees_no("キャンセルの扱い", "12月1日", "窓口で確認")


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
