"""The terms by staff: publishing, what changes, and telling everybody before it (art. 13)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from models.rules.terms_text import Change, articles, differences
from models.tables import AlertKind
from tests.conftest import TERMS, MakeWorld
from tests.desk import on, sends
from tests.talk import Parent
from tests.world import World

OLD = """規約
（目的）
第1条 はじめの条文
（予約）
第2条 前日まで
(1) ひとつ
（雑則）
第3条 そのほか
"""
NEW = """規約
（目的）
第１条　はじめの条文
（予約）
第2条 当日まで
(1) ひとつ
（録画）
第3条 してはならない
"""


def test_the_difference_article_by_article() -> None:
    found = [(each.change, each.head, each.caption) for each in differences(OLD, NEW)]
    assert found == [
        (Change.CHANGED, "第2条", "予約"),
        (Change.ADDED, "第3条", "録画"),
        (Change.REMOVED, "第3条", "雑則"),
    ]
    assert differences(OLD, OLD.replace(" ", "　").replace("1", "１")) == []
    assert [each.head for each in articles(OLD)] == ["", "第1条", "第2条", "第3条"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(old: str, new: str) -> None:
    assert differences(old, old) == []
    assert len(differences(old, new)) <= len(articles(old)) + len(articles(new))


async def publishes(world: World, admin: Parent, body: str, day: date) -> None:
    """Pastes a new text into the page."""
    await admin.says("/terms")
    await admin.taps("新しい版を公開する")
    url = admin.link("ページを開く")
    page = await sends(world, url, body=body, effective="", action="preview")
    assert page.status_code == 422
    page = await on(world, url, page, body=body, effective=str(day), action="preview")
    assert "確認する" in page.text
    page = await on(world, url, page, body=body, effective=str(day), action="publish")
    assert "公開しました" in page.text
    await admin.taps("利用規約")


async def test_everybody_with_a_consent_is_told_once_before_it_takes_effect(world: World) -> None:
    admin = await world.staff()
    parent, english = world.parent(), world.parent(language="en")
    blocked, left = world.parent(), world.parent()
    for each in (parent, english, blocked, left):
        await each.has_settled_everything()
    await left.says("同意を取り消したい")
    await left.taps("^取り消す$")
    await blocked.blocks()
    stranger = world.parent()
    await stranger.follows()
    for each in (parent, english, left, stranger):
        each.looks()
    await publishes(world, admin, TERMS + "\n（追加）\n第99条 あたらしい条文", date(2026, 12, 7))
    admin.sees("12月7日\\(月\\)から（これから）")
    await admin.taps("第2版")
    await admin.taps("利用者に知らせる")
    pushes = 3 if world.channel == "line" else 0
    admin.sees("3人に知らせます", f"メッセージ通数を{pushes}通", "第99条\\(追加\\)が加わります")
    await world.play(minutes=1)
    parent.looks().sees_nothing()  # not before staff say so
    await admin.taps("^知らせる$")
    await world.play(minutes=1)
    parent.looks().sees(
        "利用規約が新しくなります", "第99条\\(追加\\)が加わります", "あたらしい条文"
    )
    english.looks().sees("The terms of use will change", "is new")
    left.looks().sees_nothing()
    stranger.looks().sees_nothing()
    page = await world.web.get(parent.link("変わるところ"))
    assert "あたらしい条文" in page.text
    await world.play(days=8)
    parent.looks().sees_nothing()
    await admin.says("規約")
    await admin.taps("第2版")
    admin.sees("知らせた人数", "2", "届かなかった人数", "1").sees_no("利用者に知らせる")
    await parent.says("予約")
    parent.sees("規約が新しくなりました")


async def test_many_are_told_a_few_at_a_time_and_no_reminder_waits(
    make_world: MakeWorld,
) -> None:
    world: World = await make_world("line")
    world.line.quota = None
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked(day="12/3")
    people = [world.line.person() for _ in range(250)]
    for person in people:
        person.follows = True
    with world.app.core.database.engine.begin() as connection:
        for person in people:
            connection.execute(
                text(
                    "INSERT INTO contacts (channel, person, language, created_at)"
                    f" VALUES ('line', '{person.user_id}', 'ja', '2026-11-01 00:00:00')"
                )
            )
        connection.execute(
            text(
                "INSERT INTO consents (contact_id, terms_version, sha256, given, at, channel,"
                " event_id) SELECT id, 1, 'x', true, '2026-11-01 00:00:00', 'line', 'x'"
                " FROM contacts WHERE job_seeker_id IS NULL"
            )
        )
    await publishes(world, admin, OLD, date(2026, 12, 21))
    await world.play_to(booking.starts_at - timedelta(hours=17, minutes=1))
    await admin.taps("第2版")
    await admin.taps("利用者に知らせる")
    await admin.taps("^知らせる$")
    world.clock.turn_to(booking.starts_at - timedelta(hours=17))
    await world.app.jobs.sweep()  # the reminder is due as well now
    waiting = await world.rows("SELECT kind FROM outbox WHERE state = 'waiting'")
    assert len([kind for (kind,) in waiting if kind.startswith("terms")]) == 100
    assert ("reminder",) in waiting
    await world.app.sender.drain()
    parent.looks().sees("オンライン相談のお知らせ")
    for _ in range(3):
        await world.play(seconds=15)
    told = await world.rows("SELECT count(*) FROM terms_notices")
    assert told == [(251,)]  # 250 people and the parent; who works here knows
    accepted = await world.rows(
        "SELECT count(*), count(DISTINCT contact_id) FROM outbox"
        " WHERE kind = 'terms' AND subject = '2'"
    )
    assert accepted == [(251, 251)]


async def test_in_the_last_night_nobody_is_told_any_more(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await publishes(world, admin, OLD, date(2026, 12, 2))
    await world.play_to(world.clock() + timedelta(days=1, hours=13))  # 22:00 on the eve
    await admin.says("/terms")
    await admin.taps("第2版")
    admin.sees("発効が間近")
    assert "利用者に知らせる" not in admin.labels()
    await admin.taps_data("tellyes/1:2")
    assert await world.rows("SELECT telling_since FROM terms WHERE version = 2") == [(None,)]


async def test_who_was_not_told_in_time_is_on_record(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    world.line.quota = 0
    admin = await world.staff(channel="telegram")
    for _ in range(3):
        await world.parent().has_settled_everything()
    await publishes(world, admin, OLD, date(2026, 12, 2))
    await admin.taps_data("tellyes/1:2")
    await world.play(minutes=3)
    kinds = await world.alerts()
    assert AlertKind.ANSWER_REFUSED not in kinds  # one word about the quota, not one a person
    assert AlertKind.QUOTA_GONE in kinds
    await world.parent().has_settled_everything()  # agrees to the first version, untold
    await world.play(days=2)
    await admin.taps_data("version/1:2")
    admin.sees("届かなかった人数\\s*4|届かなかった人数: 4")


async def test_a_new_version_that_nobody_is_told_of_is_raised(
    make_world: MakeWorld, channel: str
) -> None:
    """Art. 13: people are told before it takes effect; a publication alone tells nobody."""
    world: World = await make_world(channel)
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await world.publishes("第1条 新しい文章です。", "2026-12-04")
    await admin.says("/needs")
    admin.sees("規約の第2版.*まだ利用者に知らせていません")
    await admin.taps("規約 第2版")
    await admin.taps("知らせる")
    await admin.taps("知らせる|送る")
    await admin.says("/needs")
    admin.sees_no("まだ利用者に知らせていません")


async def test_a_day_that_is_too_early_is_named(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    await admin.taps_data("publish/1")
    url = admin.link("ページを開く")
    page = await sends(world, url, body="第1条 新しい", effective="2026-11-30")
    assert "明日以降" in page.text
    page = await sends(world, url, body="", effective="2026-12-30")
    assert "全文と日付" in page.text
    assert len(await world.rows("SELECT * FROM terms")) == 1
