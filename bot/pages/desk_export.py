"""A month's bookings as a table for spreadsheets."""

from datetime import date, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.desk import DeskPage
from bot.pages.entries import read_day
from bot.pages.site import form_routes
from locales import Phrases
from models.database import Transaction
from models.rules.days import YEARS, at
from models.rules.spreadsheet import as_csv
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose
from models.tables import Role

_COLUMNS = ["reference", "day", "time", "minutes", "service", "counselor", "companion", "status"]


class ExportPage(DeskPage):
    """GET shows a button, POST the table."""

    def routes(self) -> list[Route]:
        return [*form_routes("/desk/export/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return a button for the month's table."""
        opened = await self._open(request, Purpose.EXPORT)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn(request, "desk_open.html", say, token, heading=say("stats.export"))

    async def submit(self, request: Request) -> Response:
        """Return a month's bookings for spreadsheets: no names, and no cell that is a formula."""
        entered = await self._entered(request, Purpose.EXPORT)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        month = read_day(f"{request.query_params.get('month', '')}-01")
        rows = (
            await self._core.database.run(lambda tx: self._month(tx, say, link, token, month))
            if month
            else None
        )
        if rows is None:
            return self._gone(request, NoForm.USED)
        heading = [say(f"export.{column}") for column in _COLUMNS]
        return Response(
            as_csv([heading, *rows]),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="bookings-{month:%Y-%m}.csv"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _month(
        self, tx: Transaction, say: Phrases, link: FormLink, token: str, month: date
    ) -> list[list[object]] | None:
        store, now, zone = self._store(tx), self._core.clock(), self._core.office.zone
        staff = store.contacts.by_id(link.contact_id)
        if staff.role != Role.ADMIN or month.year not in YEARS or not store.forms.use(token, now):
            return None
        store.audit.note(staff, "export", now, subject=f"{month:%Y-%m}")
        following = (month + timedelta(days=32)).replace(day=1)
        start, end = at(month, time(0), zone), at(following, time(0), zone)
        return [
            [
                each.reference,
                f"{each.starts_at.astimezone(zone):%Y-%m-%d}",
                f"{each.starts_at.astimezone(zone):%H:%M}",
                each.minutes,
                say(f"service.{each.service}"),
                each.counselor,
                say(f"company.{each.companion}"),
                say(f"status.{each.status}"),
            ]
            for each in store.agenda.every_between(start, end)
        ]
