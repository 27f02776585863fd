"""The same registration number from two chats: staff say whose it is."""

from datetime import timedelta

from models.tables import AlertKind, Status
from tests.conftest import MakeWorld
from tests.consultation import GRACE
from tests.desk import phoned, record_of
from tests.talk import DETAILS
from tests.world import World

NUMBER = DETAILS["registration"]


async def test_the_same_number_from_a_chat_is_put_to_staff(world: World) -> None:
    """Until they have said so, nothing of the other is shown and nothing is booked."""
    admin = await world.staff()
    seeker = await phoned(world, admin, phone="0822345678")
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
    await world.app.sender.drain()
    parent.looks().sees("記録とつながりました", "12月1日", "相談に入る")
    (booking,) = await world.bookings()
    assert booking.job_seeker_id == seeker
    await parent.says("予約")
    parent.sees("予約は1件まで|お持ちの予約|ご予約")
    assert len(await world.bookings()) == 1


async def test_another_person_may_book_and_sees_nothing_of_the_first(world: World) -> None:
    admin = await world.staff()
    await phoned(world, admin)
    parent = world.parent()
    await parent.has_settled_everything(registration=NUMBER)
    await world.play(seconds=15)
    admin.looks()
    await admin.taps("同じ方か確認する")
    await admin.taps("別の方です")
    await world.app.sender.drain()
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


async def test_what_was_claimed_of_a_record_is_claimed_of_the_whole(world: World) -> None:
    """Merged before staff have decided: contact counts, and "same" joins the living records."""
    admin = await world.staff()
    first, second = world.parent(), world.parent()
    booking = await first.has_booked()
    await second.has_settled_everything(registration=first.registration)
    one, two = [await record_of(world, each) for each in (first, second)]
    third = await phoned(world, admin, registration="34999-000001")
    await admin.taps_data(f"mergeyes/1:{one}:{third}")
    assert await world.store(lambda store: store.persons.maybe_same(third)) == [two, third]
    await world.play_to(booking.starts_at - timedelta(hours=20))
    await second.says("熱が出ました")
    await admin.taps_data("claimsame/1:1")
    assert await record_of(world, second) == third
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    assert {each.id: each.status for each in await world.bookings()}[booking.id] == Status.UNDECIDED


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
