"""Commands for the calendar: counselors with their shifts, and closures."""

from collections.abc import Callable
from datetime import datetime, time

import click
from sqlalchemy.exc import IntegrityError

from bot.cli.common import give_up, open_database, read_day, read_instant, the_office
from bot.clock import machine_clock
from models.booking import Booking
from models.database import Database, Transaction
from models.office import Office
from models.rules.days import at, end_of_day, local_day
from models.rules.meeting_url import NoRoom, Why, read_room, shown
from models.rules.shift_words import ShiftError, read_shift
from models.rules.slots import Shift
from models.rules.video_user import read_video_user
from models.store.agenda import Agenda
from models.store.audit import Audit, instant
from models.store.calendar import Calendar
from models.store.rooms import Rooms
from models.tables import ACTIVE

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


_NO_ROOM = {
    Why.NOT_ALLOWED: "A meeting URL is plain https:// on one of: {hosts}, without user or port.",
    Why.HOST_LINK: "That is the host's own link: whoever opens it is the host. Give the room's.",
    Why.NO_ROOM: "That address is no room: give the one that participants open.",
}


@click.group()
def counselor() -> None:
    """Manage counselors."""


@counselor.command("add")
@click.argument("name")
@click.option("--meeting-url", help="Where this counselor's consultations take place.")
@click.option("--zoom-user", help="Their user at Zoom, who hosts the rooms: id or e-mail address.")
@click.option("--shift", "shifts", multiple=True, help='Such as "mon-fri 10:00-16:00".')
def add_counselor(
    name: str, meeting_url: str | None, zoom_user: str | None, shifts: tuple[str, ...]
) -> None:
    """Add a counselor with shifts."""
    office = the_office()
    if not name.strip() or len(name) > 60:
        give_up("A counselor's name has 1 to 60 characters.")
    meeting_url, zoom_user = _room(meeting_url, office), _video_user(zoom_user)
    parsed = [row for shift in shifts for row in _shift(shift, office)]
    with open_database() as database:
        try:
            number = database.run_now(
                lambda tx: Calendar(tx, office).add_counselor(
                    name.strip(), meeting_url, parsed, zoom_user
                )
            )
        except IntegrityError:
            give_up(f"There is a counselor named {name} already.")
        _note(database, "add counselor", f"counselor {number}", after=", ".join(shifts))
    for weekday, start, end in parsed:
        click.echo(f"    {_WEEKDAYS[weekday]} {start:%H:%M}-{end:%H:%M}")
    click.echo(f"{name} is added, with {len(parsed)} shifts a week.")
    if not meeting_url and not zoom_user:
        click.echo("Without --zoom-user or --meeting-url, staff must give each booking its URL.")


@counselor.command("list")
def list_counselors() -> None:
    """List the counselors with their meeting URLs and shifts."""
    office = the_office()
    with open_database() as database:
        for each in database.run_now(lambda tx: Calendar(tx, office).counselors_in_full()):
            user = f"  Zoom: {each.video_user}" if each.video_user else ""
            click.echo(f"{each.name}  {shown(each.meeting_url) or 'no meeting URL'}{user}")
            for shift in each.shifts:
                day = _WEEKDAYS[shift.weekday]
                click.echo(f"    {day} {shift.start_time:%H:%M}-{shift.end_time:%H:%M}")


@counselor.command("change")
@click.argument("name")
@click.option("--meeting-url", help="The new meeting URL.")
@click.option("--zoom-user", help="Their user at Zoom; - for none.")
@click.option("--shift", "shifts", multiple=True, help="New shifts, in place of all old ones.")
def change_counselor(
    name: str, meeting_url: str | None, zoom_user: str | None, shifts: tuple[str, ...]
) -> None:
    """Change a counselor's meeting URL, Zoom user or shifts; bookings that no longer fit are
    listed."""
    office = the_office()
    meeting_url = _room(meeting_url, office)
    video_user = None if zoom_user == "-" else _video_user(zoom_user)
    parsed = [row for shift in shifts for row in _shift(shift, office)]
    with open_database() as database:
        number = _number_of(database, office, name)
        if meeting_url and database.run_now(
            lambda tx: Agenda(tx, office).upcoming(number, machine_clock())
        ):
            give_up(
                f"{name} has bookings, whose parents must hear of another URL:"
                " change it by chat (/counselors)."
            )
        database.run_now(
            lambda tx: Calendar(tx, office).change_counselor(number, meeting_url, parsed)
        )
        if zoom_user:
            database.run_now(lambda tx: _set_video_user(tx, office, number, video_user))
            _note(database, "video user", f"counselor {number}", after=video_user or "none")
        if meeting_url:
            _note(database, "counselor url", f"counselor {number}", after="given")
        if shifts:
            _note(database, "add shift", f"counselor {number}", after=", ".join(shifts))
            rules = [Shift(number, *row, None, None) for row in parsed]
            _list_hit(database, office, lambda agenda, now: agenda.outside(number, rules, now))
    click.echo(f"{name} is changed.")


@counselor.command("retire")
@click.argument("name")
def retire_counselor(name: str) -> None:
    """Offer no more slots of a counselor; their bookings are listed, and stay."""
    office = the_office()
    with open_database() as database:
        number = _number_of(database, office, name)
        database.run_now(lambda tx: Calendar(tx, office).retire_counselor(number, machine_clock()))
        _note(database, "retire", f"counselor {number}")
        _list_hit(database, office, lambda agenda, now: agenda.outside(number, [], now))
    click.echo(f"{name} gets no new bookings.")


