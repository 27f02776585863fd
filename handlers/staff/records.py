"""Records: statistics without small cells, and their export (art. 7(2))."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from handlers.staff import day
from models.booking import Booking
from models.chat import Group, Link, Message, button, column
from models.links import PictureOf
from models.rules.days import at
from models.rules.statistics import without_small_cells
from models.rules.witness import minutes_together
from models.store import Store
from models.store.forms import Purpose
from models.tables import Status
from models.turn import Turn

_MIDNIGHT = time(0)
_STATES = {
    Status.JOINED: "attended",
    Status.COMPLETED: "attended",
    Status.DEEMED_CANCELLED: "absent",
    Status.CANCELLED: "cancelled",
    Status.WITHDRAWN: "withdrawn",
    Status.BOOKED: "open",
    Status.UNDECIDED: "open",
}


def show_statistics(turn: Turn, store: Store, month: date) -> list[Message]:
    """Return a month: how many bookings, what became of them, by service, weekday and hour."""
    first = month.replace(day=1)
    store.audit.note(turn.contact, "stats", turn.now, subject=f"{first:%Y-%m}")
    following = (first + timedelta(days=32)).replace(day=1)
    found, tables = tables_of(turn, store, first)
    small = turn.office.small_cell
    total = len(found) if len(found) >= small or not found else None
    lines = [turn.say("stats.total", n=shown(turn, total))]
    for title, cells in tables.items():
        lines += ["", title, *(f"  {name}: {shown(turn, count)}" for name, count in cells.items())]
    around = [
        button(turn.say("stats.before"), "stats/1", first - timedelta(days=1)),
        button(turn.say("stats.after"), "stats/1", following),
    ]
    more = column(button(turn.say("stats.export"), "export/1", first))
    groups = [Group(tuple(around), columns=2), more]
    title = turn.say("stats.title", month=f"{first:%Y/%m}")
    return [
        day.picture(turn, first, PictureOf.STATISTICS),
        Message(title=title, text="\n".join(lines), groups=tuple(groups)),
    ]


def tables_of(
    turn: Turn, store: Store, first: date
) -> tuple[list[Booking], dict[str, dict[str, int | None]]]:
    """Return a month's bookings, and the tables of what became of them, without small cells."""
    following = (first + timedelta(days=32)).replace(day=1)
    zone = turn.office.zone
    start, end = at(first, _MIDNIGHT, zone), at(following, _MIDNIGHT, zone)
    found = store.agenda.every_between(start, end)
    lasted = _lasted(store, found, start, end)
    met = sorted((each for each in found if each.id in lasted), key=lambda each: lasted[each.id])
    by_weekday = sorted(found, key=lambda each: each.starts_at.astimezone(zone).weekday())
    by_hour = sorted(found, key=lambda each: each.starts_at.astimezone(zone).hour)
    tables: list[tuple[str, list[Booking], Callable[[Booking], str]]] = [
        ("stats.states", found, lambda each: turn.say(f"stats.{_STATES[each.status]}")),
        ("stats.services", found, lambda each: turn.say(f"service.{each.service}")),
        (
            "stats.weekdays",
            by_weekday,
            lambda each: turn.say.weekday(each.starts_at.astimezone(zone).date()),
        ),
        (
            "stats.hours",
            by_hour,
            lambda each: turn.say("stats.hour", hour=each.starts_at.astimezone(zone).hour),
        ),
    ]
    if met:
        tables.append(
            (
                "stats.lasted",
                met,
                lambda each: turn.say("stats.minutes_from", minutes=lasted[each.id] // 10 * 10),
            )
        )
    small = turn.office.small_cell
    return found, {
        turn.say(title): without_small_cells(_count(rows, of), small) for title, rows, of in tables
    }


def _lasted(
    store: Store, bookings: Sequence[Booking], start: datetime, end: datetime
) -> dict[int, int]:
    """Return for how many whole minutes both were there, by booking, as the video service saw
    it."""
    seen = store.rooms.seen_between(start, end)
    found = {
        each.id: minutes_together(seen[each.id], each.starts_at)
        for each in bookings
        if each.id in seen
    }
    return {number: minutes for number, minutes in found.items() if minutes is not None}


def statistics_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_statistics(turn, store, turn.today)


def export(turn: Turn, store: Store, month: date) -> list[Message]:
    """Return a one-time link to the month's bookings as a table for spreadsheets, without names."""
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.EXPORT)
    store.audit.note(turn.contact, "export", turn.now, subject=f"{month:%Y-%m}")
    url = f"{turn.links.desk('export', token)}?month={month:%Y-%m}"
    link = Link(turn.say("stats.export"), url, primary=True)
    return [Message(text=turn.say("stats.export_text"), groups=(column(link),))]


def _count(found: list[Booking], of: Callable[[Booking], str]) -> dict[str, int]:
    return dict(Counter(of(each) for each in found))


def shown(turn: Turn, count: int | None) -> str:
    """Return a count, or that it is too small to be told."""
    return str(count) if count is not None else turn.say("stats.small", n=turn.office.small_cell)
