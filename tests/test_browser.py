"""A person plays a booking through the sandbox page, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserType, Page, expect

from tests.browsing import (
    ARGUMENTS,
    CHROMIUM,
    book,
    book_for_the_first_time,
    fill_entries,
    latest,
    needs_chromium,
    sees,
    turn,
)

pytestmark = needs_chromium

# By the text itself: what is wider by less than a pixel is cut too.
_IS_WHOLE = """label => {
  const range = document.createRange();
  range.selectNodeContents(label);
  return range.getBoundingClientRect().width <= label.clientWidth - 16;
}"""


def test_staff_give_the_url_in_the_right_pane_and_the_parent_sees_it(page: Page) -> None:
    book_for_the_first_time(page)
    page.get_by_role("button", name="On Telegram").click()
    staff = page.locator("#staff-chat")
    expect(staff).to_contain_text("管理者として登録しました", timeout=20_000)
    confirmed = page.locator("#chat .item.office").last.inner_text()
    day = re.search(r"(\d+)月(\d+)日", confirmed)
    assert day is not None
    page.locator("#staff-text").fill(f"/day {day[1]}/{day[2]}")
    page.locator("#staff-text").press("Enter")
    expect(staff).to_contain_text("URLを伝える", timeout=20_000)
    expect(staff).to_contain_text("広○ 花○")
    staff.locator(".item.office").last.locator("button.answer").click()
    page.locator("#staff-text").fill("https://us02web.zoom.us/j/123456789")
    page.locator("#staff-text").press("Enter")
    expect(staff).to_contain_text("できました", timeout=20_000)
    sees(page, "オンライン相談のURLが変わりました")
    expect(staff).to_contain_text("本人へのお知らせを送りました", timeout=20_000)


def test_a_deemed_cancellation_and_the_next_booking_to_the_join_link(page: Page) -> None:
    book_for_the_first_time(page)
    expect(page.locator("#used")).to_have_text("0")

    turn(page, "reminder")
    sees(page, "オンライン相談のお知らせ")
    expect(page.locator("#used")).to_have_text("1")

    turn(page, "start")
    page.get_by_role("button", name="Host starts").first.click()
    expect(page.locator("#meetings")).to_contain_text("started, 0 inside")
    turn(page, "later")
    turn(page, "later")
    sees(page, "予約はキャンセルの扱いになりました")

    turn(page, "later")  # to the end of the consultation
    page.locator("#text").fill("予約")
    page.locator("#text").press("Enter")
    sees(page, "職業相談：日をお選びください")
    book(page)
    turn(page, "start")
    page.locator("#text").fill("予約の確認")
    page.locator("#text").press("Enter")
    sees(page, "相談に入る")
    with page.expect_popup() as popup:
        latest(page, "^相談に入る$")
    door = popup.value
    door.get_by_role("button", name="相談に入る").click()
    door.wait_for_url(re.compile("/j/[0-9]+"))
    door.close()
    turn(page, "later")
    page.wait_for_timeout(500)
    expect(page.locator("#chat .item.office").last).not_to_contain_text("キャンセルの扱い")
    expect(page.locator("#chat")).not_to_contain_text("[object")


def test_the_child_has_a_fever_and_line_breaks(page: Page) -> None:
    book_for_the_first_time(page)
    page.get_by_role("button", name="The child has a fever").click()
    sees(page, "お大事に")
    latest(page, "^予定どおり行きます$")
    sees(page, "お待ちしています")
    page.get_by_role("button", name="On Telegram").click()
    staff = page.locator("#staff-chat")
    expect(staff).to_contain_text("管理者として登録しました", timeout=20_000)
    page.get_by_role("button", name="Break LINE").click()
    expect(page.locator("#broken")).to_be_visible(timeout=20_000)
    turn(page, "start")
    turn(page, "later")
    expect(staff).to_contain_text("利用者の連絡が届いていません", timeout=20_000)
    page.get_by_role("button", name="Mend LINE").click()
    expect(page.locator("#broken")).to_be_hidden(timeout=20_000)
    turn(page, "later")
    expect(staff).to_contain_text("連絡を受け取れない時間", timeout=20_000)
    expect(page.locator("#chat")).not_to_contain_text("予約はキャンセルの扱いになりました")


def test_the_room_and_who_waits_in_it(page: Page) -> None:
    book_for_the_first_time(page)
    meetings = page.locator("#meetings .meeting")
    expect(meetings).to_have_count(1, timeout=20_000)
    page.get_by_role("button", name="On Telegram").click()
    staff = page.locator("#staff-chat")
    expect(staff).to_contain_text("管理者として登録しました", timeout=20_000)
    turn(page, "start")
    page.get_by_role("button", name="Parent joins").first.click()
    expect(meetings).to_contain_text("1 waiting", timeout=20_000)
    page.locator("#staff-text").fill("/today")
    page.locator("#staff-text").press("Enter")
    staff.get_by_role("button", name=re.compile("^10:00")).last.click()
    expect(staff).to_contain_text("から待っています", timeout=20_000)
    turn(page, "later")
    expect(staff).to_contain_text("会議室で待っています", timeout=20_000)
    expect(page.locator("#chat")).not_to_contain_text("予約はキャンセルの扱いになりました")


@pytest.fixture
def with_liff(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office has a LIFF app."""
    monkeypatch.setenv("LINE_LIFF_ID", "1234567890-AbCdEfGh")


