"""Booking for somebody who phones, and may have no chat."""

from datetime import timedelta

from models.booking import Booking
from models.store.seekers import Details
from models.tables import Role, Status
from tests.conftest import MakeWorld
from tests.desk import NEW, finds, on, sends
from tests.talk import DETAILS, Parent
from tests.world import World


async def test_booking_for_somebody_who_phones(world: World) -> None:
    """The first time, they are noted down; they have no chat, so staff are told to phone."""
    admin = await world.staff()
    await admin.says("/book")
    url = admin.link("ページを開く")
    page = await sends(world, url, action="search", phone="0822345678")
    assert "見つかりませんでした" in page.text
    page = await on(world, url, page, action="create", **{**NEW, "phone": "12"})
    assert "10桁か11桁" in page.text
    page = await on(world, url, page, action="create", **NEW)
    assert "選びました" in page.text
    again = await world.web.get(url)
    assert again.status_code == 410
    await admin.taps("結果を見る")
    admin.sees("○ 太○", "なし（電話のみ）")
    await admin.taps("予約を入れる")
    await admin.taps("11/30")  # today: staff may, parents may not
    await admin.taps("15:30")
    admin.sees("できました")
    assert not any("お電話をお願いします" in each.text for each in admin.ever_seen)
    booking = await world.booking()
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    assert (await world.booking()).status == Status.UNDECIDED
    await admin.says("/needs")
    admin.sees("チャットのない方です")


async def _has_phoned(world: World, admin: Parent) -> None:
    """Books 12/1 for somebody who phoned and has no chat."""
    await admin.says("/book")
    url = admin.link("ページを開く")
    page = await sends(world, url, action="search", phone=NEW["phone"])
    await on(world, url, page, action="create", **NEW)
    await admin.taps("結果を見る")
    await admin.taps("予約を入れる")
    await admin.taps("12/1")
    await admin.taps(r"^\d+:\d\d$")


async def test_who_has_no_chat_is_phoned_when_the_office_cancels(world: World) -> None:
    admin = await world.staff()
    await _has_phoned(world, admin)
    await admin.says("/closures 12/1")
    await admin.taps("取りやめる")
    admin.sees("チャットのない方です")
    await world.play(seconds=15)
    admin.looks().sees("チャットのない方なので、お電話でお知らせください")
    await admin.says("/needs")
    admin.sees("お電話でお知らせください")


async def test_a_counselor_books_only_whom_they_may_see(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    parent = world.parent()
    booking = await parent.has_booked()
    other = await world.staff(Role.COUNSELOR, 3 - booking.counselor_id)
    for data in ("reserve/1:1:consultation:0", "reserveday/1:1:consultation:20261202"):
        await other.taps_data(data)
        other.sees("記録に残りました").sees_no("広○")
    await other.taps_data(f"reservetime/1:1:consultation:2:202612020100:{other_id(booking)}")
    assert len(await world.bookings()) == 1


def other_id(booking: Booking) -> int:
    return 3 - booking.counselor_id


async def test_a_counselors_call_may_last(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    counselor, parent = await world.staff(Role.COUNSELOR), world.parent()
    await parent.has_settled_everything()
    await finds(world, counselor, phone=DETAILS["phone"])
    await world.play(minutes=45)
    await counselor.taps("予約を入れる")
    await counselor.taps(r"\d/\d")
    counselor.sees_no("できません")


async def test_nobody_is_noted_down_twice(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await world.store(lambda store: store.seekers.add(Details(**NEW), world.clock()))
    await admin.says("/book")
    url = admin.link("ページを開く")
    page = await sends(world, url, action="search", phone="0312345678")
    again = NEW | {"name": "鈴木 一郎", "phone": "0312345678"}
    page = await on(world, url, page, action="create", **again)
    assert "もう登録されています" in page.text
    assert "呉 太郎" in page.text
    assert len(await world.rows("SELECT * FROM job_seekers")) == 1
