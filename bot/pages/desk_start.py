"""The host's way into a booking's room."""

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.errand_owner import GivenUp, TryLater
from bot.pages.desk import DeskPage
from bot.pages.site import form_routes
from handlers.shared import parts
from handlers.staff import cards
from handlers.staff.permission import may_act_on
from locales import Phrases
from models.booking import Booking
from models.contact import NOBODY
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
        """Return a page with the button."""
        opened = await self._open(request, Purpose.START)
        if isinstance(opened, Response):
            return opened
        say, link, token = opened
        return await self._button(request, say, link, token)

    async def submit(self, request: Request) -> Response:
        """Lead to the room. While the service does not answer, the link stays good."""
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
            if isinstance(error, GivenUp):  # it is gone at the service
                await self._core.database.run(lambda tx: self._mend(tx, link))
            log.warning("no address for the host", why=str(error))
            return await self._button(request, say, link, token, is_away=True)
        if not await self._core.database.run(lambda tx: self._use(tx, link, token)):
            return self._gone(request, NoForm.USED)
        headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return RedirectResponse(address, 303, headers=headers)

    async def _button(
        self, request: Request, say: Phrases, link: FormLink, token: str, *, is_away: bool = False
    ) -> Response:
        booking = await self._core.database.run(lambda tx: self._booking(tx, link))
        turn = self._core.turn_of(NOBODY).in_language(say.language)
        return self._drawn(
            request,
            "desk_start.html",
            say,
            token,
            status=503 if is_away else 200,
            when=parts.when_of(turn, booking),
            app=self._core.office.video.name,
            reference=booking.reference,
            is_away=is_away,
        )

    def _booking(self, tx: Transaction, link: FormLink) -> Booking:
        assert link.subject is not None
        booking = self._store(tx).bookings.by_id(link.subject)
        assert booking is not None, "bookings are kept for years"
        return booking

    def _room(self, tx: Transaction, link: FormLink) -> str | None:
        """Return the room, if its link's owner may still start it now."""
        store, booking = self._store(tx), self._booking(tx, link)
        turn = self._core.turn_of(store.contacts.by_id(link.contact_id))
        room = store.rooms.of(booking.id)
        if room is None or not may_act_on(turn, booking) or not cards.can_start(turn, booking):
            return None
        return room.number

    def _mend(self, tx: Transaction, link: FormLink) -> None:
        self._store(tx).rooms.keep(self._booking(tx, link), self._core.clock())

    def _use(self, tx: Transaction, link: FormLink, token: str) -> bool:
        store, now = self._store(tx), self._core.clock()
        assert link.subject is not None
        if not store.forms.use(token, now):
            return False
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "start", now, subject=f"booking {link.subject}")
        return True
