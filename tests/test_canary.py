"""No personal value ever leaves: not in a body to a platform, not in a log line, not unsealed in
the database."""

import json
import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from bot import logs
from tests.conftest import MakeWorld
from tests.desk import finds, on, sends
from tests.world import World

CANARIES = {
    "name": "カナリア太郎",
    "reading": "カナリア",
    "phone": "090-5550-1234",
    "registration": "55555-7654321",
}
WRITTEN = "ひみつのことば"
FORBIDDEN = [*CANARIES.values(), "09055501234", "カナリア", WRITTEN]


async def test_personal_values_stay_in_the_vault(
    make_world: MakeWorld, channel: str, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.set_up()
    world: World = await make_world(channel, with_zoom=True)
    world.zoom.visitor = CANARIES["name"]
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    url = parent.link("入力ページ")
    await parent.sends_form(url, **{**CANARIES, "phone": f"{CANARIES['phone']}9999"})
    await parent.sends_form(url, **CANARIES)
    await parent.taps("次へ")
    await parent.says(WRITTEN)
    world.zoom.out = "lost"
    booking = await parent.has_booked()
    world.zoom.out = ""
    world.line.trouble, world.telegram.trouble = [500, 429], [429, 500]
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says(WRITTEN)
    await parent.joins(world.app.core.links.join(booking))
    ((number, meeting),) = world.zoom.meetings.items()
    await world.zoom.is_let_in(number, await world.zoom.comes(number))
    await world.line.deliver_raw(f'{{"events": ["{WRITTEN}'.encode())
    await world.telegram.deliver_raw(f'{{"x": "{WRITTEN}'.encode())
    await world.play(hours=2)

    sent = json.dumps([each.messages for each in world.line.ledger], ensure_ascii=False)
    sent += json.dumps(world.telegram.ledger, ensure_ascii=False)
    assert world.zoom.asked
    sent += json.dumps(world.zoom.asked, ensure_ascii=False)
    assert CANARIES["name"] in json.dumps(world.zoom.told, ensure_ascii=False)
    logged = "".join(capfd.readouterr())
    stored = await _everything_stored(world)
    tokens = [url.rpartition("/")[2], world.app.core.links.join(booking).rpartition("/")[2]]
    assert "form" in sent
    assert logged
    for canary in FORBIDDEN:
        assert canary not in sent
        assert canary not in logged
        assert canary not in stored
    for token in (*tokens, world.line.token, world.telegram.token, world.line.secret):
        assert token not in logged
        assert token not in stored
    for secret in (world.zoom.client_secret, world.zoom.webhook_secret, meeting.passcode):
        assert secret not in logged
    assert parent.person not in logged


async def test_nor_do_they_reach_staffs_chats(
    make_world: MakeWorld, channel: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Staff read details on one-time pages only; in chat they see what a parent wrote about coming,
    without a name or number in it."""
    logs.set_up()
    world: World = await make_world(channel)
    admin, parent = await world.staff(), world.parent()
    await parent.follows()
    await parent.taps("同意する")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    await parent.fills_form(**CANARIES)
    await parent.taps("次へ")
    booking = await parent.has_booked()
    for words in ("/tomorrow", "/week", "/needs", "/mypage", "/stats", "/audit", "/help"):
        await admin.says(words)
    await finds(world, admin, phone=CANARIES["phone"])
    admin.sees("カ○")
    await admin.taps("くわしい情報")
    url = admin.link("くわしい情報を開く")
    page = await sends(world, url)
    assert CANARIES["name"] in page.text
    token = re.search(r"note/([^\"]+)", page.text)
    assert token is not None
    noting = url.replace("/person/", "/note/").rpartition("/")[0]
    await on(world, f"{noting}/{token[1]}", page, note=WRITTEN)
    await world.play_to(booking.starts_at - timedelta(minutes=5))
    await parent.says(f"カナリア太郎です、090-5550-1234まで。{WRITTEN}、遅れます")
    await world.play(minutes=20)
    await admin.says("/today")
    await admin.taps("来た")
    await admin.taps("次の予約")
    sent = json.dumps([each.messages for each in world.line.ledger], ensure_ascii=False)
    sent += json.dumps(world.telegram.ledger, ensure_ascii=False)
    logged = "".join(capfd.readouterr())
    stored = await _everything_stored(world)
    assert f"{WRITTEN}、遅れます" in sent
    for canary in FORBIDDEN:
        assert canary not in sent or canary == WRITTEN
        assert canary not in logged
        assert canary not in stored


def test_what_libraries_fill_into_their_words_is_not_logged(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logs.set_up()
    logging.getLogger("somebody's library").warning("cannot read %s", WRITTEN)
    try:
        raise ValueError(WRITTEN)
    except ValueError:
        logging.getLogger("somebody's library").exception("failed with %r", WRITTEN)
    logged = "".join(capfd.readouterr())
    assert "cannot read %s" in logged
    assert "ValueError" in logged
    assert WRITTEN not in logged


async def _everything_stored(world: World) -> str:
    engine = world.app.core.database.engine
    found = []
    with engine.connect() as connection:
        for name in inspect(engine).get_table_names():
            # What waits to be sent holds its link until it is sent; nothing waits here.
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).fetchall()
            found += [
                bytes(cell).decode("utf-8", "ignore") if isinstance(cell, bytes) else str(cell)
                for row in rows
                for cell in row
            ]
    return re.sub(r"\s+", " ", " ".join(found))
