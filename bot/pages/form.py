"""The form: name, reading, phone and registration number. The only place where they are asked."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.pages.page import Pages, address, read_body, user_agent
from locales import Phrases, best_language, phrases
from models.database import Database, Transaction
from models.office import Office
from models.rules import details as rules
from models.store import Store
from models.store.forms import FORM_LIFE, NoForm
from models.store.seekers import Details
from models.vault import Vault

_LONGEST_BODY = 32_768
_FIELDS = Details._fields


class FormPage:
    """GET shows the form, POST takes it."""

    def __init__(
        self, database: Database, office: Office, vault: Vault, pages: Pages, clock: Clock
    ) -> None:
        self._database = database
        self._office = office
        self._vault = vault
        self._pages = pages
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """The empty form, or why this link opens none."""
        token = request.path_params["token"]
        found = await self._database.run(lambda tx: self._open(tx, token, request))
        if isinstance(found, NoForm):
            return self._no_form(request, found)
        return self._draw(found, token, {}, {})

    async def take(self, request: Request) -> Response:
        """What was entered: kept, or shown again with what is wrong beside each field."""
        token = request.path_params["token"]
        refusal = self._pages.came_from_elsewhere(request)
        if refusal := refusal or self._pages.too_many_tries(request, token):
            return refusal
        body = await read_body(request, _LONGEST_BODY)
        entered = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        found = await self._database.run(lambda tx: self._open(tx, token, request))
        if isinstance(found, NoForm):
            return self._no_form(request, found)
        if not self._was_shown_here(request, token, entered.get("csrf", "")):
            return self._pages.word(found, "page.bad_form_title", "page.bad_form_text", status=403)
        details, errors = self._check(entered)
        if details is None:
            return self._draw(found, token, entered, errors, status=422)
        kept = await self._database.run(lambda tx: self._keep(tx, token, details))
        if not kept:
            return self._no_form(request, NoForm.USED)
        return self._pages.word(found, "form.done_title", "form.done_text")

    def _open(self, tx: Transaction, token: str, request: Request) -> Phrases | NoForm:
        """The language of the person whose link this is; notes the access (art. 7(1))."""
        store, now = self._store(tx), self._clock()
        whose = store.forms.whose(token, now)
        if isinstance(whose, NoForm):
            return whose
        store.access.record(now, "form", user_agent(request), address(request), contact_id=whose)
        language = best_language(store.contacts.by_id(whose).language)
        return phrases(language or self._office.language)

    def _keep(self, tx: Transaction, token: str, details: Details) -> bool:
        store, now = self._store(tx), self._clock()
        whose = store.forms.whose(token, now)
        if isinstance(whose, NoForm):
            return False
        store.contacts.by_id(whose)  # locked, so that two forms of one person make one job seeker
        if not store.forms.use(token, now):
            return False
        seeker = store.seekers.keep_details(whose, details, now)
        # A parent may well write from two chats; but without proof one is not taken for the other.
        for other in store.seekers.with_registration(details.registration):
            if other != seeker:
                pair = f"job seekers {min(seeker, other)} {max(seeker, other)}"
                store.alerts.tell("same_registration", now, subject=pair, contact_id=whose)
        return True

    def _check(self, entered: Mapping[str, str]) -> tuple[Details | None, dict[str, str]]:
        pattern = self._office.registration_pattern
        checks: dict[str, Callable[[str], str]] = {
            "name": rules.name,
            "reading": rules.reading,
            "phone": rules.phone,
            "registration": lambda typed: rules.registration(typed, pattern),
        }
        values: dict[str, str] = {}
        errors: dict[str, str] = {}
        for field, check in checks.items():
            try:
                values[field] = check(entered.get(field, ""))
            except rules.Refused as refused:
                errors[field] = refused.reason
        return (None, errors) if errors else (Details(**values), {})

    def _draw(
        self,
        say: Phrases,
        token: str,
        entered: Mapping[str, str],
        errors: Mapping[str, str],
        *,
        status: int = 200,
    ) -> HTMLResponse:
        cookie = secrets.token_urlsafe(16)
        response = self._pages.draw(
            "form.html",
            say,
            status=status,
            fields=_FIELDS,
            entered={field: entered.get(field, "") for field in _FIELDS},
            errors=errors,
            csrf=self._vault.csrf(token, cookie),
        )
        response.set_cookie(
            self._cookie_name,
            cookie,
            max_age=int(FORM_LIFE.total_seconds()),
            path="/",
            secure=self._pages.is_https,
            httponly=True,
            samesite="strict",
        )
        return response

    def _was_shown_here(self, request: Request, token: str, csrf: str) -> bool:
        cookie = request.cookies.get(self._cookie_name, "")
        expected = self._vault.csrf(token, cookie).encode()
        return bool(cookie) and hmac.compare_digest(expected, csrf.encode("utf-8", "replace"))

    @property
    def _cookie_name(self) -> str:
        return "__Host-form" if self._pages.is_https else "form"

    def _no_form(self, request: Request, why: NoForm) -> HTMLResponse:
        status = 404 if why is NoForm.UNKNOWN else 410
        name = why.value
        return self._pages.word(
            self._pages.language(request), f"form.{name}_title", f"form.{name}_text", status=status
        )

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._office, self._vault)
