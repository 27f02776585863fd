"""Links open one door only: each is bound to a secret of its row."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from bot import backup
from bot.settings import Settings
from models.database import engine_for
from models.tables import Status
from models.vault import new_data_key
from tests.conftest import MakeWorld
from tests.talk import DETAILS
from tests.world import World


async def test_a_link_of_before_a_restore_opens_nobody_elses_door(
    make_world: MakeWorld, sqlite_url: str, tmp_path: Path
) -> None:
    world: World = await make_world("line", url=sqlite_url)
    file = tmp_path / "copy"
    backup.backup(sqlite_url, file, world.clock())
    lost = world.parent()
    booking = await lost.has_booked()
    old_join, old_calendar = (
        world.app.core.links.join(booking),
        world.app.core.links.calendar_file(booking),
    )
    await world.app.hearing.end()
    backup.restore(sqlite_url, file, world.app.core.vault, world.app.core.office, world.clock())
    other = world.parent()
    again = await other.has_booked()
    assert again.id == booking.id
    await world.play_to(again.starts_at)
    assert (await world.web.post(old_join)).status_code == 404
    assert (await world.web.get(old_calendar)).status_code == 404
    assert (await world.booking()).status == Status.BOOKED
    assert (await world.web.post(world.app.core.links.join(again))).status_code == 303


async def test_links_of_before_there_were_secrets_keep_working(world: World) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.change("UPDATE bookings SET secret = ''")
    old = world.app.core.links.join(booking._replace(secret=""))
    await world.play_to(booking.starts_at)
    assert (await world.web.post(old)).status_code == 303


def test_a_number_is_never_used_again(sqlite_url: str) -> None:
    engine = engine_for(sqlite_url)
    with engine.connect() as connection:
        tables: dict[str, str] = dict(
            connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")
            ).all()
        )
    numbered = [name for name, sql in tables.items() if re.search(r"\bid INTEGER", sql)]
    assert len(numbered) > 15
    assert [name for name in numbered if "AUTOINCREMENT" not in tables[name]] == []
    engine.dispose()


async def test_two_forms_in_one_browser_do_not_break_each_other(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する|I agree")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    first = parent.link("入力ページ")
    await parent.taps("次へ")
    second = parent.link("入力ページ")
    pages = [await world.web.get(url) for url in (first, second, first)]
    proofs = [re.search(r'name="csrf" value="([^"]+)"', page.text) for page in pages]
    assert proofs[0] is not None
    sent = await world.web.post(first, data={**DETAILS, "csrf": proofs[0][1]})
    assert "送信しました" in sent.text


async def test_a_form_that_was_open_for_long_keeps_what_was_typed(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    for label in ("同意する", "すべて当てはまる", "すべて大丈夫"):
        await parent.taps(label)
    url = parent.link("入力ページ")
    page = await world.web.get(url)
    proof = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert proof is not None
    world.clock.turn_to(world.clock() + timedelta(minutes=33))
    wrong = await world.web.post(url, data={**DETAILS, "csrf": proof[1], "phone": "1"})
    assert wrong.status_code == 422
    assert "花子" in wrong.text
    sent = await world.web.post(url, data={**DETAILS, "csrf": proof[1]})
    assert "送信しました" in sent.text
    await parent.taps("次へ")
    late = await world.web.get(url)
    assert late.status_code == 410


async def test_my_data_is_shown_once(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("マイデータ")
    url = parent.link("ページを開く")
    page = await world.web.get(url)
    proof = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert proof is not None
    shown = await world.web.post(url, data={"csrf": proof[1]})
    assert "花子" in shown.text
    again = await world.web.post(url, data={"csrf": proof[1]})
    assert again.status_code == 410
    assert "花子" not in again.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Counter.Example.JP:443/", "https://counter.example.jp"),
        ("HTTPS://counter.example.jp", "https://counter.example.jp"),
        ("https://窓口.example.jp", "https://xn--swqu97a.example.jp"),
        ("https://counter.example.jp:8443", "https://counter.example.jp:8443"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ],
)
@pytest.mark.usefixtures("plain_environment")
def test_the_public_address_has_one_spelling(given: str, kept: str) -> None:
    settings = Settings(data_key=new_data_key(), public_url=given)
    assert settings.public_url.encode().decode("ascii").startswith("http")
    if "窓口" not in given:
        assert settings.public_url == kept


@pytest.mark.parametrize("given", ["https://counter.example.jp/?a=1", "https://a@b.jp", "ftp://a"])
@pytest.mark.usefixtures("plain_environment")
def test_an_address_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(data_key=new_data_key(), public_url=given)
