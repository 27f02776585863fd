"""People: finding, details and notes, verifying, forgetting."""

import re

from models.booking import Booking
from models.store import Store
from models.store.seekers import Details
from models.tables import Companion
from tests.conftest import MakeWorld
from tests.desk import NEW, finds, on, sends
from tests.talk import DETAILS
from tests.world import World


async def test_somebody_is_found_by_registration_number_or_phone(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_booked()
    await finds(world, admin, registration="３４０１０ー１２３４５６７")
    admin.sees("広○ 花○", "本人の申告", "第1版に同意")
    await finds(world, admin, phone="090-1234-5678")
    admin.sees("広○ 花○")
    rows = await world.rows("SELECT what, subject, after FROM audit WHERE what = 'find'")
    assert rows == [("find", "by registration", "1 found"), ("find", "by phone", "1 found")]
    booking = await world.booking()
    await admin.says(f"/find {booking.reference}")
    admin.sees("広○ 花○")
    await admin.says("/find XXXXXX")
    admin.sees("その予約番号はありません")


async def test_details_and_notes_on_a_page_that_opens_once(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await admin.says(f"/find {booking.reference}")
    await admin.taps("くわしい情報")
    url = admin.link("くわしい情報を開く")
    preview = await world.web.get(url)
    assert DETAILS["name"] not in preview.text  # a preview sees nobody
    page = await sends(world, url)
    for value in ("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-1234567"):
        assert value in page.text
    noting = url.replace("/person/", "/note/").rpartition("/")[0]
    token = re.search(r'action="\.\./note/([^"]+)"', page.text)
    assert token is not None
    kept = await on(world, f"{noting}/{token[1]}", page, note="車椅子を<b>使う</b>")
    assert "メモを残しました" in kept.text
    assert (await sends(world, url)).status_code == 410
    await admin.says(f"/find {booking.reference}")
    await admin.taps("くわしい情報")
    page = await sends(world, admin.link("くわしい情報を開く"))
    assert "車椅子を&lt;b&gt;使う" in page.text
    audited = await world.rows("SELECT what, subject FROM audit WHERE what IN ('details', 'note')")
    assert audited == [("details", "person 1"), ("note", "person 1"), ("details", "person 1")]
    assert all("車椅子" not in each.text for each in admin.ever_seen)


async def test_verified_and_back(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await admin.says(f"/find {booking.reference}")
    await admin.taps("確認済みにする")
    admin.sees("確認済み", "確認を取り消す")
    await admin.taps("確認を取り消す")
    admin.sees("本人の申告")


async def test_pages_of_those_who_left_open_nothing(world: World) -> None:
    admin = await world.staff()
    await world.staff()
    await admin.says("/find")
    url = admin.link("ページを開く")
    await admin.taps_data("leaveyes/1")
    assert (await world.web.get(url)).status_code == 410
    assert (await world.web.get(url + "x")).status_code == 404
    form = url.replace("/desk/find/", "/form/")
    assert (await world.web.get(form)).status_code == 404  # a link is for one kind of page


async def test_a_page_for_staff_is_answered_only_where_it_was_shown(world: World) -> None:
    admin = await world.staff()
    await admin.says("/find")
    url = admin.link("ページを開く")
    foreign = await world.web.post(url, data={"csrf": "x", "action": "search", "phone": "0"})
    assert foreign.status_code == 403
    wrong = await sends(world, url, action="search", phone="abc")
    assert wrong.status_code == 422
    assert "番号を入力" in wrong.text


async def test_an_alert_about_a_person_leads_to_them(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    for _ in range(2):
        await world.parent().has_settled_everything(registration=DETAILS["registration"])
    await admin.says("/needs")
    admin.sees("同じ求職番号")
    await admin.taps("同じ方か確認する")
    await admin.taps("前からの方")
    admin.sees("広○ 花○")


async def test_hidden_signs_are_in_no_name(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await admin.taps_data("addcounselor/1")
    await admin.says("\u202e田中\u200b")
    assert ("田中",) in await world.rows("SELECT name FROM counselors")


async def test_somebody_without_a_chat_is_forgotten_on_request(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()

    def known(store: Store) -> Booking:
        seeker = store.seekers.add(Details(**NEW), world.clock())
        store.seekers.add_note(seeker, "電話の方", None, world.clock())
        (slot, *_) = store.calendar.free_from(world.clock(), holder=0)
        return store.bookings.book(seeker, slot, "consultation", Companion.ALONE, world.clock())

    booking = await world.store(known)
    await admin.says(f"/find {booking.reference}")
    await admin.taps("情報を消す")
    admin.sees("先に、この予約を終わらせてください")
    await admin.taps_data(f"phonedyes/1:{booking.id}:1")
    await admin.taps_data(f"forget/1:{booking.job_seeker_id}")
    admin.sees("もとには戻せません")
    await admin.taps("^消す$")
    admin.sees("消しました")
    columns = "name, reading, phone, registration, registration_fingerprint, phone_fingerprint"
    assert await world.rows(f"SELECT {columns} FROM job_seekers") == [(None,) * 6]
    assert await world.rows("SELECT * FROM notes") == []
    assert len(await world.bookings()) == 1
