"""Nobody is judged unheard: a deemed cancellation needs a proof that every way in was open
(art. 6(6))."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.polling import Poller
from bot.hearing import Hearing
from models.booking import Booking
from models.tables import AlertKind, Status
from tests.conftest import MEETING_URL, MakeWorld
from tests.desk import URL, booked, opens
from tests.talk import Parent, World
from tests.test_attendance import GRACE, at_the_start


async def _at_the_end_of_grace(world: World, booking: Booking) -> Status:
    """What becomes of a booking after its grace, with a minute for a proof that is late."""
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=75))
    return (await world.booking_by_id(booking.id)).status


async def _before_the_window(world: World) -> tuple[Parent, Booking]:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=30))
    return parent, booking


async def test_whom_every_way_in_was_open_is_judged_at_the_deadline(world: World) -> None:
    _, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    ways = {way for (way,) in await world.rows("SELECT DISTINCT way FROM watches WHERE works")}
    assert ways == {"sweep", "pages", "line", "telegram"}


async def test_nothing_is_asked_of_platforms_without_a_consultation(world: World) -> None:
    await _before_the_window(world)
    assert await world.rows("SELECT way FROM watches WHERE way <> 'sweep'") == []


async def test_a_rotated_secret_makes_nobody_absent(make_world: MakeWorld) -> None:
    """LINE's own test says that we answer 401: staff know within two minutes, by Telegram too."""
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await _before_the_window(world)
    world.line.secret = "rotated"
    await world.play_to(booking.starts_at - timedelta(minutes=15))
    admin.looks().sees("利用者の連絡が届いていません", "LINE", "401")
    ready = await world.web.get("/readyz")
    assert ready.status_code == 503
    assert "line does not hear" in ready.text
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
    admin.looks().sees("連絡を受け取れない時間", "LINE")


async def test_a_way_that_works_again_is_no_more_on_the_list(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await _before_the_window(world)
    right, world.line.secret = world.line.secret, "rotated"
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    world.line.secret = right
    await world.play(minutes=3)
    assert (await world.web.get("/readyz")).status_code == 200
    await admin.says("/needs")
    admin.sees_no("利用者の連絡が届いていません")
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED  # for a time it was deaf


@pytest.mark.parametrize("what", ["waits", "failed"])
async def test_what_telegram_could_not_bring_makes_nobody_absent(
    make_world: MakeWorld, what: str
) -> None:
    world: World = await make_world("telegram")
    parent, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at)
    if what == "waits":
        press = world.telegram.pressed(parent.telegram, "menu/1")
        world.telegram._waiting.append(world.telegram.numbered(press))
    else:
        world.telegram.last_error = int(world.clock().timestamp())
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_UNHEARD in await world.alerts()


async def test_an_error_before_the_window_is_none_of_its_business(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    _, booking = await _before_the_window(world)
    world.telegram.last_error = int(world.clock().timestamp())
    assert await _at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("channel", "elsewhere", "status"),
    [
        ("line", False, Status.DEEMED_CANCELLED),  # LINE reaches us under the same address
        ("line", True, Status.UNDECIDED),
        ("telegram", False, Status.DEEMED_CANCELLED),
    ],
)
async def test_pages_that_cannot_be_reached_from_inside(
    make_world: MakeWorld, channel: str, elsewhere: bool, status: Status
) -> None:
    world: World = await make_world(channel)
    _, booking = await _before_the_window(world)
    world.reached.web = None
    if elsewhere:
        world.line.told_webhook_url = "https://another.test/webhooks/line"
    assert await _at_the_end_of_grace(world, booking) == status


