"""The form, the join link, the terms page and the calendar file."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import icalendar
import pytest

from models.store.seekers import Details
from models.tables import AlertKind, Status
from tests.conftest import MEETING_URL, MakeWorld
from tests.talk import DETAILS, Parent
from tests.world import World

OFFICIAL = Path(__file__).parent.parent.parent / "shared" / "terms" / "terms-of-use.ja.txt"


async def at_the_form(world: World, language: str = "ja") -> tuple[Parent, str]:
    parent = world.parent(language=language)
    await parent.follows()
    await parent.taps("同意する|I agree")
    await parent.taps("すべて当てはまる|All apply")
    await parent.taps("すべて大丈夫|All fine")
    return parent, parent.link("入力ページ|Open the form")


async def test_what_is_entered_is_kept_sealed_and_in_one_spelling(world: World) -> None:
    parent, url = await at_the_form(world)
    answer = await parent.sends_form(url)
    assert answer.status_code == 200
    assert "次へ" in answer.text
    kept = await world.store(lambda store: store.seekers.details(1))
    assert kept == Details("広島 花子", "ヒロシマ ハナコ", "09012345678", "34010-1234567")
    rows = await world.rows("SELECT name, phone, registration FROM job_seekers")
    assert all(b"090" not in bytes(cell) for cell in rows[0])


async def test_errors_stand_beside_their_fields_and_nothing_is_lost(world: World) -> None:
    parent, url = await at_the_form(world)
    answer = await parent.sends_form(
        url, phone="12-34", registration="abc", reading="花子", name=""
    )
    assert answer.status_code == 422
    for field in ("name", "reading", "phone", "registration"):
        assert f'id="{field}-error"' in answer.text
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', answer.text)
    assert 'value="12-34"' in answer.text
    assert (await parent.sends_form(url)).status_code == 200


async def test_in_the_parents_language(world: World) -> None:
    _, url = await at_the_form(world, "en")
    page = (await world.web.get(url)).text
    assert '<html lang="en">' in page
    assert "Registration number" in page


async def test_the_link_works_once(world: World) -> None:
    parent, url = await at_the_form(world)
    assert (await parent.sends_form(url)).status_code == 200
    again = await world.web.get(url)
    assert again.status_code == 410
    assert "使用済み" in again.text


async def test_the_link_dies_after_half_an_hour_and_can_be_asked_for_anew(world: World) -> None:
    parent, url = await at_the_form(world)
    await world.sleep_until(world.clock() + timedelta(minutes=30))
    late = await parent.sends_form(url)
    assert late.status_code == 410
    assert "期限" in late.text
    await parent.taps("次へ")
    parent.sees("まだ届いていない", "入力ページを開く")
    assert (await parent.fills_form()).status_code == 200
    await parent.taps("次へ")
    parent.sees("どの相談")


async def test_a_strangers_link_says_what_to_do(world: World) -> None:
    for token in ("x", "A" * 22, "../../etc/passwd", "%00", "💥"):
        answer = await world.web.get(f"/form/{token}")
        assert answer.status_code == 404
        assert "トークのメッセージから" in answer.text


async def test_a_form_that_another_site_sends_is_refused(world: World) -> None:
    _, url = await at_the_form(world)
    page = await world.web.get(url)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    good = {**DETAILS, "csrf": csrf[1]}
    cookies = dict(world.web.cookies)
    world.web.cookies.clear()
    assert (await world.web.post(url, data=good)).status_code == 403
    world.web.cookies.update(cookies)
    assert (await world.web.post(url, data={**good, "csrf": "forged"})).status_code == 403
    elsewhere = {"Origin": "https://elsewhere.test"}
    assert (await world.web.post(url, data=good, headers=elsewhere)).status_code == 403
    assert await world.rows("SELECT * FROM job_seekers") == []
    assert (await world.web.post(url, data=good)).status_code == 200


async def test_too_many_tries_get_a_kind_answer(make_world: MakeWorld) -> None:
    world: World = await make_world()
    _, url = await at_the_form(world)
    answers = [await world.web.post(url, data={"csrf": "guess"}) for _ in range(12)]
    assert [each.status_code for each in answers] == [403] * 10 + [429] * 2
    assert "1分" in answers[-1].text


async def test_a_huge_form_is_refused(make_world: MakeWorld) -> None:
    world: World = await make_world()
    _, url = await at_the_form(world)
    assert (await world.web.post(url, data={"name": "x" * 50_000})).status_code == 413


async def test_withdrawing_closes_the_form(world: World) -> None:
    parent, url = await at_the_form(world)
    await parent.says("同意を取り消したい")
    await parent.taps("^取り消す$")
    assert (await parent.sends_form(url)).status_code == 410
    assert await world.rows("SELECT * FROM job_seekers") == []


async def test_one_registration_number_from_two_chats_is_told_to_staff(world: World) -> None:
    """A parent may use both channels; but nobody is taken for somebody else without proof."""
    for channel in ("line", "telegram"):
        assert AlertKind.SAME_REGISTRATION not in await world.alerts()
        number = DETAILS["registration"]
        await world.parent(channel=channel).has_settled_everything(registration=number)
    assert AlertKind.SAME_REGISTRATION in await world.alerts()
    assert await world.rows("SELECT count(*) FROM job_seekers") == [(2,)]


async def test_details_can_be_changed_later(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("ヘルプ")
    await parent.taps("登録内容を直す")
    await parent.fills_form(phone="082-111-2222")
    kept = await world.store(lambda store: store.seekers.details(1))
    assert kept.phone == "0821112222"
    await parent.taps("次へ")
    parent.sees("どの相談")


@pytest.mark.parametrize("path", ["/form/x", "/join/x", "/terms/1", "/terms/99", "/nothing"])
async def test_pages_send_strict_headers(make_world: MakeWorld, path: str) -> None:
    world: World = await make_world()
    answer = await world.web.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["strict-transport-security"]
    assert "<script" not in answer.text


async def booked(world: World) -> tuple[Parent, str]:
    parent = world.parent()
    booking = await parent.has_booked()
    return parent, world.app.core.links.join(booking)


async def test_join_has_its_time(world: World) -> None:
    parent, url = await booked(world)
    booking = await world.booking()
    early = await world.web.get(url)
    assert "9:45" in early.text
    assert "<button" not in early.text
    await world.play_to(booking.starts_at - timedelta(minutes=15, milliseconds=1))
    assert "<button" not in (await world.web.get(url)).text
    assert (await world.web.post(url)).status_code == 200  # pressed all the same: still closed
    assert (await world.booking()).status == Status.BOOKED
    await world.play(milliseconds=1)
    assert "<button" in (await world.web.get(url)).text
    gone = await parent.joins(url)
    assert (gone.status_code, gone.headers["location"]) == (303, MEETING_URL)
    await world.play_to(booking.starts_at + timedelta(minutes=29))
    assert (await parent.joins(url)).status_code == 303
    await world.play(minutes=1)
    assert "終わりました" in (await world.web.get(url)).text


async def test_a_link_preview_is_no_presence(world: World) -> None:
    _, url = await booked(world)
    booking = await world.booking()
    await world.play_to(booking.starts_at)
    preview = {"User-Agent": "facebookexternalhit/1.1;line-poker/1.0"}
    for method in ("GET", "HEAD"):
        answer: httpx.Response = await world.web.request(method, url, headers=preview)
        assert answer.status_code == 200
        assert "location" not in answer.headers
    await world.play(minutes=10)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    assert "キャンセルの扱い" in (await world.web.get(url)).text
    assert "キャンセルの扱い" in (await world.web.post(url)).text


async def test_a_cancelled_booking_says_so_at_the_door(world: World) -> None:
    parent, url = await booked(world)
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    assert "取り消されています" in (await world.web.get(url)).text


async def test_held_by_contact_the_door_stays_open(world: World) -> None:
    parent, url = await booked(world)
    booking = await world.booking()
    await world.play_to(booking.starts_at + timedelta(minutes=9))
    await parent.says("遅れます")
    await world.play(minutes=8)
    assert (await parent.joins(url)).status_code == 303


async def test_without_a_meeting_url_the_phone_helps(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, meeting_url=None)
    parent, url = await booked(world)
    await world.play_to((await world.booking()).starts_at)
    answer = await parent.joins(url)
    assert "082-542-8609" in answer.text
    assert (await world.booking()).status == Status.JOINED
    assert AlertKind.CAME_WITHOUT_URL in await world.alerts()


async def test_every_use_is_on_record(world: World) -> None:
    parent, url = await booked(world)
    await world.play_to((await world.booking()).starts_at)
    await world.web.get("/terms/1", headers={"User-Agent": "Phone 1"})
    await parent.joins(url)
    rows = await world.rows("SELECT page, booking_id, contact_id FROM access_records ORDER BY id")
    assert rows == [
        ("form", None, 1),
        ("form", None, 1),
        ("terms", None, None),
        ("join_page", 1, None),
        ("join", 1, None),
    ]
    agents = await world.rows("SELECT user_agent FROM access_records WHERE page = 'terms'")
    assert agents == [("Phone 1",)]


async def test_a_strangers_join_link_says_what_to_do(world: World) -> None:
    _, url = await booked(world)
    for token in ("x", url.rpartition("/")[2][:-1] + "A", url.rpartition("/")[2] + "=", "é"):
        answer = await world.web.get(f"/join/{token}")
        if token != url.rpartition("/")[2]:
            assert answer.status_code == 404
            assert "予約確認" in answer.text
    calendar = (
        world.app.core.links.calendar_file(await world.booking())
        .rpartition("/")[2]
        .removesuffix(".ics")
    )
    assert (await world.web.get(f"/join/{calendar}")).status_code == 404


async def test_the_calendar_file(world: World) -> None:
    parent, url = await booked(world)
    booking = await world.booking()
    answer = await world.web.get(parent.link("カレンダー"))
    assert answer.headers["content-type"].startswith("text/calendar")
    event: Any
    ended: Any
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtstart"].dt == booking.starts_at
    assert event["dtend"].dt == booking.starts_at + timedelta(minutes=30)
    assert url in event["description"]
    await parent.says("キャンセル")
    await parent.taps("キャンセルする")
    again = await world.web.get(world.app.core.links.calendar_file(booking))
    assert b"STATUS:CANCELLED" in again.content
    (ended,) = icalendar.Calendar.from_ical(again.content).walk("VEVENT")
    assert ended["sequence"] > event["sequence"]  # or calendars pass the cancellation over
    assert (await world.web.get("/calendar/x.ics")).status_code == 404


async def test_the_terms_page_sets_the_text_in_type(world: World) -> None:
    page = (await world.web.get("/terms/1")).text
    assert "<h1>オンライン相談 利用規約(見本)</h1>" in page
    assert "<h2>対象者</h2>" in page
    assert '<span class="article">第2条</span>' in page
    assert '<p class="point">(1) 試験をする方</p>' in page


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official terms are not beside the checkout")
async def test_the_official_terms_read_well(make_world: MakeWorld) -> None:
    world: World = await make_world(terms=OFFICIAL.read_text(encoding="utf-8"))
    page = (await world.web.get("/terms/1")).text
    articles = re.findall(r'<span class="article">(第\s*\d+\s*条)</span>', page)
    assert len(articles) == 14
    assert page.count("<h2>") == 14
    assert "<h1>オンライン職業相談等利用規約</h1>" in page


async def test_health(make_world: MakeWorld) -> None:
    world: World = await make_world()
    assert (await world.web.get("/healthz")).text == "ok"
    assert (await world.web.get("/readyz")).json() == {"ready": True, "faults": []}
    await world.sleep_until(world.clock() + timedelta(minutes=10))
    stalled = await world.web.get("/readyz")
    assert stalled.status_code == 503
    assert "beat" in stalled.text
    assert "madoguchi_outbox_waiting" in (await world.web.get("/metrics")).text
