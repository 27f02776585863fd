"""The device check (arts. 2(2), 12(4)): camera, microphone, speaker and connection are tried in the
browser. Picture and sound stay on the phone; what comes back is what worked."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.entries import read_entries
from bot.pages.page import address, user_agent
from bot.pages.site import Page
from handlers.shared import parts
from models.booking import Booking
from models.database import Transaction
from models.device import DeviceCheck, DevicePart
from models.store import Store
from models.tables import ACTIVE
from models.turn import Turn
from models.vault import number_in

_LONGEST_BODY = 1_000
_ANSWERS = {"yes": True, "no": False}
# What is fetched to see how fast the connection is, in bytes.
_PROBE = bytes(200_000)


class DevicePage(Page):
    """GET shows the check, POST notes what it found."""

    def routes(self) -> list[Route]:
        return [
            Route("/device/{token}", self.show, methods=["GET"]),
            Route("/device/{token}", self.submit, methods=["POST"]),
            Route("/device/{token}/probe", self.probe, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return the check itself."""
        found = await self._core.database.run(lambda tx: self._find(tx, request))
        if found is None:
            return self._unknown(request)
        turn, booking = found
        return self._pages.draw_with_camera(
            "device.html",
            turn.say,
            when=parts.when_of(turn, booking),
            app=turn.office.video.name,
            test_url=turn.office.video.test_url,
        )

    async def probe(self, request: Request) -> Response:
        """Return nothing but bytes, by which the browser sees how fast the connection is."""
        if await self._core.database.run(lambda tx: self._find(tx, request)) is None:
            return self._unknown(request)
        return Response(
            _PROBE, media_type="application/octet-stream", headers={"Cache-Control": "no-store"}
        )

    async def submit(self, request: Request) -> Response:
        """Note what worked, and say what is to be done about the rest."""
        if refusal := self._pages.came_from_elsewhere(request):
            return refusal
        if refusal := self._pages.too_many_tries(request):
            return refusal
        entered = await read_entries(request, _LONGEST_BODY)
        works = {part: _ANSWERS.get(entered.get(str(part), "")) for part in DevicePart}
        found = await self._core.database.run(lambda tx: self._note(tx, request, works))
        if found is None:
            return self._unknown(request)
        turn, booking = found
        say = turn.say
        return self._pages.draw(
            "device_done.html",
            say,
            lacks=[
                (
                    say(f"device.{part}"),
                    say("device.untried" if works[part] is None else f"device.{part}_help"),
                )
                for part in DevicePart
                if works[part] is not True
            ],
            when=parts.when_of(turn, booking),
            app=turn.office.video.name,
            test_url=turn.office.video.test_url,
        )

    def _note(
        self, tx: Transaction, request: Request, works: Mapping[DevicePart, bool | None]
    ) -> tuple[Turn, Booking] | None:
        found = self._find(tx, request)
        if found is not None:
            turn, booking = found
            store = self._store(tx)
            store.devices.note(booking.id, DeviceCheck(turn.now, works))
            store.access.record(
                turn.now, "device", user_agent(request), address(request), booking_id=booking.id
            )
        return found

    def _find(self, tx: Transaction, request: Request) -> tuple[Turn, Booking] | None:
        """Return the booking whose link this is, if it is still to come or on."""
        store, token = self._store(tx), request.path_params["token"]
        number = number_in(token)
        booking = store.bookings.by_id(number) if number is not None else None
        if booking is None or not self._core.links.opens_device(token, booking):
            return None
        turn = self._core.turn_of(store.contacts.parent_of(booking.job_seeker_id))
        if booking.status not in ACTIVE or turn.now >= booking.ends_at:
            return None
        return turn, booking

    def _unknown(self, request: Request) -> Response:
        say = self._pages.language(request)
        return self._pages.word(say, "join.unknown_title", "device.unknown_text", status=404)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._core.office, self._core.vault)
