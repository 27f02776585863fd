"""The form: name, reading, phone and registration number. The only place where they are asked."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.pages.entries import FIELDS, check, read_entries
from bot.pages.page import address, user_agent
from bot.pages.site import Page, form_routes
from locales import Phrases, best_language, phrases
from models.contact import Contact
from models.database import Transaction
from models.store import Store
from models.store.forms import FORM_LIFE, NoForm
from models.store.seekers import Details
from models.tables import AlertKind


class FormPage(Page):
    """GET shows the form, POST takes it."""

    def routes(self) -> list[Route]:
        return [*form_routes("/form/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return the empty form, or why this link opens none."""
        token = request.path_params["token"]
        found = await self._core.database.run(
            lambda tx: self._open(tx, token, request, sending=False)
        )
        if isinstance(found, NoForm):
            return self._no_form(request, found)
        return self._draw(request, found, token, {}, {})

    async def submit(self, request: Request) -> Response:
        """Return what was entered: kept, or shown again with what is wrong beside each field."""
        token = request.path_params["token"]
        if refusal := self._pages.came_from_elsewhere(request):
            return refusal
        entered = await read_entries(request)
        found = await self._core.database.run(
            lambda tx: self._open(tx, token, request, sending=True)
        )
        if isinstance(found, NoForm):
            return self._no_form(request, found)
        if refusal := self._pages.too_many_tries(request):
            return refusal
        if not self._guard.was_shown_here(request, token, entered.get("csrf", "")):
            return self._pages.word(found, "page.bad_form_title", "page.bad_form_text", status=403)
        details, errors = check(entered, self._core.office)
        if details is None:
            return self._draw(request, found, token, entered, errors, status=422)
        sender = await self._core.database.run(lambda tx: self._keep(tx, token, details))
        if sender is None:
            return self._no_form(request, NoForm.USED)
        return self._done(found, sender)

    def _done(self, say: Phrases, sender: Contact) -> Response:
        """Say that it has arrived; a messenger's own browser closes the page and goes on."""
        channel = self._core.channels.get(sender.channel)
        browser = channel.chat_browser if channel is not None else None
        if browser is None:
            return self._pages.word(say, "form.done_title", "form.done_text")
        words = {"title": say("form.done_title"), "text": say("form.done_text")}
        script = browser.closing_script(say("details.next"))
        return self._pages.draw_for_chat_browser(
            "chat_browser_done.html", say, browser, script, **words
        )

    def _open(
        self, tx: Transaction, token: str, request: Request, *, sending: bool
    ) -> Phrases | NoForm:
        """Return the language of the person whose link this is; notes the access (art. 7(1))."""
        store, now = self._store(tx), self._core.clock()
        whose = store.forms.whose(token, now, sending=sending)
        if isinstance(whose, NoForm):
            return whose
        contact_id = whose.contact_id
        store.access.record(
            now, "form", user_agent(request), address(request), contact_id=contact_id
        )
        language = best_language(store.contacts.by_id(contact_id).language)
        return phrases(language or self._core.office.language)

    def _keep(self, tx: Transaction, token: str, details: Details) -> Contact | None:
        """Keep what was entered, and return who sent it; None for a link that is used up."""
        store, now = self._store(tx), self._core.clock()
        whose = store.forms.whose(token, now, sending=True)
        if isinstance(whose, NoForm):
            return None
        contact_id = whose.contact_id
        # Locked, so that two forms of one person make one job seeker.
        contact = store.contacts.by_id(contact_id)
        if not store.forms.use(token, now):
            return None
        seeker = store.seekers.keep_details(contact_id, details, now)
        # A parent may well write from two chats, or have phoned before; but typing a number proves
        # nothing, so staff say whose it is.
        for other in store.seekers.with_registration(details.registration):
            if other != seeker and store.persons.claim(seeker, other, now):
                subject = f"job seekers {seeker} {other}"
                store.alerts.tell(
                    AlertKind.SAME_REGISTRATION, now, subject=subject, contact_id=contact_id
                )
        return contact

    def _draw(
        self,
        request: Request,
        say: Phrases,
        token: str,
        entered: Mapping[str, str],
        errors: Mapping[str, str],
        *,
        status: int = 200,
    ) -> HTMLResponse:
        cookie = self._guard.cookie_of(request, token)
        response = self._pages.draw(
            "form.html",
            say,
            status=status,
            fields=FIELDS,
            entered={field: entered.get(field, "") for field in FIELDS},
            errors=errors,
            csrf=self._guard.proof(token, cookie),
        )
        self._guard.set_cookie(response, token, cookie, FORM_LIFE)
        return response

    def _no_form(self, request: Request, why: NoForm) -> HTMLResponse:
        status = 404 if why is NoForm.UNKNOWN else 410
        name = why.value
        return self._pages.word(
            self._pages.language(request), f"form.{name}_title", f"form.{name}_text", status=status
        )

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._core.office, self._core.vault)
