"""What the pages for staff share: a one-time link whose owner still works here, forms that were
shown here, drawing."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.pages.entries import read_entries
from bot.pages.page import address, user_agent
from bot.pages.site import Page
from locales import Phrases, best_language, phrases
from models.contact import Contact
from models.database import Transaction
from models.store import Store
from models.store.forms import DESK_LIFE, NoForm, Purpose
from models.store.forms import Link as FormLink

# The terms come whole, and a form triples what is no plain letter.
_LONGEST_BODY = 500_000


class DeskPage(Page):
    """A page for staff, behind a one-time link."""

    async def _open(
        self, request: Request, purpose: Purpose, *, sending: bool = False
    ) -> tuple[Phrases, FormLink, str] | Response:
        """Return the link, if it is good and its owner still works here."""
        token = request.path_params["token"]
        found = await self._core.database.run(
            lambda tx: self._whose(tx, token, purpose, request, sending=sending)
        )
        if isinstance(found, NoForm):
            return self._gone(request, found)
        contact, link = found
        language = best_language(contact.language) or self._core.office.language
        return phrases(language), link, token

    async def _entered(
        self, request: Request, purpose: Purpose
    ) -> tuple[tuple[Phrases, FormLink, str], dict[str, str]] | Response:
        """Return the link with what was entered, if it was entered where we showed the form."""
        if refusal := self._pages.came_from_elsewhere(request):
            return refusal
        fields = await read_entries(request, _LONGEST_BODY)
        opened = await self._open(request, purpose, sending=True)
        if isinstance(opened, Response):
            return opened
        if refusal := self._pages.too_many_tries(request):
            return refusal
        say, _, token = opened
        if not self._guard.was_shown_here(request, token, fields.get("csrf", "")):
            return self._pages.word(say, "page.bad_form_title", "page.bad_form_text", status=403)
        return opened, fields

    def _whose(
        self,
        tx: Transaction,
        token: str,
        purpose: Purpose,
        request: Request,
        *,
        sending: bool,
    ) -> tuple[Contact, FormLink] | NoForm:
        store, now = self._store(tx), self._core.clock()
        link = store.forms.whose(token, now, purpose, sending=sending)
        if isinstance(link, NoForm):
            return link
        contact = store.contacts.by_id(link.contact_id)
        if contact.role is None:
            return NoForm.EXPIRED
        store.access.record(
            now, "desk", user_agent(request), address(request), contact_id=contact.id
        )
        return contact, link

    def _drawn(
        self,
        request: Request,
        template: str,
        say: Phrases,
        token: str,
        *,
        status: int = 200,
        **values: object,
    ) -> HTMLResponse:
        cookie = self._guard.cookie_of(request, token)
        proof = self._guard.proof(token, cookie)
        response = self._pages.draw(template, say, status=status, csrf=proof, token=token, **values)
        self._guard.set_cookie(response, token, cookie, DESK_LIFE)
        return response

    def _gone(self, request: Request, why: NoForm) -> HTMLResponse:
        say = self._pages.language(request)
        status = 404 if why is NoForm.UNKNOWN else 410
        return self._pages.word(say, "desk_page.gone_title", "desk_page.gone_text", status=status)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._core.office, self._core.vault)
