"""The join link. Looking at it, as link previews do, shows a button; only pressing the button
records that the parent came."""

import asyncio
import contextlib
import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.pages.entries import read_entries
from bot.pages.page import address, user_agent
from bot.pages.site import Page, form_routes
from handlers.parents import arriving
from handlers.shared import parts
from models.booking import Booking
from models.choice import Choice
from models.database import Transaction
from models.rules.attendance import deadline
from models.rules.deadlines import Joinable, joinable
from models.rules.meeting_url import in_browser
from models.store import Store
from models.store.bookings import Bookings
from models.tables import AlertKind, Status
from models.turn import Turn
from models.vault import number_in

_LONGEST_BODY = 1_000
# The names by which messengers' servers fetch an address for a preview; CUBOT is a telephone.
_PREVIEWS = re.compile(r"(?<!cu)bot\b|line-poker|facebookexternalhit|whatsapp/|preview")
# For how long somebody at the door waits for a judgement, in seconds.
_JUDGED_WITHIN = 2.0
# How soon the page of whoever waits for a room is loaded again, in seconds.
_LOOKS_AGAIN = 20


class Door(Choice):
    """What a join link answers."""

    OPEN = "ready"
    TOO_EARLY = "too_early"
    OVER = "over"
    CANCELLED = "cancelled"
    DEEMED = "deemed"
    HEARD = "heard"  # deemed cancelled, and staff know at once that somebody is here
    ROOM_TAKEN = "room_taken"


class Visit(NamedTuple):
    """Somebody at the door."""

    door: Door
    booking: Booking
    turn: Turn