@counselor.command("resume")
@click.argument("name")
def resume_counselor(name: str) -> None:
    """Offer slots of a counselor again who was retired."""
    office = the_office()
    with open_database() as database:
        retired = database.run_now(lambda tx: Calendar(tx, office).retired())
        number = next((each.id for each in retired if each.name == name), None)
        if number is None:
            give_up(f"No counselor named {name} is retired.")
        database.run_now(lambda tx: Calendar(tx, office).resume_counselor(number))
        _note(database, "resume", f"counselor {number}")
    click.echo(f"{name} gets bookings again.")


@click.group()
def closure() -> None:
    """Manage times without consultations."""


@closure.command("add")
@click.argument("first")
@click.argument("last", required=False)
@click.option("--counselor", "name", help="Only this counselor, not the office.")
@click.option("--reason", default="", help="For staff.")
def add_closure(first: str, last: str | None, name: str | None, reason: str) -> None:
    """Take no consultations from FIRST to LAST: whole days (2026-12-24), or times of the office
    (2026-12-24T13:00)."""
    office = the_office()
    start = _edge(first, office, closing=False)
    end = _edge(last or first, office, closing=True)
    if end <= start:
        give_up("It ends before it begins.")
    with open_database() as database:
        counselor_id = _number_of(database, office, name) if name else None
        database.run_now(
            lambda tx: Calendar(tx, office).add_closure(start, end, reason, counselor_id)
        )
        whose = f"counselor {counselor_id}" if counselor_id else "office"
        _note(database, "close", whose, after=f"{instant(start)} – {instant(end)}")
        _list_hit(
            database,
            office,
            lambda agenda, now: [
                each
                for each in agenda.between(start - office.slot_length, end, counselor_id)
                if each.status in ACTIVE and each.ends_at > start and each.starts_at > now
            ],
        )
    click.echo(f"No consultations from {start:%F %H:%M} to {end:%F %H:%M}.")


@closure.command("list")
def list_closures() -> None:
    """List the closures that are not over."""
    office = the_office()
    with open_database() as database:
        every = database.run_now(lambda tx: Calendar(tx, office).every_counselor())
        names = {each.id: each.name for each in every}
        for each in database.run_now(
            lambda tx: Calendar(tx, office).closures_from(machine_clock())
        ):
            start, until = (
                f"{edge.astimezone(office.zone):%F %H:%M}"
                for edge in (each.starts_at, each.ends_at)
            )
            whose = names[each.counselor_id] if each.counselor_id else "the office"
            click.echo(f"{each.id}  {start} to {until}  {whose}  {each.reason}".rstrip())


@closure.command("remove")
@click.argument("number", type=int)
def remove_closure(number: int) -> None:
    """Open again: take back the closure of this number (see: closure list)."""
    office = the_office()
    with open_database() as database:
        removed = database.run_now(lambda tx: Calendar(tx, office).remove_closure(number))
        if not removed:
            give_up(f"There is no closure {number}.")
        _note(database, "open", f"closure {number}")
    click.echo("Removed.")


def _note(database: Database, what: str, subject: str, *, after: str = "") -> None:
    """Put on record what is done by command."""
    now = machine_clock()
    database.run_now(lambda tx: Audit(tx).note(None, what, now, subject=subject, after=after))


def _list_hit(
    database: Database, office: Office, hit: Callable[[Agenda, datetime], list[Booking]]
) -> None:
    """List the bookings that a change has hit: nobody is told by a command."""
    now = machine_clock()
    for each in database.run_now(lambda tx: hit(Agenda(tx, office), now)):
        start = each.starts_at.astimezone(office.zone)
        click.echo(f"This booking is hit and stays: {each.reference}, {start:%F %H:%M}.")
        click.echo(f"    Move or cancel it in a staff chat: /find {each.reference}")


def _room(meeting_url: str | None, office: Office) -> str | None:
    if not meeting_url:
        return None
    try:
        return read_room(meeting_url, office.video.hosts)
    except NoRoom as error:
        give_up(_NO_ROOM[error.why].format(hosts=", ".join(office.video.hosts)))


def _video_user(text: str | None) -> str | None:
    if not text:
        return None
    user = read_video_user(text)
    if user is None:
        give_up("A Zoom user is an id or an e-mail address at Zoom.")
    return user


def _set_video_user(
    tx: Transaction, office: Office, counselor_id: int, video_user: str | None
) -> None:
    """Let the rooms of bookings to come follow."""
    Calendar(tx, office).set_video_user(counselor_id, video_user)
    now = machine_clock()
    for changed in Agenda(tx, office).not_over(counselor_id, now):
        Rooms(tx).keep(changed, now)


def _shift(text: str, office: Office) -> list[tuple[int, time, time]]:
    try:
        shift = read_shift(text, local_day(machine_clock(), office.zone))
    except ShiftError as error:
        give_up(str(error))
    if shift.from_day or shift.until_day:
        give_up('Shifts for some time only are given in chat: counselor, then "add a shift".')
    return [(weekday, shift.start, shift.end) for weekday in shift.weekdays]


def _edge(text: str, office: Office, *, closing: bool) -> datetime:
    """Return the beginning or end of a closure: of a whole day, or a time of the office."""
    if "T" not in text:
        day = read_day(text)
        return end_of_day(day, office.zone) if closing else at(day, time(0), office.zone)
    return read_instant(text, office.zone)


def _number_of(database: Database, office: Office, name: str) -> int:
    known = database.run_now(lambda tx: Calendar(tx, office).counselors())
    for each in known:
        if each.name == name:
            return each.id
    give_up(f"There is no counselor named {name}: {', '.join(each.name for each in known)}.")