async def test_line_that_calls_another_address_proves_nothing(make_world: MakeWorld) -> None:
    """Its test may well succeed there."""
    world: World = await make_world("line")
    admin = await world.staff(channel="telegram")
    _, booking = await _before_the_window(world)
    world.line.told_webhook_url = "https://old.test/webhooks/line"
    await world.play_to(booking.starts_at - timedelta(minutes=15))
    admin.looks().sees("利用者の連絡が届いていません", "LINE")
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_the_same_address_in_another_spelling_is_ours(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    _, booking = await _before_the_window(world)
    world.line.told_webhook_url = "https://Counter.test:443/webhooks/line"
    assert await _at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


@pytest.mark.parametrize(
    ("minutes", "status"), [(1, Status.DEEMED_CANCELLED), (5, Status.UNDECIDED)]
)
async def test_a_platform_that_says_nothing_is_no_fault_but_no_proof(
    make_world: MakeWorld, minutes: int, status: Status
) -> None:
    world: World = await make_world("line")
    _, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    world.reached.web, reached = None, world.reached.web
    world.telegram.webhook_url = "https://elsewhere.test/webhooks/telegram"
    token, world.line.token = world.line.token, "another"
    await world.play(minutes=minutes)
    world.reached.web, world.line.token = reached, token
    assert await _at_the_end_of_grace(world, booking) == status


async def test_a_locked_database_makes_nobody_absent(
    make_world: MakeWorld, sqlite_url: str
) -> None:
    """The join and the word of that moment get 503."""
    world: World = await make_world("line", url=sqlite_url)
    parent, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at + timedelta(minutes=5))
    link = world.app.core.links.join(booking)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await world.web.post(link)).status_code == 503
        said = {"type": "text", "id": "1", "text": "遅れます"}
        event = world.line.event(parent.person, "message", message=said)
        assert await world.line.deliver([event]) == 503
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
    (reason,) = await world.rows("SELECT detail FROM alerts WHERE kind = 'decide_unheard'")
    assert "database" in reason[0]


async def test_a_join_counts_from_when_it_arrived(make_world: MakeWorld, sqlite_url: str) -> None:
    """The database is busy over the deadline."""
    world: World = await make_world("line", url=sqlite_url)
    _, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE - timedelta(seconds=2.5))
    link = world.app.core.links.join(booking)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        pressing = asyncio.create_task(world.web.post(link))
        await asyncio.sleep(0.2)
        world.clock.turn_to(booking.starts_at + GRACE + timedelta(seconds=2))
        other.rollback()
    assert (await pressing).status_code == 303
    await world.sweep()
    assert (await world.booking()).status == Status.JOINED