class JoinPage(Page):
    """GET shows the door, POST goes through it."""

    def routes(self) -> list[Route]:
        return [*form_routes("/join/{token}", self.show, self.enter)]

    async def show(self, request: Request) -> Response:
        """Return the button, or why there is none."""
        visit = await self._visit(request, entering=False)
        if visit is None:
            return self._unknown(request)
        if visit.door is not Door.OPEN:
            return self._closed(visit)
        if visit.booking.status == Status.JOINED and not visit.booking.meeting_url:
            return self._without_room(visit)
        return self._ready(visit)

    async def enter(self, request: Request) -> Response:
        """Lead through the door: presence is recorded, then the way leads to the meeting."""
        if refusal := self._pages.came_from_elsewhere(request):
            return refusal
        visit = await self._visit(request, entering=True)
        if visit is None:
            return self._unknown(request)
        if visit.door is not Door.OPEN:
            return self._closed(visit)
        if not visit.booking.meeting_url:
            return self._without_room(visit)
        room = visit.booking.meeting_url
        by_browser = (await read_entries(request, _LONGEST_BODY)).get("by") == "browser"
        headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return RedirectResponse((by_browser and in_browser(room)) or room, 303, headers=headers)

    def _without_room(self, visit: Visit) -> Response:
        """Ask for patience: somebody is here, and there is no room yet: the page looks for it again
        by itself."""
        say = visit.turn.say
        phone = self._pages.phone(say)
        page = self._pages.word(say, "join.no_url_title", "join.no_url_text", phone=phone)
        page.headers["Refresh"] = f"{_LOOKS_AGAIN}; url={visit.turn.links.join(visit.booking)}"
        return page

    def _ready(self, visit: Visit) -> Response:
        """Return the button; whoever has come already reads that the office sees them."""
        room = visit.booking.meeting_url
        return self._pages.draw(
            "join.html",
            visit.turn.say,
            when=self._when(visit),
            app=self._core.office.video.name,
            is_seen=visit.booking.status == Status.JOINED,
            has_browser_way=room is not None and in_browser(room) is not None,
        )

    async def _visit(self, request: Request, *, entering: bool) -> Visit | None:
        # What counts is when the request arrived: the database may be busy for seconds.
        arrived = self._core.clock()
        token = request.path_params["token"]
        if await self._core.database.run(lambda tx: self._is_to_be_judged(tx, token, arrived)):
            with contextlib.suppress(TimeoutError):
                # Whoever cannot be judged at once, for want of a proof, finds the door open.
                async with asyncio.timeout(_JUDGED_WITHIN):
                    await self._site.judge_now()
        return await self._core.database.run(
            lambda tx: self._note(tx, token, request, arrived, entering=entering)
        )

    def _booking(self, bookings: Bookings, token: str) -> Booking | None:
        """Return the booking whose link this is."""
        number = number_in(token)
        booking = bookings.by_id(number) if number is not None else None
        return booking if booking and self._core.links.opens_join(token, booking) else None

    def _is_to_be_judged(self, tx: Transaction, token: str, arrived: datetime) -> bool:
        booking = self._booking(Bookings(tx, self._core.office), token)
        return (
            booking is not None
            and booking.status == Status.BOOKED
            and arrived >= deadline(booking.starts_at, self._core.office.grace)
        )

    def _note(
        self,
        tx: Transaction,
        token: str,
        request: Request,
        arrived: datetime,
        *,
        entering: bool,
    ) -> Visit | None:
        store = Store(tx, self._core.office, self._core.vault)
        booking = self._booking(store.bookings, token)
        if booking is None:
            return None
        # Locked in the same order as in a parent's turn, and read again under the lock.
        contact = store.contacts.parent_of(booking.job_seeker_id)
        booking = store.bookings.by_id(booking.id)
        assert booking is not None
        turn = replace(self._core.turn_of(contact), acted_at=arrived)
        store.access.record(
            turn.now,
            "join" if entering else "join_page",
            user_agent(request),
            address(request),
            booking_id=booking.id,
        )
        door = _door(turn, store, booking)
        if entering and door is Door.OPEN:
            arriving.came(turn, store, booking, "join_link")
            if not booking.meeting_url:
                store.alerts.about(booking, AlertKind.CAME_WITHOUT_URL, turn.now)
        elif entering or (request.method == "GET" and not is_preview(user_agent(request))):
            # Whom the room before theirs keeps waiting sees no button to press.
            waits = door is Door.ROOM_TAKEN
            arriving.at_the_door(turn, store, booking, wants_in=entering or waits)
        return Visit(door, booking, turn)

    def _closed(self, visit: Visit) -> Response:
        say, booking, turn = visit.turn.say, visit.booking, visit.turn
        title = f"join.{visit.door}_title"
        if visit.door is Door.TOO_EARLY:
            opens = parts.clock_time(turn, booking.starts_at - parts.EARLY)
            text = "join.too_early_text"
            return self._pages.word(say, title, text, when=self._when(visit), opens=opens)
        if visit.door is Door.ROOM_TAKEN:
            opens, text = parts.clock_time(turn, booking.starts_at), "join.room_taken_text"
            page = self._pages.word(say, title, text, when=self._when(visit), opens=opens)
            page.headers["Refresh"] = str(_LOOKS_AGAIN)
            return page
        if visit.door is Door.HEARD:
            minutes, phone = turn.office.grace_minutes, self._pages.phone(say)
            return self._pages.word(say, title, "join.heard_text", minutes=minutes, phone=phone)
        return self._pages.word(say, title, "join.book_again", phone=self._pages.phone(say))

    def _unknown(self, request: Request) -> Response:
        say = self._pages.language(request)
        return self._pages.word(say, "join.unknown_title", "join.unknown_text", status=404)

    def _when(self, visit: Visit) -> str:
        return parts.when_of(visit.turn, visit.booking)


def is_preview(agent: str) -> bool:
    """Return whether a messenger looks at an address to draw it, and no person does."""
    return _PREVIEWS.search(agent.lower()) is not None


def _door(turn: Turn, store: Store, booking: Booking) -> Door:
    """Return what somebody finds who stood at the door at `turn.acted_at`."""
    if booking.status in (Status.CANCELLED, Status.WITHDRAWN):
        return Door.CANCELLED
    at = turn.acted_at
    opening = joinable(booking.starts_at, booking.ends_at, at, parts.EARLY)
    if opening is Joinable.NOT_YET:
        return Door.TOO_EARLY
    if booking.status == Status.DEEMED_CANCELLED and at >= deadline(
        booking.starts_at, turn.office.grace
    ):
        return Door.HEARD if opening is Joinable.NOW else Door.DEEMED
    is_ended = booking.status == Status.COMPLETED and not store.bookings.completed_by_service(
        booking.id
    )
    if opening is Joinable.OVER or is_ended:
        return Door.OVER
    if (
        at < booking.starts_at
        and booking.meeting_url
        and store.bookings.before_in_room(booking, at)
    ):
        return Door.ROOM_TAKEN
    return Door.OPEN
