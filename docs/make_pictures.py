"""Makes the pictures of the documents from the sandbox: `make pictures`."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.test_browser import CHROMIUM, book, fill_form, latest, sees

ROOT = Path(__file__).parent.parent
PORT = 8790


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("no Chromium on this machine: apt install chromium")
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", "--port", str(PORT)], cwd=ROOT
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1180, "height": 900}, locale="ja-JP")
            for _ in range(100):
                try:
                    page.goto(f"http://127.0.0.1:{PORT}")
                    break
                except Exception:
                    page.wait_for_timeout(100)
            page.get_by_role("button", name="Add friend").click()
            sees(page, "利用規約のあらまし")
            for label, seen in (
                ("^同意する$", "ご利用の条件"),
                ("すべて当てはまる", "端末と回線の確認"),
                ("すべて大丈夫", "お名前などの登録"),
            ):
                latest(page, label)
                sees(page, seen)
            fill_form(page)
            latest(page, "^次へ$")
            sees(page, "どの相談をご希望ですか")
            latest(page, "^職業相談$")
            sees(page, "日をお選びください")
            book(page)
            page.wait_for_timeout(1500)
            page.screenshot(path=str(ROOT / "docs" / "pictures" / "sandbox.png"))
            browser.close()
    finally:
        sandbox.terminate()
        sandbox.wait(20)


if __name__ == "__main__":
    main()
