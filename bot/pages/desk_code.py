"""A code that joins a chat to a person's record, on a page to print."""

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.desk import DeskPage
from bot.pages.site import form_routes
from models.database import Transaction
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose
from models.store.persons import CODE_LIFE


class CodePage(DeskPage):
    """GET shows a button, POST the code, once, with a QR code for each channel that takes one."""

    def routes(self) -> list[Route]:
        return [*form_routes("/desk/code/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return a page with the button."""
        opened = await self._open(request, Purpose.CODE)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        heading = say("chat_code.title")
        return self._drawn(request, "desk_open.html", say, token, heading=heading)

    async def submit(self, request: Request) -> Response:
        """Return a new code, ready to be printed."""
        entered = await self._entered(request, Purpose.CODE)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        code = await self._core.database.run(lambda tx: self._new_code(tx, link, token))
        if code is None:
            return self._gone(request, NoForm.USED)
        addresses = {
            each.title: await each.address_with(code) for each in self._core.channels.values()
        }
        pictures = {
            title: Markup(segno.make(address, error="m").svg_inline(scale=5))  # noqa: S704  # made here
            for title, address in addresses.items()
            if address
        }
        return self._drawn(
            request,
            "desk_code.html",
            say,
            token,
            code=code,
            days=CODE_LIFE.days,
            pictures=pictures,
        )

    def _new_code(self, tx: Transaction, link: FormLink, token: str) -> str | None:
        store, now = self._store(tx), self._core.clock()
        assert link.subject is not None
        if not store.forms.use(token, now, found=link.subject):
            return None
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "chat code", now, subject=f"person {link.subject}")
        return store.persons.new_code(link.subject, now)
