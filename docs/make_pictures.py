"""Makes the pictures of the documents from the sandbox: `make pictures`."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browsing import (
    ARGUMENTS,
    CHROMIUM,
    FAKE_CAMERA,
    book_for_the_first_time,
    sees,
)
from tests.talk import wait_for

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8790
ADDRESS = f"http://127.0.0.1:{PORT}"


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("no Chromium on this machine: apt install chromium")
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", "--port", str(PORT)], cwd=ROOT
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_CAMERA]
            )
            _take(browser)
            browser.close()
    finally:
        sandbox.terminate()
        sandbox.wait(20)


def _take(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    wait_for(f"{ADDRESS}/api/state")
    page.goto(ADDRESS)
    book_for_the_first_time(page)
    confirmed = page.locator("#chat .item.office").last.inner_text()
    day = re.search(r"(\d+)月(\d+)日", confirmed)
    assert day is not None
    page.get_by_role("button", name="On Telegram").click()
    _says(page, f"/day {day[1]}/{day[2]}", "URLを伝える")
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=str(PICTURES / "sandbox.png"))
    _picture(page, "staff-card")
    _taps(page, "日時の変更", "日時の変更")
    _picture(page, "staff-move")
    _says(page, f"/day {day[1]}/{day[2]}", "URLを伝える")
    _taps(page, "窓口が取りやめ", "ほかの理由を書く")
    _picture(page, "staff-withdraw")
    _says(page, f"/week {day[1]}/{day[2]}", "前の週")
    _picture(page, "staff-week")
    _says(page, "/help", "職員メニュー")
    _picture(page, "staff-menu")
    _taps(page, "マイページ掲載", "1件あります")
    page.locator("#staff-chat .item.office").last.locator("button").first.click()
    expect(page.locator("#staff-chat")).to_contain_text("掲載した", timeout=20_000)
    _picture(page, "staff-my-page")
    page.locator("#text").fill("質問")
    page.locator("#text").press("Enter")
    sees(page, "書いて送ってください")
    page.locator("#text").fill("子どもを連れて行ってもいいですか")
    page.locator("#text").press("Enter")
    sees(page, "質問を受け付けました")
    _says(page, "/questions", "#1 に答える")
    _taps(page, "#1 に答える", "そのまま本人に届きます")
    _picture(page, "staff-question")
    _says(page, "はい、どうぞ。", "#1 の答えを送りました")
    _says(page, f"/closures {day[1]}/{day[2]}", "1件の予約にかかります")
    _picture(page, "staff-closure")
    _says(page, "/counselors", "相談員を足す")
    _taps(page, "佐藤", "シフトを足す")
    _picture(page, "staff-counselor")
    _says(page, "/find", "結果を見る")
    with page.expect_popup() as popup:
        page.locator("#staff-chat a").last.click()
    find = popup.value
    find.set_viewport_size({"width": 390, "height": 700})
    find.get_by_label("電話番号").fill("09012345678")
    find.get_by_role("button").click()
    find.get_by_role("button", name="この方にする").wait_for()
    find.screenshot(path=str(PICTURES / "staff-find.png"))
    find.get_by_role("button", name="この方にする").click()
    find.get_by_text("選びました").first.wait_for()
    find.close()
    _taps(page, "結果を見る", "利用をお断りする")
    _picture(page, "staff-person")
    _says(page, "/staff", "まねく")
    _picture(page, "staff-team")
    _says(page, "/terms", "新しい版を公開する")
    _picture(page, "staff-terms")
    _says(page, "/stats", "CSV")
    _taps(page, "次の月", "職業相談: 5未満")
    _picture(page, "staff-stats")
    _says(page, "/audit", "人を探した")
    _picture(page, "staff-audit")
    with page.expect_popup() as popup:
        page.locator("#chat a").filter(has_text="カメラとマイクを確かめる").last.click()
    check = popup.value
    check.set_viewport_size({"width": 390, "height": 700})
    check.get_by_role("button", name="はじめる").click()
    expect(check.locator("#camera")).to_have_text("映っています", timeout=20_000)
    check.screenshot(path=str(PICTURES / "device-check.png"))
    check.close()
    page.locator("#to-start").click()
    expect(page.locator("#clock-note")).to_have_text("", timeout=60_000)
    page.get_by_role("button", name="Parent joins").first.click()
    _says(page, "/today", "今日の予約")
    _taps(page, "^10:00", "から待っています")
    _picture(page, "staff-start")


def _says(page: Page, words: str, seen: str) -> None:
    page.locator("#staff-text").fill(words)
    page.locator("#staff-text").press("Enter")
    expect(page.locator("#staff-chat")).to_contain_text(seen, timeout=20_000)


def _taps(page: Page, label: str, seen: str) -> None:
    page.locator("#staff-chat button").filter(has_text=re.compile(label)).last.click()
    expect(page.locator("#staff-chat")).to_contain_text(seen, timeout=20_000)


def _picture(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)  # for the page to draw and scroll to the newest message
    page.locator(".phone.staff").screenshot(path=str(PICTURES / f"{name}.png"))


if __name__ == "__main__":
    main()