async def test_who_could_not_be_taken_is_not_judged_and_others_are(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger whose message breaks something makes nobody else unheard."""
    world: World = await make_world("line", counselors=2)
    one, other = world.parent(), world.parent()
    booking = await one.has_booked(time="^10:00")
    others = await other.has_booked(time="^10:00")
    assert others.starts_at == booking.starts_at
    await world.play_to(booking.starts_at)
    monkeypatch.setattr(world.app.turns, "take", _breaks)
    event = world.line.event(one.person, "postback", postback={"data": "menu/1"})
    assert await world.line.deliver([event]) == 500
    monkeypatch.undo()
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert await _at_the_end_of_grace(world, others) == Status.DEEMED_CANCELLED


async def _breaks(*_: object) -> None:
    raise RuntimeError("broken")


async def test_unsigned_webhooks_make_nobody_undecided(world: World) -> None:
    _, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at)
    for _ in range(50):
        await world.line.deliver_raw(b"{}", signature="forged")
        await world.web.post("/webhooks/telegram", content=b"{}")
        await world.web.get(f"/join/{secrets.token_urlsafe(16)}")
        await world.web.post("/webhooks/line", content=b"x" * 2_100_000)
    assert await _at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_strangers_keep_nobody_out(world: World) -> None:
    """Made-up links from an address, then the good one from behind the same address."""
    _, booking = await at_the_start(world)
    for number in range(80):
        answer = await world.web.post(f"/join/{secrets.token_urlsafe(22)[:30]}")
        assert answer.status_code == (404 if number < 60 else 429)
    assert (await world.web.post(world.app.core.links.join(booking))).status_code == 303
    assert (await world.booking()).status == Status.JOINED


async def test_a_fault_that_is_known_later_undoes_the_deemed_cancellation(world: World) -> None:
    parent, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    parent.looks()
    world.app.hearing.fault("database", "locked", booking.starts_at + timedelta(minutes=9))
    await world.sweep()
    assert (await world.booking()).status == Status.UNDECIDED
    parent.looks().sees("キャンセルの扱いを取り消しました", "相談に入る")


async def test_staffs_own_word_is_not_undone(world: World) -> None:
    admin = await world.staff()
    parent, booking = await at_the_start(world)
    await parent.says("すみません")
    await world.play_to(booking.starts_at + GRACE)
    await admin.taps_data(f"absent/1:{booking.id}")
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.app.hearing.fault("database", "locked", booking.starts_at)
    await world.sweep()
    assert (await world.booking()).status == Status.DEEMED_CANCELLED


# The door


async def test_a_browser_that_opens_the_page_after_the_start_holds(world: World) -> None:
    _, booking = await at_the_start(world)
    await world.play(minutes=3)
    page = await world.web.get(world.app.core.links.join(booking))
    assert "<button" in page.text
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize("looks", ["before", "preview", "head"])
async def test_a_preview_holds_nothing(world: World, looks: str) -> None:
    _, booking = await _before_the_window(world)
    link = world.app.core.links.join(booking)
    if looks == "before":
        await world.web.get(link)
    await world.play_to(booking.starts_at + timedelta(minutes=1))
    if looks == "preview":
        await world.web.get(link, headers={"User-Agent": "TelegramBot (like TwitterBot)"})
    elif looks == "head":
        await world.web.head(link)
    assert await _at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_one_standing_room_opens_when_the_one_before_has_ended(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    await world.play_to(earlier.starts_at + timedelta(minutes=16))
    answer = await world.web.post(world.app.core.links.join(later))
    assert answer.status_code == 200
    assert "もう少しお待ちください" in answer.text
    assert "zoom.us" not in answer.headers.get("location", "")
    began = await world.booking_by_id(earlier.id)
    await world.store(
        lambda store: store.bookings.set_status(
            began, Status.COMPLETED, world.clock(), by="staff 1"
        )
    )
    assert (await world.web.post(world.app.core.links.join(later))).status_code == 303


async def test_two_at_once_in_one_room_are_told_to_staff_the_day_before(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, counselors=2)
    admin = await world.staff()
    for _ in range(2):
        await world.parent().has_booked(day="12/3", time="^10:00")
    await world.change(f"UPDATE counselors SET meeting_url = '{MEETING_URL}?pwd=a' WHERE id = 2")
    await world.play(days=2, hours=4)
    await admin.says("/needs")
    admin.sees("同じ会議室")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_waited_at_the_door_is_not_absent(make_world: MakeWorld, method: str) -> None:
    """Also who only saw that they have to wait: there was no button to press."""
    world: World = await make_world("line")
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    await world.play_to(earlier.starts_at + timedelta(minutes=16))
    page = await world.web.request(method, world.app.core.links.join(later))
    assert page.headers["Refresh"] == "20"  # and sees the button as soon as there is one
    assert await _at_the_end_of_grace(world, later) == Status.UNDECIDED


async def test_at_the_start_the_room_opens_whatever_is_before(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    first, second = world.parent(), world.parent()
    earlier = await first.has_booked(time="^10:00")
    later = await second.has_booked(time="^10:30")
    await first.joins_at_start(earlier)
    assert (await second.joins_at_start(later)).status_code == 303


@pytest.mark.parametrize("reacts", [False, True])
@pytest.mark.parametrize("what", ["moved", "url"])
async def test_what_the_office_changes_counts_once_the_parent_knows(
    world: World, what: str, reacts: bool
) -> None:
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=45))
    if what == "moved":
        start = booking.starts_at + timedelta(hours=1)
        await admin.taps_data(f"smovetime/1:{booking.id}:{booking.version}:{start:%Y%m%d%H%M}:1")
    else:
        await opens(admin, booking)
        await admin.taps("URLを伝える")
        await admin.says(URL)
    await world.app.sender.send_all()
    if reacts:
        await world.play(seconds=30)
        await parent.says("ありがとうございます")
    booking = await world.booking()
    found = await _at_the_end_of_grace(world, booking)
    assert found == (Status.DEEMED_CANCELLED if reacts else Status.UNDECIDED)
    if not reacts:
        assert AlertKind.DECIDE_NOT_TOLD in await world.alerts()


async def test_an_act_before_the_word_arrives_is_no_answer_to_it(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin, parent, booking = await booked(world)
    await world.play_to(booking.starts_at - timedelta(hours=1, minutes=45))
    world.line.trouble = [500] * 50
    start = booking.starts_at + timedelta(hours=1)
    await admin.taps_data(f"smovetime/1:{booking.id}:{booking.version}:{start:%Y%m%d%H%M}:1")
    await world.play(seconds=30)
    await parent.says("ありがとうございます")
    world.line.trouble = []
    await world.play(minutes=10)
    parent.looks().sees("日時の変更")
    assert await _at_the_end_of_grace(world, await world.booking()) == Status.UNDECIDED
    assert AlertKind.DECIDE_NOT_TOLD in await world.alerts()


async def test_a_url_that_is_given_for_the_first_time_needs_no_answer(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, meeting_url=None)
    admin, _, booking = await booked(world)
    await opens(admin, booking)
    await admin.taps("URLを伝える")
    await admin.says(URL)
    await world.app.sender.send_all()
    assert await _at_the_end_of_grace(world, booking) == Status.DEEMED_CANCELLED


async def test_a_raw_meeting_url_in_circulation_makes_nobody_absent(world: World) -> None:
    _, booking = await _before_the_window(world)
    await world.change("UPDATE bookings SET raw_url_out = true")
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
    assert AlertKind.DECIDE_RAW_URL in await world.alerts()


async def test_who_was_in_the_same_room_before_knows_its_address(world: World) -> None:
    parent, booking = await at_the_start(world)
    await parent.joins(world.app.core.links.join(booking))
    await world.play(hours=1)
    await parent.says("予約")
    again = await parent.has_booked()
    assert await _at_the_end_of_grace(world, again) == Status.UNDECIDED
    assert AlertKind.DECIDE_RAW_URL in await world.alerts()


async def test_nothing_gives_the_meeting_url_away(world: World) -> None:
    admin, parent, booking = await booked(world)
    for words in ("/today", "/mypage", "/needs", "/counselors"):
        await admin.says(words)
    await admin.taps_data(f"mypage/1:{booking.id}")
    admin.sees(world.app.core.links.join(booking))
    await admin.taps_data(f"booking/1:{booking.id}")
    calendar = await world.web.get(parent.link("カレンダー"))
    everything = [*admin.looks().ever_seen, *parent.looks().ever_seen, calendar.text]
    assert MEETING_URL not in str(everything)


# Telegram


async def test_a_press_on_telegram_may_have_been_in_time(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent, booking = await at_the_start(world)
    await world.play_to(booking.starts_at + GRACE)
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.clock.turn_to(world.clock() + timedelta(seconds=100))
    await parent.taps_data(f"here/1:{booking.id}")
    parent.sees("いらしたことを窓口に伝えました")
    assert (await world.booking()).status == Status.JOINED


async def test_an_edited_message_is_heard(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    parent, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at - timedelta(minutes=10))
    said = world.telegram.said(parent.telegram, "おはようございます")["message"]
    edited = {**said, "text": "遅れます", "edit_date": int(world.clock().timestamp())}
    assert await world.telegram.deliver({"edited_message": edited}) == 200
    await world.app.sender.send_all()
    parent.looks().sees("予約はそのまま残り")
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_where_somebody_walks_is_answered_once(make_world: MakeWorld) -> None:
    """A live location comes again and again, as an edited message."""
    world: World = await make_world("telegram")
    parent, _ = await _before_the_window(world)
    await parent.sends("location")
    said = world.telegram.said(parent.telegram, "")["message"]
    walks = {**said, "location": {"latitude": 1.0, "longitude": 2.0}, "edit_date": said["date"]}
    del walks["text"]
    before = len(parent.looks().ever_seen)
    for _ in range(3):
        assert await world.telegram.deliver({"edited_message": walks}) == 200
    await world.app.sender.send_all()
    assert len(parent.looks().ever_seen) == before


async def test_a_signed_message_that_is_no_message_is_a_fault(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    _, booking = await _before_the_window(world)
    await world.play_to(booking.starts_at)
    body = b'{"events": 1}'
    signature = base64.b64encode(
        hmac.new(world.line.secret.encode(), body, hashlib.sha256).digest()
    ).decode()
    answer = await world.web.post(
        "/webhooks/line", content=body, headers={"X-Line-Signature": signature}
    )
    assert answer.status_code == 400
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED


async def test_an_update_that_cannot_be_read_holds_up_no_other(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    world.telegram.webhook_url = ""
    telegram = world.app.core.channels["telegram"]
    assert isinstance(telegram, TelegramChannel)
    poller = Poller(telegram, telegram.api, world.app.web, world.clock)
    parent = world.parent()
    broken: dict[str, Any] = {"message": {"from": {"id": parent.telegram.user_id}, "chat": 7}}
    world.telegram._waiting.append(world.telegram.numbered(broken))
    await world.telegram.say(parent.telegram, "/start")
    assert await poller.poll_once(0) == 2
    assert await poller.poll_once(0) == 0
    await world.app.sender.send_all()
    parent.looks().sees("あらまし")
    assert AlertKind.EVENT_FAILED in await world.alerts()
    (kept,) = await world.rows("SELECT body FROM inbox WHERE failed")
    assert kept[0]


# The clock


async def test_a_clock_that_was_ahead_has_watched_nothing(world: World) -> None:
    await world.play(minutes=5)
    world.clock._frozen = world.clock() - timedelta(hours=9)
    await world.sweep()
    now = world.clock()
    ahead = [
        each
        for each in await world.store(
            lambda store: store.hearing.between(now, now + timedelta(days=1))
        )
        if each.end > now
    ]
    assert ahead == []


async def test_a_beat_in_the_future_is_a_fault(world: World) -> None:
    assert (await world.web.get("/readyz")).status_code == 200
    world.clock._frozen = world.clock() - timedelta(minutes=5)
    ready = await world.web.get("/readyz")
    assert ready.status_code == 503
    assert "future" in ready.text


async def test_what_cannot_be_written_is_written_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing: Hearing = world.app.hearing
    hearing.fault("pages", "seen")

    async def away(*_: object) -> None:
        raise httpx.HTTPError("away")

    with monkeypatch.context() as patch:
        patch.setattr(world.app.core.database, "run", away)
        with pytest.raises(httpx.HTTPError):
            await hearing.save()
    await hearing.save()
    assert await world.rows("SELECT why FROM watches WHERE way = 'pages'") == [("seen",)]


async def test_a_fault_that_began_in_the_grace_counts_though_it_was_known_later(
    make_world: MakeWorld,
) -> None:
    """Beside one that is known already; and whoever was judged by then is looked at again."""
    world: World = await make_world("line")
    _, booking = await _before_the_window(world)
    end = booking.starts_at + GRACE
    await world.play_to(end + timedelta(seconds=20))
    assert (await world.booking()).status == Status.DEEMED_CANCELLED
    world.app.hearing.fault("database", "locked", end + timedelta(seconds=3))
    world.app.hearing.fault("database", "locked", end - timedelta(seconds=4))
    await world.sweep()
    assert (await world.booking()).status == Status.UNDECIDED


async def test_a_fault_that_is_written_before_a_judgement_is_looked_into(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line", counselors=2)
    first, second = world.parent(), world.parent()
    booking = await first.has_booked(time="^10:00")
    await second.has_booked(time="^10:30")
    await world.play_to(booking.starts_at + GRACE + timedelta(seconds=20))
    world.app.hearing.fault("line", "late news", booking.starts_at)
    await world.app.jobs._prove_for_judgement()  # writes it
    await world.sweep()
    ends = {each.id: each.status for each in await world.bookings()}
    assert ends[booking.id] == Status.UNDECIDED


async def test_a_late_promise_clears_no_later_doubt(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent, booking = await _before_the_window(world)
    await parent.says("子どもが熱を出しました")
    event = world.line.event(
        parent.person, "postback", postback={"data": f"willcome/1:{booking.id}"}
    )
    await world.play(minutes=5)
    await parent.says("やっぱり行けません")
    assert await world.line.deliver([event]) == 200
    assert await _at_the_end_of_grace(world, booking) == Status.UNDECIDED