@pytest.mark.usefixtures("with_liff")
def test_the_form_closes_itself_and_the_talk_goes_on(page: Page) -> None:
    page.get_by_role("button", name="Add friend").click()
    for label in ("^同意する$", "すべて当てはまる", "すべて大丈夫"):
        latest(page, label)
    sees(page, "お名前などの登録")
    with page.expect_popup() as popup:
        latest(page, "入力ページを開く")
    form = popup.value
    fill_entries(form)
    form.wait_for_url(re.compile("/liff/closed$"))
    sees(page, "どの相談をご希望ですか")  # without a tap
    expect(page.locator("#chat")).to_contain_text("次へ")


@pytest.mark.usefixtures("with_liff")
def test_without_lines_script_a_button_leads_to_the_form(page: Page) -> None:
    page.get_by_role("button", name="Add friend").click()
    for label in ("^同意する$", "すべて当てはまる", "すべて大丈夫"):
        latest(page, label)
    page.context.route("**/chat-browser.js", lambda route: route.fulfill(status=502))
    with page.expect_popup() as popup:
        latest(page, "入力ページを開く")
    popup.value.get_by_role("button", name="入力ページを開く").click()
    fill_entries(popup.value)
    expect(popup.value.get_by_role("heading")).to_contain_text("送信しました")


def test_camera_microphone_speaker_and_connection_are_tried(page: Page) -> None:
    book_for_the_first_time(page)
    with page.expect_popup() as popup:
        latest(page, "カメラとマイクを確かめる")
    check = popup.value
    sent: list[str] = []
    check.on("request", lambda request: sent.append(request.url))
    check.get_by_role("button", name="はじめる").click()
    expect(check.locator("#camera")).to_have_text("映っています", timeout=20_000)
    expect(check.locator("#microphone")).to_have_text("聞こえています", timeout=20_000)
    expect(check.locator("#connection")).to_have_text("十分な速さです", timeout=20_000)
    assert check.evaluate("document.getElementById('picture').videoWidth") > 0
    check.get_by_role("button", name="音を鳴らす").click()
    check.get_by_role("button", name="聞こえた").click()
    check.get_by_role("button", name="結果を窓口に伝える").click()
    expect(check.get_by_role("heading")).to_contain_text("準備ができました")
    assert all("/device/" in address for address in sent), sent
    check.close()


def test_a_device_without_a_camera_is_told_what_to_do(chromium: BrowserType, sandbox: str) -> None:
    browser = chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
    page = browser.new_context(locale="ja-JP").new_page()
    page.set_default_timeout(20_000)
    page.goto(sandbox)
    book_for_the_first_time(page)
    with page.expect_popup() as popup:
        latest(page, "カメラとマイクを確かめる")
    check = popup.value
    check.get_by_role("button", name="はじめる").click()
    expect(check.locator("#camera")).to_contain_text("カメラを許可し", timeout=20_000)
    expect(check.locator("#microphone")).to_contain_text("マイクを許可し", timeout=20_000)
    check.get_by_role("button", name="結果を窓口に伝える").click()
    expect(check.get_by_role("heading", level=1)).to_contain_text("まだ使えないものがあります")
    expect(check.get_by_text("結果は窓口に伝わりました")).to_be_visible()
    expect(check.get_by_text("ブラウザの設定でカメラを許可し")).to_be_visible()
    browser.close()


@pytest.mark.parametrize("letters", ["1", "1.6"])
def test_cards_grow_with_the_phones_letters_and_labels_stay_whole(page: Page, letters: str) -> None:
    page.locator("#letters").select_option(letters)
    book_for_the_first_time(page)
    for label in page.locator("#chat .fits").all():
        assert label.evaluate(_IS_WHOLE), label.inner_text()
    size = page.locator("#chat .size-xl").last.evaluate("each => getComputedStyle(each).fontSize")
    assert size == {"1": "22px", "1.6": "35.2px"}[letters]


def test_the_menu_below_the_chat_and_the_keyboard(page: Page) -> None:
    book_for_the_first_time(page)
    page.locator("#menu").get_by_role("button", name="日時の変更").click(timeout=30_000)
    sees(page, "から変更")
    chosen = page.locator("#chat button").filter(has_text=re.compile(r"空き\d")).last
    chosen.press("Enter")
    sees(page, "時間をお選びください")
    expect(page.locator("#chat button:focus")).to_contain_text("空き")


def test_the_sandbox_page_itself_is_for_everybody(page: Page) -> None:
    book_for_the_first_time(page)
    found = Axe().run(page).response["violations"]
    assert found == [], [(each["id"], each["nodes"][0]["html"]) for each in found]
