"""Makes the gallery of cards and pages in every language from the sandbox: `make cards`."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from locales import languages, of_speech
from tests.browsing import ARGUMENTS, CHROMIUM, FAKE_CAMERA
from tests.talk import DETAILS, wait_for

ROOT = Path(__file__).parent.parent
CARDS = ROOT / "docs" / "cards"
PORT = 8791
ADDRESS = f"http://127.0.0.1:{PORT}"
# The letters of a phone, and of a page in its browser.
LETTERS = {"": ("1", "100%"), "-largest": ("1.6", "200%")}
# The chat as one sheet: every card of ours beside the others.
_SHEET = """(letters) => {
  for (const each of document.querySelectorAll('.about, .staff, .phone > *:not(#chat)'))
    each.style.display = 'none';
  const phone = document.querySelector('.phone'), chat = document.getElementById('chat');
  Object.assign(phone.style, {width: '1340px', height: 'auto', border: '0', borderRadius: '0'});
  Object.assign(chat.style, {display: 'block', columns: '4', columnGap: '16px'});
  for (const each of chat.children) {
    each.style.display = each.classList.contains('office') ? 'block' : 'none';
    Object.assign(each.style, {maxWidth: 'none', breakInside: 'avoid', marginBottom: '12px'});
  }
  const select = document.getElementById('letters');
  select.value = letters;
  select.dispatchEvent(new Event('change'));
}"""


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("no Chromium on this machine: apt install chromium")
    CARDS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_CAMERA]
        )
        for language in sys.argv[1:] or languages():
            with _sandbox():
                _Gallery(browser, language).take()
        browser.close()


@contextmanager
def _sandbox() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", "--port", str(PORT)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{ADDRESS}/api/state")
        yield
    finally:
        process.terminate()
        process.wait(20)


class _Gallery:
    """A parent's life in one language, card by card and page by page."""

    def __init__(self, browser: Browser, language: str) -> None:
        self._language = language
        self._web = httpx.Client(base_url=ADDRESS, timeout=60)
        self._page = browser.new_page(
            viewport={"width": 1380, "height": 900}, locale=of_speech(language)
        )
        self._shown: dict[str, list[Image.Image]] = {kind: [] for kind in LETTERS}

    def take(self) -> None:
        self._onboard()
        self._change()
        self._attend()
        self._page.goto(ADDRESS)
        self._page.wait_for_timeout(2000)
        for kind, (letters, _) in LETTERS.items():
            self._page.evaluate(_SHEET, letters)
            self._page.wait_for_timeout(500)
            sheet = Image.open(BytesIO(self._page.locator("#chat").screenshot()))
            _save(sheet, f"{self._language}{kind}")
            _save(_side_by_side(self._shown[kind]), f"{self._language}-pages{kind}")
        self._page.close()
        self._web.close()

    def _onboard(self) -> None:
        self._do("language", language=of_speech(self._language))
        self._do("follow")
        if "@" in self._language:
            self._press(f"language/1:{self._language}")
            self._press("terms/1")
        self._open("/terms")
        self._press("notnow/1")
        self._press("agree/1:1")
        self._press("item/1:e:child")
        self._press("no/1:e:child")
        self._press("yes/1:e:child")
        self._press("all/1:e")
        self._press("all/1:v")
        self._open("/form")
        self._page.locator("button").last.click()
        self._photograph()
        for name, value in DETAILS.items():
            self._page.locator(f"#{name}").fill(value)
        self._page.locator("button").last.click()
        self._photograph()
        self._press("next/1")
        self._press("days/1:consultation:0")
        self._press_one("day/1")
        self._press_one("time/1")
        self._press_one("who/1")
        self._press_one("with/1")
        self._press_one("confirm/1")

    def _change(self) -> None:
        for verb in ("ready/1:1", "mine/1", "company/1:1", "move/1:1:0"):
            self._press(verb)
        self._open("/device")
        self._open("/join")
        self._press_one("moveday/1")
        self._press_one("movetime/1")
        self._press("cancel/1:1")
        self._press("cancelyes/1:1:1")
        self._press("uncancel/1:1:1")
        for verb in ("menu/1", "help/1", "office/1", "languages/1", "ask/1", "withdraw/1"):
            self._press(verb)
        self._do("say", text="熱が出ました" if self._language[:2] == "ja" else "fever")
        self._press("willcome/1:1")
        self._press("mydata/1")
        self._open("/mydata")

    def _attend(self) -> None:
        self._turn("reminder")
        self._turn("start")
        for verb in ("mine/1", "late/1:1", "here/1:1"):
            self._press(verb)
        self._open("/join")

    def _do(self, what: str, **body: Any) -> None:
        self._web.post(f"/api/do/{what}", json=body).raise_for_status()

    def _turn(self, to: str) -> None:
        self._web.post(f"/api/clock/{to}").raise_for_status()

    def _press(self, data: str) -> None:
        self._do("tap", data=data)
        self._page.wait_for_timeout(150)

    def _press_one(self, verb: str) -> None:
        """Press the first button of a kind on the newest card that has one."""
        self._press(self._await(lambda each: each.get("data", "").split(":")[0] == verb)["data"])

    def _link(self, part: str) -> str:
        return str(self._await(lambda each: part in each.get("uri", ""))["uri"])

    def _await(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the newest action of a kind; what is sent arrives a moment later."""
        for _ in range(50):
            for each in self._actions():
                if is_it(each):
                    return each
            self._page.wait_for_timeout(100)
        raise SystemExit(f"{self._language}: an action is missing in the chat")

    def _actions(self) -> Iterator[dict[str, Any]]:
        chat = self._web.get("/api/state").json()["chat"]
        for item in reversed(chat):
            yield from _actions_in(item.get("message"))

    def _open(self, part: str) -> None:
        self._page.goto(self._link(part))
        self._photograph()

    def _photograph(self) -> None:
        """Take the page that is open, as a phone shows it."""
        self._page.set_viewport_size({"width": 390, "height": 844})
        for kind, (_, size) in LETTERS.items():
            self._page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            taken = Image.open(BytesIO(self._page.screenshot(full_page=True)))
            self._shown[kind].append(taken.crop((0, 0, taken.width, min(taken.height, 2400))))
        self._page.evaluate("document.documentElement.style.fontSize = ''")
        self._page.set_viewport_size({"width": 1380, "height": 900})


def _actions_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, list):
        for each in part:
            yield from _actions_in(each)
    elif isinstance(part, dict):
        if isinstance(part.get("action"), dict):
            yield part["action"]
        for value in part.values():
            yield from _actions_in(value)


def _side_by_side(pages: list[Image.Image]) -> Image.Image:
    width = sum(each.width + 16 for each in pages)
    sheet = Image.new("RGB", (width, max(each.height for each in pages)), "#8cabd9")
    left = 0
    for each in pages:
        sheet.paste(each, (left, 0))
        left += each.width + 16
    return sheet


def _save(sheet: Image.Image, name: str) -> None:
    small = sheet.convert("RGB").resize((sheet.width * 7 // 10, sheet.height * 7 // 10))
    small.save(CARDS / f"{name}.webp", quality=45, method=6)


if __name__ == "__main__":
    main()
