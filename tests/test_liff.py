"""LINE's browser for pages: the form goes on in the chat and closes itself (decision 0022)."""

import re

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.line.api import BASE
from bot.channels.line.liff import Liff
from bot.channels.line.settings import LineSettings
from bot.check import check
from bot.web_client import NO_ANSWER
from locales import languages, phrases
from tests.conftest import PUBLIC_URL, MakeWorld
from tests.platforms import Platforms
from tests.talk import Parent
from tests.world import World

LIFF_ID = "1234567890-AbCdEfGh"


@pytest.fixture(autouse=True)
def with_liff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_LIFF_ID", LIFF_ID)


async def settles_all_but_the_form(parent: Parent) -> None:
    await parent.follows()
    for data in ("agree/1:1", "all/1:e", "all/1:v"):
        await parent.taps_data(data)


async def test_only_the_form_opens_in_lines_browser(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    parent = world.parent()
    await settles_all_but_the_form(parent)
    opens = parent.link("入力ページ")
    token = opens.removeprefix(f"https://liff.line.me/{LIFF_ID}/form/")
    assert re.fullmatch(r"[\w-]{20,}", token)
    form = await world.web.get(f"{PUBLIC_URL}/form/{token}")
    assert form.status_code == 200
    # LINE's script never runs where a name is typed.
    assert "script" not in form.headers["content-security-policy"]
    booked = world.parent()
    await booked.has_booked()
    assert booked.link("相談に入る").startswith(PUBLIC_URL)
    telegram = world.parent(channel="telegram")
    await settles_all_but_the_form(telegram)
    assert telegram.link("入力ページ").startswith(f"{PUBLIC_URL}/form/")
    assert "<script" not in (await telegram.fills_form()).text


async def test_the_first_page_leads_to_our_form_only(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    good = await world.web.get("/", params={"liff.state": "/form/abc-DEF_1"})
    assert good.status_code == 200
    assert LIFF_ID in good.text
    assert f'action="{PUBLIC_URL}/form/abc-DEF_1"' in good.text
    assert "connect-src" in good.headers["content-security-policy"]
    for state in (
        "https://x.test/form/a",
        "//x.test/form/a",
        "/join/a",
        "/form/a?b",
        "/form/a'",
        "",
    ):
        refused = await world.web.get("/", params={"liff.state": state})
        assert refused.status_code == 404, state
    twice = await world.web.get("/?liff.state=/form/a&liff.state=/form/b")
    assert twice.status_code == 404
    assert (await world.web.get("/chat-browser.js")).status_code == 502  # nobody serves it here


async def test_without_its_setting_everything_is_as_it_was(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINE_LIFF_ID")
    world: World = await make_world("line")
    assert (await world.web.get("/", params={"liff.state": "/form/a"})).status_code == 404
    assert (await world.web.get("/chat-browser.js")).status_code == 404
    parent = world.parent()
    await settles_all_but_the_form(parent)
    done = await parent.fills_form()
    assert done.status_code == 200
    assert "<script" not in done.text


async def test_lines_script_is_asked_for_once_a_day(platforms: Platforms) -> None:
    asked: list[int] = []
    answers = [302, 200, 500]

    async def kit(request: Request) -> Response:
        asked.append(answers[len(asked)])
        return Response("script", asked[-1], headers={"Location": "https://elsewhere.test/"})

    liff = Liff(LIFF_ID, platforms.serve([Route("/liff/edge/2/sdk.js", kit)]))
    for _ in range(2):  # the second one asks nobody
        with pytest.raises(NO_ANSWER):
            await liff.kit()
    assert asked == [302]
    liff._ask_again = 0.0  # a minute later
    assert [await liff.kit() for _ in range(3)] == ["script"] * 3
    liff._ask_again = 0.0  # a day later
    assert await liff.kit() == "script"  # the older one
    assert asked == [302, 200, 500]


def test_what_is_said_ends_no_script() -> None:
    assert "</script" not in Liff(LIFF_ID, BASE).closing_script("</script><script>alert(1)")


def test_a_wrong_id_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_LIFF_ID", "x")
    with pytest.raises(ValidationError, match="looks like 1234567890-AbCdEfGh"):
        LineSettings()


async def test_check_tries_lines_script(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    said: list[str] = []
    assert not await check(world.app, said.append)
    assert "script for LIFF cannot be fetched" in "\n".join(said)


@pytest.mark.parametrize("language", languages())
async def test_what_the_form_says_for_the_parent_goes_on(
    make_world: MakeWorld, language: str
) -> None:
    """Also with a wish that was typed before the terms."""
    world: World = await make_world("line")
    parent, say = world.parent(), phrases(language)
    await parent.follows()
    await parent.says("12月2日の午前に予約したいです")
    for data in (f"language/1:{language}", "agree/1:1", "all/1:e", "all/1:v"):
        await parent.taps_data(data)
    opens = parent.link(re.escape(say("details.open")))
    await parent.says(say("details.next"))
    parent.sees(re.escape(say("details.not_sent")))
    await parent.sends_form(opens)
    await parent.says(say("details.next"))
    await parent.taps(re.escape(say("service.consultation")))
    parent.sees("10:00").sees_no("15:00")
