"""Makes the pictures of the documents from the sandbox: `make pictures`."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.talk import wait_for
from tests.test_browser import CHROMIUM, book_for_the_first_time

ROOT = Path(__file__).parent.parent
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
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1180, "height": 900}, locale="ja-JP")
            wait_for(f"{ADDRESS}/api/state")
            page.goto(ADDRESS)
            book_for_the_first_time(page)
            page.wait_for_timeout(1500)  # for the page to draw the newest message
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=str(ROOT / "docs" / "pictures" / "sandbox.png"))
            browser.close()
    finally:
        sandbox.terminate()
        sandbox.wait(20)


if __name__ == "__main__":
    main()
