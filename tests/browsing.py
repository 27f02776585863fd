"""A person in front of the sandbox page, in a real browser."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parent.parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
# A camera that shows a moving picture, and a microphone that beeps.
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def latest(page: Page, label: str) -> None:
    """Press the newest button with this label."""
    button = page.locator("#chat button, #chat a").filter(has_text=re.compile(label)).last
    button.click()


def sees(page: Page, words: str) -> None:
    """The newest message says this."""
    newest = page.locator("#chat .item.office").last
    expect(newest).to_contain_text(re.compile(words), timeout=20_000)


def fill_form(page: Page, label: str = "入力ページを開く") -> None:
    with page.expect_popup() as popup:
        latest(page, label)
    form = popup.value
    fill_entries(form)
    expect(form.get_by_role("heading")).to_contain_text("送信しました")
    form.close()


def fill_entries(form: Page) -> None:
    """Fill in the form and send it, once with a phone number that is none."""
    form.get_by_label("お名前").fill("広島 花子")
    form.get_by_label("読み（かな）").fill("ひろしま はなこ")
    form.get_by_label("電話番号").fill("123")
    form.get_by_label("求職番号").fill("３４０１０－１２３４５６７")
    form.get_by_label("電話番号").press("Enter")
    expect(form.get_by_text("10桁か11桁").first).to_be_visible()
    form.get_by_label("電話番号").fill("０９０ー１２３４ー５６７８")
    form.get_by_role("button").click()


def book(page: Page) -> None:
    latest(page, "空き")
    sees(page, "時間をお選びください")
    latest(page, "^10:00$")
    sees(page, "この内容で予約しますか")
    latest(page, "この内容で予約する")
    sees(page, "予約しました")


def book_for_the_first_time(page: Page) -> None:
    """From adding the office as a friend to the confirmation."""
    page.get_by_role("button", name="Add friend").click()
    sees(page, "利用規約のあらまし")
    latest(page, "^同意する$")
    sees(page, "ご利用の条件")
    latest(page, "すべて当てはまる")
    sees(page, "端末と回線の確認")
    latest(page, "すべて大丈夫")
    sees(page, "お名前などの登録")
    fill_form(page)
    latest(page, "^次へ$")
    sees(page, "どの相談をご希望ですか")
    latest(page, "^職業相談$")
    sees(page, "日をお選びください")
    book(page)


def turn(page: Page, to: str) -> None:
    button = page.locator(f"#to-{to}")
    button.click()
    expect(page.locator("#clock-note")).to_have_text("", timeout=60_000)
