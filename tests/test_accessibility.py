"""Every page of ours, as people with other eyes, hands and phones meet it: axe finds nothing, twice
the letter size fits the narrowest phone, and the keyboard is enough."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browsing import book_for_the_first_time, latest, needs_chromium, sees, turn

pytestmark = needs_chromium

_AXE = Axe()
_SIZES = (ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900))
_NARROW = ViewportSize(width=320, height=640)


def opened(page: Page, click: str) -> Page:
    """The page that a link of the parent's newest card opens."""
    with page.expect_popup() as popup:
        latest(page, click)
    return popup.value


def is_good(shown: Page, name: str) -> None:
    """What every page of ours keeps."""
    for size in _SIZES:
        shown.set_viewport_size(size)
        found = _AXE.run(shown).response["violations"]
        assert found == [], (name, [(each["id"], each["nodes"][0]["html"]) for each in found])
    shown.set_viewport_size(_NARROW)
    shown.evaluate("document.documentElement.style.fontSize = '200%'")
    width = shown.evaluate("document.documentElement.scrollWidth")
    assert width <= _NARROW["width"], (name, width)
    for target in shown.locator("button, input:not([type=hidden]), textarea").all():
        box = target.bounding_box()
        assert box is None or box["height"] >= 44, (name, target.inner_text(), box)
    shown.evaluate("document.documentElement.style.fontSize = ''")
    shown.set_viewport_size(_SIZES[0])


def test_pages_of_parents(page: Page) -> None:
    page.get_by_role("button", name="Add friend").click()
    sees(page, "利用規約のあらまし")
    terms = opened(page, "全文をページで読む")
    is_good(terms, "terms")
    terms.close()
    latest(page, "^同意する$")
    sees(page, "ご利用の条件")
    latest(page, "すべて当てはまる")
    sees(page, "端末と回線の確認")
    latest(page, "すべて大丈夫")
    sees(page, "お名前などの登録")
    form = opened(page, "入力ページを開く")
    is_good(form, "form")
    _the_form_tells_what_is_wrong(form)
    is_good(form, "form with errors")
    form.close()


def _the_form_tells_what_is_wrong(form: Page) -> None:
    """As GOV.UK's pattern has it: the title says so, a summary names each error and has the focus,
    and leads to the field."""
    form.get_by_label("お名前").fill("広島 花子")
    form.get_by_label("電話番号").fill("123")
    form.get_by_role("button").press("Enter")
    summary = form.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(form).to_have_title(re.compile("^エラー"))
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(summary).to_contain_text("10桁か11桁")
    expect(form.get_by_label("お名前")).to_have_value("広島 花子")
    summary.get_by_role("link").filter(has_text="10桁か11桁").press("Enter")
    expect(form.get_by_label("電話番号")).to_be_focused()


def test_pages_of_a_booking(page: Page) -> None:
    book_for_the_first_time(page)
    for label in ("カメラとマイクを確かめる", "相談に入る"):
        shown = opened(page, label)
        is_good(shown, label)
        shown.close()
    turn(page, "start")
    page.locator("#text").fill("予約の確認")
    page.locator("#text").press("Enter")
    sees(page, "相談に入る")
    door = opened(page, "^相談に入る$")
    is_good(door, "door")
    door.close()
    page.locator("#text").fill("個人情報")
    page.locator("#text").press("Enter")
    sees(page, "個人情報|情報")
    mine = opened(page, "開く|見る")
    is_good(mine, "my data")


@pytest.mark.parametrize(
    ("command", "button"),
    [("/find", ""), ("/terms", "新しい版を公開する"), ("/stats", "CSVで取り出す")],
)
def test_pages_of_staff(page: Page, command: str, button: str) -> None:
    page.get_by_role("button", name="On Telegram").click()
    staff = page.locator("#staff-chat")
    expect(staff).to_contain_text("管理者として登録しました", timeout=20_000)
    page.locator("#staff-text").fill(command)
    page.locator("#staff-text").press("Enter")
    if button:
        staff.get_by_role("button", name=button).last.click()
    link = staff.locator(".item.office").last.locator(".inline a").first
    with page.expect_popup() as popup:
        link.click()
    is_good(popup.value, command)


def test_a_page_that_says_one_thing(page: Page) -> None:
    page.get_by_role("button", name="Add friend").click()
    sees(page, "利用規約のあらまし")
    terms = opened(page, "全文をページで読む")
    terms.goto("/".join(terms.url.split("/")[:3]) + "/form/unknown")
    is_good(terms, "unknown form")
