"""What all pages share: drawing, strict headers, limits on tries, and who is asking."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse

from bot.channels.chat_browser import ChatBrowser
from bot.pace import Pace
from locales import Phrases, best_language, phrases
from models.office import Office

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)

# How often a form can be sent by one link in a minute.
TRIES_A_LINK = 10


class TooLarge(Exception):
    """A body is larger than allowed."""


class Encoded(Exception):
    """A body is compressed, which nobody who talks to us does."""


class Pages:
    """Draws pages of an office."""

    def __init__(self, office: Office, public_url: str) -> None:
        self._office = office
        self._public_url = public_url
        self._origin = "/".join(public_url.split("/")[:3])
        self.is_https = public_url.startswith("https://")
        self._pace = Pace(TRIES_A_LINK)

    def language(self, request: Request) -> Phrases:
        """Return the phrases for somebody of whom we know only the browser."""
        for part in request.headers.get("accept-language", "").split(","):
            if found := best_language(part.split(";")[0].strip()):
                return phrases(found)
        return phrases(self._office.language)

    def draw(
        self, template: str, say: Phrases, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return a page in a language, with strict headers."""
        nonce = secrets.token_urlsafe(12)
        html = self._render(template, say, nonce, values)
        return HTMLResponse(html, status, headers=self._headers(nonce))

    def draw_with_camera(self, template: str, say: Phrases, **values: object) -> HTMLResponse:
        """Return a page whose script may use camera and microphone, and reaches nothing but us."""
        nonce = secrets.token_urlsafe(12)
        headers = self._headers(nonce)
        headers["Content-Security-Policy"] += (
            f"; script-src 'nonce-{nonce}'; connect-src 'self'; media-src 'self' blob:"
        )
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(self)"
        return HTMLResponse(self._render(template, say, nonce, values), headers=headers)

    def draw_for_chat_browser(
        self, template: str, say: Phrases, chat_browser: ChatBrowser, script: str, **values: object
    ) -> HTMLResponse:
        """Return a page in a messenger's own browser: with the messenger's script, which comes from
        us, and then our script."""
        nonce = secrets.token_urlsafe(12)
        headers = self._headers(nonce)
        headers["Content-Security-Policy"] += (
            f"; script-src 'nonce-{nonce}'; connect-src {chat_browser.servers}"
        )
        values |= {"kit": f"{self._public_url}/chat-browser.js", "script": Markup(script)}  # noqa: S704  # ours
        return HTMLResponse(self._render(template, say, nonce, values), headers=headers)

    def _render(self, template: str, say: Phrases, nonce: str, values: Mapping[str, object]) -> str:
        return _TEMPLATES.get_template(template).render(
            say=say,
            nonce=nonce,
            office=self._office.words(self._office.name, say.language),
            phone=self.phone(say),
            number=self._office.phone,
            phone_digits=self._office.phone.replace("-", ""),
            **values,
        )

    def word(
        self, say: Phrases, title: str, text: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return a page that says one thing and what to do next."""
        return self.draw(
            "word.html",
            say,
            status=status,
            title=say(title),
            text=say(text, **values) if values else say(text),
        )

    def too_many_tries(self, request: Request) -> HTMLResponse | None:
        """Return a kind answer to someone who sends the form behind a good link too often, or None.
        To be asked only after the link was found good: others' links keep nothing here."""
        allowed = self._pace.is_kept(request.path_params["token"])
        return None if allowed else self.too_many(request)

    def too_many(self, request: Request) -> HTMLResponse:
        """Return kind words to somebody who has to wait."""
        say = self.language(request)
        return self.word(say, "page.too_many_title", "page.too_many_text", status=429)

    def came_from_elsewhere(self, request: Request) -> HTMLResponse | None:
        """Return a refusal for a form that another site sent, or None."""
        if request.headers.get("origin", self._origin) == self._origin:
            return None
        say = self.language(request)
        return self.word(say, "page.bad_form_title", "page.bad_form_text", status=403)

    def phone(self, say: Phrases) -> str:
        hours = self._office.words(self._office.phone_hours, say.language)
        return say("office.phone", phone=self._office.phone, hours=hours)

    def _headers(self, nonce: str) -> dict[str, str]:
        hosts = self._office.video.hosts
        # A browser also asks this rule about where a form's answer leads.
        video = " ".join(f"https://{host} https://*.{host}" for host in hosts)
        headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self' {video};"
                " base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if self.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers


def address(request: Request) -> str:
    """Return the address that asks (behind a proxy: the one that the proxy names)."""
    return request.client.host if request.client else ""


def user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


async def read_body(request: Request, most: int) -> bytes:
    """Return the raw body. Raises TooLarge or Encoded before reading more than allowed, and
    TooLarge for a large one while too many others are being read."""
    _check(request.headers, most)
    body, is_large = bytearray(), False
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise TooLarge
            if len(body) > _LARGE and not is_large:
                _large_bodies.begin()
                is_large = True
    except ClientDisconnect:
        return b""
    finally:
        if is_large:
            _large_bodies.end()
    return bytes(body)


class _LargeBodies:
    """How many large bodies are being read at once: what strangers leave unfinished must not fill
    the memory. What people and platforms send is smaller."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> None:
        if self._count >= _MOST_LARGE:
            raise TooLarge
        self._count += 1

    def end(self) -> None:
        self._count -= 1


_LARGE, _MOST_LARGE = 65_536, 16
_large_bodies = _LargeBodies()


def _check(headers: Headers, most: int) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Encoded
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise TooLarge
