"""Pictures for staff: the week as a grid of counselors and slots, the month as counts."""

import asyncio
from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import drawing
from bot.drawing import Bar, Cell, Chart, Grid
from bot.pages.site import Page
from handlers.staff import day as days
from handlers.staff import records
from models.database import Transaction
from models.links import Picture, PictureOf
from models.rules.days import at, is_business_day, local_day
from models.store import Store
from models.tables import Role
from models.turn import Turn

# How long after its last day a picture's address still answers.
_KEPT = timedelta(days=60)
_OTHERS = ("booked", "joined", "undecided", "deemed_cancelled", "free", "closed")


class PicturePage(Page):
    """An address tells whose picture it is and of when: a counselor's holds their own bookings."""

    def routes(self) -> list[Route]:
        return [Route("/picture/{token}.png", self.show)]

    async def show(self, request: Request) -> Response:
        """Return the picture as a PNG; names in it are masked."""
        token = request.path_params["token"]
        wanted = self._core.links.pictures(token)
        found = (
            await self._core.database.run(lambda tx: self._read(tx, wanted, token))
            if wanted
            else None
        )
        if found is None:
            return Response(status_code=404)
        if isinstance(found, Chart):
            png = await asyncio.to_thread(drawing.draw_chart, found)
        else:
            png = await asyncio.to_thread(drawing.draw, found)
        headers = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
        return Response(png, media_type="image/png", headers=headers)

    def _read(self, tx: Transaction, wanted: Picture, token: str) -> Grid | Chart | None:
        store = Store(tx, self._core.office, self._core.vault)
        member = store.staff.member(wanted.staff_id)
        today = local_day(self._core.clock(), self._core.office.zone)
        if member is None or today - wanted.first > _KEPT:
            return None
        contact = store.contacts.by_id(member.contact_id)
        if not self._core.links.opens_picture(token, contact.staff_secret or ""):
            return None
        turn = self._core.turn_of(contact)
        match wanted.of:
            case PictureOf.WEEK:
                return _week(turn, store, wanted.first, wanted.part)
            case PictureOf.MONTH:
                return _month(turn, store, wanted.first)
            case PictureOf.STATISTICS:
                return _statistics(turn, store, wanted.first)


def _week(turn: Turn, store: Store, monday: date, part: int) -> Grid:
    """Return each counselor's days side by side, slot by slot; a few counselors in each part."""
    zone = turn.office.zone
    week = [monday + timedelta(days=ahead) for ahead in range(5)]
    start, end = at(monday, time(0), zone), at(week[-1] + timedelta(days=1), time(0), zone)
    booked = {
        (each.counselor_id, each.starts_at): each for each in store.agenda.between(start, end, None)
    }
    first = part * days.IN_A_PICTURE
    counselors = days.shown_in_week(turn, store, monday)[first : first + days.IN_A_PICTURE]
    columns = [(day, each) for day in week for each in counselors]
    offered = set(store.calendar.offered_between(week[0], week[-1]))
    rows = _starts(turn)
    cells = []
    for clock in rows:
        line = []
        for day, counselor in columns:
            starts_at = at(day, clock, zone)
            found = booked.get((counselor.id, starts_at))
            if found is not None:
                name = store.seekers.masked_name(found.job_seeker_id)
                line.append(
                    Cell(str(found.status), f"{turn.say(f'picture.{found.status}')}\n{name}")
                )
            elif any(
                slot.starts_at == starts_at and slot.counselor_id == counselor.id
                for slot in offered
            ):
                line.append(Cell("free", ""))
            else:
                line.append(Cell("closed", ""))
        cells.append(line)
    return Grid(
        title=turn.say("week.title", day=days.with_year(turn, monday)),
        columns=[f"{turn.say.short_day(day)}\n{each.name}" for day, each in columns],
        rows=[f"{clock:%H:%M}" for clock in rows],
        cells=cells,
        legend={state: turn.say(f"picture.{state}_legend") for state in _OTHERS},
    )


def _month(turn: Turn, store: Store, first: date) -> Grid:
    """Return the weeks of a month, each day with its number of bookings."""
    monday = first - timedelta(days=first.weekday())
    rows, cells = [], []
    while monday < (first + timedelta(days=32)).replace(day=1):
        line = []
        for day in (monday + timedelta(days=ahead) for ahead in range(5)):
            count = len(days.of_day(turn, store, day))
            state = "closed" if not is_business_day(day) else "booked" if count else "free"
            words = (
                f"{day:%-m/%-d}\n{turn.say('picture.count', n=count)}"
                if count
                else f"{day:%-m/%-d}"
            )
            line.append(Cell(state, words))
        rows.append(f"{monday:%-m/%-d}〜")
        cells.append(line)
        monday += timedelta(days=7)
    return Grid(
        title=f"{first:%Y/%m}",
        columns=[
            turn.say.weekday(first - timedelta(days=first.weekday() - ahead)) for ahead in range(5)
        ],
        rows=rows,
        cells=cells,
        legend={
            state: turn.say(f"picture.{state}_legend") for state in ("booked", "free", "closed")
        },
    )


def _statistics(turn: Turn, store: Store, first: date) -> Chart | None:
    """Return what the numbers of a month say, for admins; small cells have no length."""
    if turn.contact.role != Role.ADMIN:
        return None
    _, tables = records.tables_of(turn, store, first)
    return Chart(
        title=turn.say("stats.title", month=f"{first:%Y/%m}"),
        tables={
            heading: [
                Bar(name, count or 0, records.shown(turn, count)) for name, count in cells.items()
            ]
            for heading, cells in tables.items()
        },
    )


def _starts(turn: Turn) -> list[time]:
    """Return the office's starts of a day, in its own time."""
    opens, closes = turn.office.hours
    clock, found = datetime.combine(date.min, opens), []
    while clock + turn.office.slot_length <= datetime.combine(date.min, closes):
        found.append(clock.time())
        clock += turn.office.slot_length
    return found
