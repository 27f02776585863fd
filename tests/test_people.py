"""People: finding, booking for somebody who phones, details and notes, verifying, refusing."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from models.store import Store
from models.store.booking import Booking
from models.store.erasure import Erasure
from models.store.seekers import Details
from models.transaction import Transaction
from models.vault import Vault, new_data_key
from tests.conftest import MakeWorld
from tests.talk import DETAILS, Parent, World

NEW = {
    "name": "呉 太郎",
    "reading": "くれ たろう",
    "phone": "0822345678",
    "registration": "34020-555555",
}


async def sends(world: World, url: str, **fields: str) -> httpx.Response:
    """Opens a page for staff and sends its form."""
    page = await world.web.get(url)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    if csrf is None:
        return page
    return await world.web.post(url, data={"csrf": csrf[1], **fields})


async def on(world: World, url: str, page: httpx.Response, **fields: str) -> httpx.Response:
    """Goes on on a page that an answer has brought."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    return await world.web.post(url, data={"csrf": csrf[1], **fields})


async def finds(world: World, admin: Parent, **by: str) -> None:
    """Looks somebody up and chooses the one found."""
    await admin.says("/find")
    url = admin.link("ページを開く")
    page = await sends(world, url, action="search", **by)
    number = re.search(r'name="person" value="(\d+)"', page.text)
    assert number is not None, page.text
    proof = re.search(r'name="proof" value="([^"]+)"', page.text)
    assert proof is not None
    forged = await on(world, url, page, action="choose", person="999", proof=proof[1])
    assert forged.status_code == 403  # only whom the page has found
    chosen = await on(world, url, page, action="choose", person=number[1], proof=proof[1])
    assert "選びました" in chosen.text
    await admin.taps("結果を見る")


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
    admin.sees("○ 太○", "なし\\(電話のみ\\)")
    await admin.taps("予約を入れる")
    await admin.taps("11/30")  # today: staff may, parents may not
    await admin.taps("15:30")
    admin.sees("できました")
    assert not any("お電話をお願いします" in each.text for each in admin.ever_seen)
    booking = await world.booking()
    await world.play_to(booking.starts_at + timedelta(minutes=11))
    assert (await world.booking()).status == "undecided"
    await admin.says("/needs")
    admin.sees("チャットのない方です")


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


