"""The day: bookings in order of time, with their state and what can be done."""

import re
from datetime import date, time, timedelta

from handlers.shared import parts
from handlers.staff import cards, desk
from handlers.staff.permission import booking_of, is_admin, may_act_on
from models.booking import Booking
from models.chat import Group, Message, button, column
from models.links import Picture, PictureOf
from models.rules.days import at, end_of_day, is_business_day
from models.rules.typed_dates import read_day
from models.store import Store
from models.store.calendar import Counselor
from models.tables import Status
from models.text import plain
from models.turn import Turn

# LINE takes five messages a request: the list, and the cards of those who come next.
_CARDS = 4
_LISTED = 60
# As many counselors as one picture of a week can hold and still be read on a phone.
IN_A_PICTURE = 3
# A day without a year that lies further ahead than this is one that has just been.
_FAR_AHEAD = timedelta(days=180)


def today(turn: Turn, store: Store) -> list[Message]:
    return show_day(turn, store, turn.today)


def tomorrow(turn: Turn, store: Store) -> list[Message]:
    return show_day(turn, store, turn.today + timedelta(days=1))


def today_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return today(turn, store)


def tomorrow_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return tomorrow(turn, store)


def day_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Return the day that was typed, however it was written."""
    day = read_day(plain(words), turn.today)
    if day is None:
        return [desk.menu(turn, turn.say("day.which"))]
    if day - turn.today > _FAR_AHEAD and not re.search(r"\d{4}|年", words):
        day = read_day(plain(f"{day.year - 1}/{day.month}/{day.day}"), turn.today) or day
    return show_day(turn, store, day)


def show_day(turn: Turn, store: Store, day: date) -> list[Message]:
    """Return the list of a day, with the cards of those who come next."""
    bookings = listed_on(turn, store, day)
    return [overview(turn, store, day, bookings), *_next_cards(turn, store, bookings)]


def listed_on(turn: Turn, store: Store, day: date) -> list[Booking]:
    """Return the same as of_day, and what was cancelled: it stays on the list, so that nobody
    waits."""
    zone = turn.office.zone
    every = store.agenda.every_between(at(day, time(0), zone), end_of_day(day, zone))
    return [each for each in every if may_act_on(turn, each)]


def of_day(turn: Turn, store: Store, day: date) -> list[Booking]:
    """Return the bookings of a day that are this staff member's business, in order of time."""
    zone = turn.office.zone
    return store.agenda.between(
        at(day, time(0), zone),
        end_of_day(day, zone),
        None if is_admin(turn) else turn.contact.counselor_id,
    )


def overview(turn: Turn, store: Store, day: date, bookings: list[Booking]) -> Message:
    """Return a day in one message, with a button for each booking."""
    shown = bookings[:_LISTED]
    count = sum(each.status not in (Status.CANCELLED, Status.WITHDRAWN) for each in bookings)
    lines = [cards.line(turn, store, each) for each in shown]
    if len(bookings) > len(shown):
        lines.append(turn.say("day.more", n=len(bookings) - len(shown)))
    if not bookings:
        key = "day.none" if is_business_day(day) else "day.closed"
        lines = [turn.say(key)]
    around = [
        button(turn.say("day.before"), "agenda/1", day - timedelta(days=1)),
        button(turn.say("day.after"), "agenda/1", day + timedelta(days=1)),
    ]
    opening = tuple(cards.open_button(turn, each) for each in shown)
    groups = [Group(opening, columns=1)] if opening else []
    return Message(
        title=turn.say("day.title", day=with_year(turn, day), n=count),
        text="\n".join(lines),
        groups=(*groups, Group(tuple(around), columns=2)),
        in_place=True,
    )


def with_year(turn: Turn, day: date) -> str:
    """Return a day, with its year where that is not this one."""
    return turn.say.day(day) + ("" if day.year == turn.today.year else f" {day.year}")


def show_week(turn: Turn, store: Store, monday: date) -> list[Message]:
    """Return a week in one message: how many each day, with a button for each."""
    days = [monday + timedelta(days=ahead) for ahead in range(5)]
    choices = []
    for day in days:
        bookings = of_day(turn, store, day)
        label = turn.say("week.day", day=turn.say.short_day(day), n=len(bookings))
        choices.append(button(label, "agenda/1", day))
    around = [
        button(turn.say("week.before"), "week/1", monday - timedelta(days=7)),
        button(turn.say("week.after"), "week/1", monday + timedelta(days=7)),
    ]
    parts = range(max(1, -(-len(shown_in_week(turn, store, monday)) // IN_A_PICTURE)))
    return [
        *(picture(turn, monday, PictureOf.WEEK, part) for part in parts),
        Message(
            title=turn.say("week.title", day=with_year(turn, monday)),
            groups=(column(*choices), Group(tuple(around), columns=2)),
        ),
    ]


def shown_in_week(turn: Turn, store: Store, monday: date) -> list[Counselor]:
    """Return whose week is drawn: who works here, and who does no more but still has a booking; for
    a counselor their own."""
    start = at(monday, time(0), turn.office.zone)
    booked = store.agenda.between(start, start + timedelta(days=5), None)
    here = {each.id for each in store.calendar.counselors()}
    here |= {each.counselor_id for each in booked}
    return [
        each
        for each in store.calendar.every_counselor()
        if each.id in here and (is_admin(turn) or each.id == turn.contact.counselor_id)
    ]


def show_month(turn: Turn, store: Store, first: date) -> list[Message]:
    """Return a month as a picture, with a button for each of its weeks."""
    first = first.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    following = (first + timedelta(days=32)).replace(day=1)
    weeks = []
    while monday < following:
        weeks.append(
            button(turn.say("month.week", day=turn.say.short_day(monday)), "week/1", monday)
        )
        monday += timedelta(days=7)
    around = [
        button(turn.say("stats.before"), "month/1", first - timedelta(days=1)),
        button(turn.say("stats.after"), "month/1", following),
    ]
    return [
        picture(turn, first, PictureOf.MONTH),
        Message(title=f"{first:%Y/%m}", groups=(column(*weeks), Group(tuple(around), columns=2))),
    ]


def month_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Return the month of a typed day; without one, this month."""
    day = read_day(plain(words), turn.today) if words else turn.today
    return show_month(turn, store, day) if day else [desk.menu(turn, turn.say("day.which"))]


def picture(turn: Turn, first: date, of: PictureOf, part: int = 0) -> Message:
    """Return a picture for the staff member who asks."""
    staff_id, secret = turn.contact.staff_id, turn.contact.staff_secret
    assert staff_id is not None
    assert secret is not None
    return Message(picture=turn.links.picture(Picture(staff_id, first, of, part), secret))


def week_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Return the week of a typed day; without one, this week, and from Saturday on the next."""
    day = read_day(plain(words), turn.today) if words else turn.today
    if day is None:
        return [desk.menu(turn, turn.say("day.which"))]
    if not words and day.weekday() >= 5:
        day += timedelta(days=2)
    return show_week(turn, store, day - timedelta(days=day.weekday()))


def this_week(turn: Turn, store: Store) -> list[Message]:
    return week_command(turn, store, "")


def show_booking(turn: Turn, store: Store, booking_id: int) -> list[Message]:
    """Show one booking's card."""
    return [cards.card(turn, store, booking_of(turn, store, booking_id))]


def _next_cards(turn: Turn, store: Store, bookings: list[Booking]) -> list[Message]:
    to_come = [
        each for each in bookings if cards.is_active(each) and each.ends_at + parts.EARLY > turn.now
    ]
    return [cards.card(turn, store, each) for each in to_come[:_CARDS]]
