"""Forms of ours are answered only from where they were shown, and not by another site."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.pages.page import Pages
from models.store.forms import SENT_WITHIN
from models.vault import Vault


class FormGuard:
    """Ties a form to the browser that it was shown to, by a cookie and a proof in the form. Each
    form has a cookie of its own, so that two that are open beside each other both work."""

    def __init__(self, vault: Vault, pages: Pages) -> None:
        self._vault = vault
        self._pages = pages

    def cookie_of(self, request: Request, token: str) -> str:
        """Return the form's cookie in this browser: the one that it has, or a new one."""
        return request.cookies.get(self._name(token)) or secrets.token_urlsafe(16)

    def proof(self, token: str, cookie: str) -> str:
        """Return what the form carries hidden."""
        return self._vault.csrf(token, cookie)

    def set_cookie(self, response: Response, token: str, cookie: str, life: timedelta) -> None:
        """Give the form's cookie to the browser, for as long as the form can be sent."""
        response.set_cookie(
            self._name(token),
            cookie,
            max_age=int((life + SENT_WITHIN).total_seconds()),
            path="/",
            secure=self._pages.is_https,
            httponly=True,
            samesite="strict",
        )

    def was_shown_here(self, request: Request, token: str, proof: str) -> bool:
        """Return whether this browser was shown the form that it sends."""
        cookie = request.cookies.get(self._name(token), "")
        expected = self._vault.csrf(token, cookie).encode()
        return bool(cookie) and hmac.compare_digest(expected, proof.encode("utf-8", "replace"))

    def _name(self, token: str) -> str:
        of_form = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:12]
        return f"__Host-form-{of_form}" if self._pages.is_https else f"form-{of_form}"
