"""The host's way into a booking's room."""

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.errand_owner import GivenUp, TryLater
from bot.pages.desk import DeskPage
from bot.pages.site import form_routes
from models.database import Transaction
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose

log = structlog.get_logger()


class StartPage(DeskPage):
    """GET shows a button; POST asks the video service for a fresh address, once, and leads there.
    The address is a secret: it is neither stored nor logged."""

    def routes(self) -> list[Route]:
        return [*form_routes("/desk/start/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """A button."""
        opened = await self._open(request, Purpose.START)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn(request, "desk_open.html", say, token, heading=say("start.title"))

    async def submit(self, request: Request) -> Response:
        """To the room. While the service does not answer, the link stays good."""
        entered = await self._entered(request, Purpose.START)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        room = await self._core.database.run(lambda tx: self._room(tx, link))
        video = self._core.video
        if room is None or video is None:
            return self._pages.word(say, "start.none_title", "start.none_text")
        try:
            address = await video.start_url(room)
        except (TryLater, GivenUp) as error:
            log.warning("no address for the host", why=str(error))
            return self._pages.word(say, "start.away_title", "start.away_text", status=503)
        if not await self._core.database.run(lambda tx: self._use(tx, link, token)):
            return self._gone(request, NoForm.USED)
        headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return RedirectResponse(address, 303, headers=headers)

    def _room(self, tx: Transaction, link: FormLink) -> str | None:
        assert link.subject is not None
        room = self._store(tx).rooms.of(link.subject)
        return room.number if room is not None else None

    def _use(self, tx: Transaction, link: FormLink, token: str) -> bool:
        store, now = self._store(tx), self._core.clock()
        assert link.subject is not None
        if not store.forms.use(token, now):
            return False
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "start", now, subject=f"booking {link.subject}")
        return True
