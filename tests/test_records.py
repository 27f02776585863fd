"""Records: statistics, export, the audit, disclosure, retention, and a parent's own data
(arts. 7, 8)."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.main import main
from models.database import Transaction
from models.office import Office
from models.rules.spreadsheet import as_csv, safe
from models.rules.statistics import without_small_cells
from models.store.retention import Retention, _months_before
from models.tables import AlertKind, Role, Status
from tests.conftest import MakeWorld
from tests.desk import asks_to_erase, finds, on, sends
from tests.talk import DETAILS
from tests.world import World


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(0, 30)), st.integers(1, 10))
def test_no_small_cell_is_shown_nor_told_by_the_total(counts: dict[str, int], small: int) -> None:
    shown = without_small_cells(counts, small)
    assert shown.keys() == counts.keys()
    assert all(count is None or count == 0 or count >= small for count in shown.values())
    hidden = [name for name, count in shown.items() if count is None]
    if (
        any(0 < count < small for count in counts.values())
        and len([c for c in counts.values() if c]) > 1
    ):
        assert len(hidden) >= 2


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")']
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell).startswith("'")
    (row,) = csv.reader(io.StringIO(as_csv([[cell, "plain"]]).removeprefix("\ufeff"), newline=""))
    assert row == [f"'{cell}", "plain"]


async def test_statistics_and_export(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin = await world.staff()
    for day in ("12/1", "12/2", "12/3", "12/4", "12/7", "12/8"):
        await world.parent().has_booked(day=day)
    await admin.says("/stats")
    admin.sees("2026/11", "予約：0")
    await admin.taps("次の月")
    admin.sees("2026/12の統計", "予約：6", "これから: 6", "職業相談: 6", "10時台: 6")
    assert "火曜日: 5未満" in admin.seen[1].text  # two, but that is too few to be told
    await admin.taps("CSVで取り出す")
    url = admin.link("CSV")
    preview = await world.web.get(url)
    assert "職業相談" not in preview.text
    answer = await sends(world, url)
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 7
    assert rows[1][1:5] == ["2026-12-01", "10:00", "30", "職業相談"]
    assert DETAILS["name"] not in answer.text
    assert (await sends(world, url)).status_code == 410


async def test_the_audit_page_by_page(world: World) -> None:
    admin = await world.staff()
    for _ in range(20):
        await admin.says("/find XXXXXX")
        await admin.taps_data("invited/1:1")
    await admin.says("/audit")
    admin.sees("11/30 09:00 admin 職員をまねいた 相談員 佐藤")
    await admin.taps("さらに前")
    admin.sees("職員としての登録")
    counselor = await world.staff(Role.COUNSELOR)
    await counselor.says("/audit")
    await admin.says("監査")
    admin.sees("【拒否】")


async def test_the_audit_speaks_plainly(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, counselors=2)
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked(day="12/1", time="10:00")
    await admin.taps_data(f"verify/1:{booking.job_seeker_id}")
    await admin.taps_data(f"smoveday/1:{booking.id}:20261202")
    await admin.taps("^11:00$")
    await admin.taps_data(f"phonedyes/1:{booking.id}:2")
    await admin.says("/closures 12/3 9:00-10:15")
    await admin.taps("休みにする")
    colleague = await world.staff(Role.COUNSELOR, 2)
    await colleague.taps_data("publish/1")
    await admin.says("/audit")
    admin.sees(
        "登録を確認済みに 広○ 花○ 本人の申告 → 確認済み",
        f"日時を変えた {booking.reference} 広○ 花○ 2026-12-01 10:00 → 2026-12-02 11:00",
        f"電話でキャンセル {booking.reference} 広○ 花○ 予約中 → キャンセル",
        "休みにした 窓口 2026-12-03 09:00 – 2026-12-03 10:15",
        "職員としての登録 counselor 相談員",
        "【拒否】 規約を公開",
    )


async def test_a_parent_reads_what_is_stored(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await parent.says("質問")
    await parent.says("ひみつの質問をしてもいいですか")
    await admin.taps_data("question/1:1")
    await admin.says("もちろんです")
    await world.store(lambda store: store.waiting.wait(2, "consultation", None, world.clock()))
    await parent.says("マイデータ")
    url = parent.link("ページを開く")
    assert DETAILS["name"] not in (await world.web.get(url)).text
    page = await sends(world, url)
    for words in (
        "広島 花子",
        "09012345678",
        booking.reference,
        "第1版に同意",
        "19歳以下|お子さん",
        "ひみつの質問をしてもいいですか → もちろんです",
        "どの日でも",
    ):
        assert re.search(words, page.text), words
    stranger = await world.web.get(url + "x")
    assert stranger.status_code == 410


async def test_erasure_asks_cancels_and_names_what_stays(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    booking = await parent.has_booked()
    await parent.says("質問")
    await parent.says("ひみつの質問をしてもいいですか")
    await finds(world, admin, phone="09012345678")
    await parent.says("マイデータ")
    url = parent.link("ページを開く")
    page = await sends(world, url)
    url, page = await asks_to_erase(world, url, page)
    assert "予約はキャンセルになります" in page.text
    assert "同意の記録" in page.text
    assert (await world.booking()).status == Status.BOOKED
    page = await on(world, url, page, action="erase", sure="yes")
    assert "消しました" in page.text
    assert (await world.booking()).status == Status.CANCELLED
    columns = "name, reading, phone, registration, registration_fingerprint, phone_fingerprint"
    assert await world.rows(f"SELECT {columns} FROM job_seekers") == [(None,) * 6]
    for table in ("questions", "declarations", "notes"):
        assert await world.rows(f"SELECT * FROM {table}") == []
    assert await world.rows("SELECT count(*) FROM inbox WHERE body IS NOT NULL") == [(0,)]
    given = await world.rows("SELECT given FROM consents ORDER BY id")
    assert given == [(True,), (False,)]
    await admin.says(f"/find {booking.reference}")
    admin.sees("—")
    await parent.says("予約")
    parent.sees("利用規約のあらまし")
    await world.play(days=3)  # nothing of what was due breaks
    assert AlertKind.EVENT_FAILED not in await world.alerts()


async def test_erasure_is_no_way_around_a_refusal(world: World) -> None:
    admin, parent = await world.staff(), world.parent()
    await parent.has_settled_everything()
    await finds(world, admin, phone="09012345678")
    await admin.taps("利用をお断りする")
    await admin.taps("期限なし")
    await admin.says("理由")
    await admin.taps("利用をお断りする")
    await parent.says("マイデータ")
    url = parent.link("ページを開く")
    url, page = await asks_to_erase(world, url, await sends(world, url))
    await on(world, url, page, action="erase", sure="yes")
    await parent.says("予約")
    await parent.taps("^同意する$")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    await parent.fills_form()
    await parent.taps("次へ")
    parent.sees_no("どの相談").sees("窓口で確認しています")
    await admin.says("/needs")
    await admin.taps("同じ方か確認する")
    await admin.taps("同じ方です")
    await parent.says("予約")
    parent.sees("お電話でご相談ください")


async def test_what_has_been_kept_long_enough_is_forgotten(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at)
    await parent.says("遅れます")
    await parent.joins(world.app.core.links.join(booking))
    await world.play(days=20)
    before = await world.rows("SELECT count(*) FROM access_records")
    assert before[0][0] > 0
    await world.sleep_until(world.clock() + timedelta(days=360))
    await world.sweep()
    assert await world.rows("SELECT count(*) FROM access_records") == before
    await _allows_tidying(world)
    assert await world.rows("SELECT count(*) FROM access_records") == [(0,)]
    for table, instant in (
        *(("inbox", "received_at"), ("outbox", "created_at")),
        *(("form_links", "expires_at"), ("sent_messages", "at")),
    ):
        old = f"SELECT count(*) FROM {table} WHERE {instant} < '2027-01-31'"
        assert await world.rows(old) == [(0,)], table
    assert len(await world.bookings()) == 1
    assert len(await world.rows("SELECT * FROM consents")) == 1


async def test_a_clock_ahead_is_not_trusted_at_the_second_start_either(world: World) -> None:
    await world.parent().has_booked()
    await world.play(days=1)
    kept = await world.rows("SELECT count(*) FROM inbox")
    ahead = world.clock() + timedelta(days=2200)
    for minutes in (0, 30, 60):
        await world.sleep_until(ahead + timedelta(minutes=minutes))
        await world.sweep()
    assert AlertKind.RETENTION_HELD in await world.alerts()
    assert await world.rows("SELECT count(*) FROM inbox") == kept


async def _allows_tidying(world: World) -> None:
    """After a year without a beat, an admin says that the date is right."""
    assert AlertKind.RETENTION_HELD in await world.alerts()
    admin = await world.staff()
    await admin.says("/needs")
    await admin.taps("削除を許可する")
    admin.sees("許可しました")
    await world.sweep()


async def test_access_records_stay_their_months(make_world: MakeWorld) -> None:
    world: World = await make_world("line", access_log_months=2)
    parent = world.parent()
    await parent.has_booked()
    app = world.app
    for days, left in ((59, True), (63, False)):
        now = world.clock() + timedelta(days=days)
        await app.core.database.run(partial(_forget, app.core.office, now))
        assert bool(await world.rows("SELECT * FROM access_records")) is left


def _forget(office: Office, now: datetime, tx: Transaction) -> None:
    Retention(tx, office).forget(now)


@given(st.dates(date(100, 1, 1)), st.integers(1, 120))
def test_months_before(day: date, months: int) -> None:
    earlier = _months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day <= day.day


def test_disclosure_needs_a_basis(
    tmp_path: Path, database_url: str, plain_environment: None
) -> None:
    file = tmp_path / "records.csv"
    days = ["--from", "2026-11-01", "--to", "2026-11-30"]

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["disclose", *words], env={"DATABASE_URL": database_url})
        return result.exit_code, result.output

    assert run(str(file), *days)[0] != 0
    assert "--basis" in run(str(file), *days, "--basis", "x")[1]
    code, output = run(str(file), *days, "--basis", "刑事訴訟法197条2項、2026-11-20の照会")
    assert (code, file.exists()) == (0, True), output
    assert "exists already" in run(str(file), *days, "--basis", "some law")[1]


async def test_after_years_people_and_bookings_are_forgotten(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, record_years=3)
    admin, parent, newer = await world.staff(), world.parent(), world.parent()
    booking = await parent.has_booked()
    await admin.taps_data(f"verify/1:{booking.job_seeker_id}")
    await parent.joins_at_start(booking)
    await world.store(lambda store: store.seekers.add_note(1, "メモ", None, world.clock()))
    now = world.clock()
    await world.store(lambda store: store.seekers.refuse(1, now.date(), None, now))
    await world.sleep_until(world.clock() + timedelta(days=3 * 365 - 30))
    await newer.has_settled_everything()
    await world.sweep()
    assert len(await world.rows("SELECT * FROM job_seekers")) == 2
    await world.sleep_until(world.clock() + timedelta(days=60))
    await world.sweep()
    await _allows_tidying(world)
    for table in ("bookings", "booking_changes", "attendance_signs", "notes", "refusals"):
        assert await world.rows(f"SELECT * FROM {table}") == [], table
    assert await world.rows("SELECT id FROM job_seekers") == [(2,)]
    assert await world.rows("SELECT what FROM audit WHERE what = 'verify'") == []
    assert len(await world.rows("SELECT * FROM consents")) == 2
    await parent.says("予約")
    parent.sees("ご利用の条件|利用規約|確認")


async def test_my_data_names_everything_that_is_kept(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says("子どもが熱を出して遅れます")
    await parent.joins(world.app.core.links.join(booking))
    await world.store(lambda store: store.seekers.add_note(1, "メモ", None, world.clock()))
    await world.store(lambda store: store.seekers.refuse(1, None, None, world.clock()))
    await parent.says("マイデータ")
    page = await sends(world, parent.link("ページを開く"))
    for words in (
        "子どもが熱を出して遅れます",
        "参加ボタン",
        "職員のメモが1件",
        r"12月1日\(火\)〜",
        r"(?s)19歳以下.*求職登録.*心配のない端末.*ウイルス対策ソフト",  # as the cards have them
    ):
        assert re.search(words, page.text), words
    assert "メモ</p>" not in page.text
