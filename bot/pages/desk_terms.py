"""Publishing a text of the terms (art. 13)."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.desk import DeskPage
from bot.pages.entries import read_day
from bot.pages.site import form_routes
from locales import Phrases
from models.database import Transaction
from models.rules.days import local_day
from models.rules.terms_text import lines, unknown_articles
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose
from models.tables import Role


class TermsDeskPage(DeskPage):
    """GET shows where to paste, POST the preview or publishes."""

    def routes(self) -> list[Route]:
        return [*form_routes("/desk/terms/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return where a new text of the terms is pasted."""
        opened = await self._open(request, Purpose.TERMS)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn(
            request, "desk_terms.html", say, token, entered={}, errors="", shown=None
        )

    async def submit(self, request: Request) -> Response:
        """Look at the text as a page, or publish it (art. 13)."""
        entered = await self._entered(request, Purpose.TERMS)
        if isinstance(entered, Response):
            return entered
        (say, link, token), fields = entered
        body = fields.get("body", "").replace("\0", "").replace("\r\n", "\n")
        day = read_day(fields.get("effective", ""))
        today = local_day(self._core.clock(), self._core.office.zone)
        if not body.strip() or day is None or day <= today:
            too_early = body.strip() and day is not None
            error = say("desk_page.terms_too_early" if too_early else "desk_page.terms_missing")
            return self._again(request, say, token, fields, error)
        summary = fields.get("summary", "").replace("\0", "").replace("\r\n", "\n").strip()
        if unknown := unknown_articles(summary, body):
            error = say("desk_page.summary_unknown", articles="・".join(unknown))
            return self._again(request, say, token, fields, error)
        if fields.get("action") != "publish":
            return self._drawn(
                request, "desk_terms.html", say, token, entered=fields, errors="", shown=lines(body)
            )
        if not await self._core.database.run(
            lambda tx: self._publish(tx, link, token, body, day, summary)
        ):
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.published_title", "desk_page.published_text")

    def _again(
        self, request: Request, say: Phrases, token: str, entered: dict[str, str], error: str
    ) -> Response:
        """Return the page with what was entered, and what is wrong with it."""
        return self._drawn(
            request,
            "desk_terms.html",
            say,
            token,
            status=422,
            entered=entered,
            errors=error,
            shown=None,
        )

    def _publish(
        self,
        tx: Transaction,
        link: FormLink,
        token: str,
        body: str,
        day: date,
        summary: str,
    ) -> bool:
        store, now = self._store(tx), self._core.clock()
        staff = store.contacts.by_id(link.contact_id)
        if staff.role != Role.ADMIN or not store.forms.use(token, now):
            return False
        texts = {self._core.office.language: summary} if summary else None
        version = store.terms.publish(body, day, now, texts)
        store.audit.note(staff, "publish", now, subject=f"terms {version.version}", after=str(day))
        return True
