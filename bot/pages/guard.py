"""Forms of ours are answered only from where they were shown, and not by another site."""

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.pages.page import Pages
from models.vault import Vault


class FormGuard:
    """Ties a form to the browser that it was shown to, by a cookie and a proof in the form."""

    def __init__(self, vault: Vault, pages: Pages) -> None:
        self._vault = vault
        self._pages = pages

    def new_cookie(self) -> str:
        return secrets.token_urlsafe(16)

    def proof(self, token: str, cookie: str) -> str:
        """What the form carries hidden."""
        return self._vault.csrf(token, cookie)

    def set_cookie(self, response: Response, cookie: str, seconds: int) -> None:
        response.set_cookie(
            self._name,
            cookie,
            max_age=seconds,
            path="/",
            secure=self._pages.is_https,
            httponly=True,
            samesite="strict",
        )

    def was_shown_here(self, request: Request, token: str, proof: str) -> bool:
        """Whether this browser was shown the form that it sends."""
        cookie = request.cookies.get(self._name, "")
        expected = self._vault.csrf(token, cookie).encode()
        return bool(cookie) and hmac.compare_digest(expected, proof.encode("utf-8", "replace"))

    @property
    def _name(self) -> str:
        return "__Host-form" if self._pages.is_https else "form"
