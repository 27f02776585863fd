"""The booking as a calendar file."""

from datetime import timedelta

import icalendar
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.site import Page
from locales import Phrases, best_language, phrases
from models.booking import Booking
from models.database import Transaction
from models.store.bookings import Bookings
from models.store.contacts import Contacts
from models.tables import Status
from models.vault import number_in

_ENDED = (Status.CANCELLED, Status.WITHDRAWN, Status.DEEMED_CANCELLED)


class CalendarFile(Page):
    def routes(self) -> list[Route]:
        return [Route("/calendar/{token}.ics", self.show)]

    async def show(self, request: Request) -> Response:
        """Return the file; opened again after a move or cancellation, it brings the calendar
        along."""
        token = request.path_params["token"]
        found = await self._core.database.run(lambda tx: self._read(tx, token))
        if found is None:
            say = self._pages.language(request)
            return self._pages.word(say, "join.unknown_title", "join.unknown_text", status=404)
        return Response(
            self._write(*found),
            media_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="consultation.ics"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _read(self, tx: Transaction, token: str) -> tuple[Booking, int, Phrases] | None:
        bookings = Bookings(tx, self._core.office)
        number = number_in(token)
        booking = bookings.by_id(number) if number is not None else None
        if booking is None or not self._core.links.opens_calendar(token, booking):
            return None
        contact = Contacts(tx).parent_of(booking.job_seeker_id)
        changes = bookings.how_often_changed(booking.id)
        return (
            booking,
            changes,
            phrases(best_language(contact.language) or self._core.office.language),
        )

    def _write(self, booking: Booking, changes: int, say: Phrases) -> bytes:
        join = self._core.links.join(booking)
        event = icalendar.Event()
        event.add("uid", f"{booking.reference}@madoguchi")
        event.add("sequence", changes)
        event.add("dtstamp", self._core.clock())
        event.add("dtstart", booking.starts_at)
        event.add("dtend", booking.ends_at)
        name = self._core.office.words(self._core.office.name, say.language)
        event.add("summary", say("calendar.summary", office=name))
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//Madoguchi//JA")
        calendar.add("version", "2.0")
        if booking.status in _ENDED:  # takes it out of the calendar: nothing rings, no way in
            event.add("status", "CANCELLED")
            calendar.add("method", "CANCEL")
        else:
            event.add("status", "CONFIRMED")
            reference = say("calendar.description", reference=booking.reference, join=join)
            event.add("description", reference)
            event.add("url", join)
            event.add("location", join)
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", say("calendar.summary", office=name))
            alarm.add("trigger", timedelta(minutes=-15))
            event.add_component(alarm)
        calendar.add_component(event)
        written: bytes = calendar.to_ical()
        return written