async def test_a_refused_person_is_told_to_phone_at_any_step(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await admin.says(f"/find {booking.reference}")
    await admin.taps("利用をお断りする")
    await admin.taps("2月28日")
    await admin.says("3回続けて無断欠席のため")
    admin.sees("利用お断り中", "これからの予約があります")
    for words in ("予約", "12/3", "変更"):
        await parent.says(words)
        parent.sees("お電話でご相談ください", "082-542-8609").sees_no("無断")
    await parent.says("キャンセル")  # one's own booking may still be cancelled
    await parent.taps("キャンセルする")
    again = world.parent()  # the same registration number from another chat
    await again.has_settled_everything()
    again.sees("お電話でご相談ください")
    await admin.says(f"/find {booking.reference}")
    await admin.taps("お断りを解除する")
    admin.sees("本人の申告")
    await parent.says("予約")
    parent.sees("日をお選びください")
    rows = await world.rows("SELECT what, after FROM audit WHERE what IN ('refuse', 'lift')")
    assert rows == [("refuse", "2027-02-28"), ("lift", "")]


async def test_a_refusal_ends_by_itself(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await finds(world, admin, phone="09012345678")
    await admin.taps("利用をお断りする")
    await admin.taps("2月28日")
    await admin.says("理由")
    await world.sleep_until(world.clock() + timedelta(days=91))
    await parent.says("予約")
    parent.sees("相談|日をお選び").sees_no("お電話でご相談ください")


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


async def test_a_refusal_follows_over_a_rotation_of_the_key(world: World) -> None:
    """Also of somebody whose details are erased: only the fingerprint is left of those."""
    old, new = new_data_key(), new_data_key()
    details = Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-123456")
    today, now = world.clock().date(), world.clock()

    def before(store: Store) -> int:
        contact = store.contacts.add("line", "U1", "ja", now)
        seeker = store.seekers.keep_details(contact.id, details, now)
        store.seekers.refuse(seeker, None, None, now)
        return seeker

    def after(store: Store) -> int:
        contact = store.contacts.add("line", "U2", "ja", now)
        return store.seekers.keep_details(contact.id, details, now)

    async def within(key: str, work: Callable[[Store], Any]) -> Any:
        vault = Vault(key)
        return await world.app.database.run(lambda tx: work(Store(tx, world.app.office, vault)))

    refused = await within(old, before)
    await world.app.database.run(lambda tx: Erasure(tx).erase_person(refused, now, is_refused=True))
    again = await within(f"{new},{old}", after)
    assert again != refused
    for key in (f"{new},{old}", new):
        assert await within(key, lambda store: store.seekers.refusal(again, today))


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
    other = await world.staff("counselor", 3 - booking.counselor_id)
    for data in ("reserve/1:1:consultation:0", "reserveday/1:1:consultation:20261202"):
        await other.taps_data(data)
        other.sees("記録に残りました").sees_no("広○")
    await other.taps_data(f"reservetime/1:1:consultation:2:202612020100:{other_id(booking)}")
    assert len(await world.bookings()) == 1


def other_id(booking: Booking) -> int:
    return 3 - booking.counselor_id


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


async def test_the_longer_refusal_is_told_and_lifting_one_lifts_no_other(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    for days in (90, 0):
        await admin.taps_data(f"refusefor/1:{booking.job_seeker_id}:{days}")
        await admin.says("理由")
    admin.sees("利用お断り中").sees_no("2月28日")
    now, day = world.clock(), world.clock().date()

    def erased(store: Store) -> tuple[int, int]:
        details = Details("山田", "ヤマダ", "0312345678", "13010-111111")
        pair = store.seekers.add(details, now), store.seekers.add(details, now)
        for seeker in pair:
            store.seekers.refuse(seeker, None, None, now)
        return pair

    one, two = await world.store(erased)
    for seeker in (one, two):
        erase = partial(_erase, seeker=seeker, now=now)
        await world.app.database.run(erase)
    await world.store(lambda store: store.seekers.lift_refusals(one, now))
    assert await world.store(lambda store: store.seekers.refusal(two, day))


def _erase(tx: Transaction, seeker: int, now: datetime) -> None:
    Erasure(tx).erase_person(seeker, now, is_refused=False)


async def test_a_counselors_call_may_last(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    counselor, parent = await world.staff("counselor"), world.parent()
    await parent.has_settled_everything()
    await finds(world, counselor, phone=DETAILS["phone"])
    await world.play(minutes=45)
    await counselor.taps("予約を入れる")
    await counselor.taps(r"\d/\d")
    counselor.sees_no("できません")


async def test_an_alert_about_a_person_leads_to_them(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    for _ in range(2):
        await world.parent().has_settled_everything()
    await admin.says("/needs")
    admin.sees("同じ求職番号")
    await admin.taps("利用者 1")
    admin.sees("広○ 花○")


async def test_hidden_signs_are_in_no_name(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await admin.taps_data("addcounselor/1")
    await admin.says("\u202e田中\u200b")
    assert ("田中",) in await world.rows("SELECT name FROM counselors")


async def test_why_somebody_is_refused_is_read_on_the_page_only(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await finds(world, admin, phone=DETAILS["phone"])
    await admin.taps("利用をお断りする")
    await admin.taps("期限なし")
    await admin.says("職員をどなったため")
    admin.sees("利用お断り中").sees_no("どなった")
    await admin.taps("くわしい情報")
    page = await sends(world, admin.link("くわしい情報を開く"))
    assert "利用お断りの理由: 職員をどなったため" in page.text


async def test_a_refused_person_is_told_to_phone_instead_of_asking(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("駐車場はどこにありますか")
    await world.store(lambda store: store.seekers.refuse(1, None, None, world.clock()))
    await parent.taps_old("この文を窓口に質問として送る")
    parent.sees("お電話でご相談ください")
    for words in ("質問", "駐車場はどこにありますか"):
        await parent.says(words)
        parent.sees("お電話でご相談ください")
    assert await world.rows("SELECT * FROM questions") == []


async def test_somebody_without_a_chat_is_forgotten_on_request(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()

    def known(store: Store) -> Booking:
        seeker = store.seekers.add(Details(**NEW), world.clock())
        store.seekers.add_note(seeker, "電話の方", None, world.clock())
        (slot, *_) = store.calendar.free_from(world.clock(), holder=0)
        return store.bookings.book(seeker, slot, "consultation", "alone", world.clock())

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
