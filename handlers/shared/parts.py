"""Parts that several cards share."""

from datetime import datetime, timedelta

from models.booking import Booking
from models.chat import Button, Link, Message, Points, button, column
from models.rules.days import local_day
from models.rules.deadlines import Joinable, joinable
from models.turn import Turn

# How long before the start the join link and "I'm in" work.
EARLY = timedelta(minutes=15)
_BULLETS = ("・", "•")


def when_of(turn: Turn, booking: Booking) -> str:
    """Return when a booking is, with its end."""
    return when(turn, booking.starts_at, booking.ends_at)


def headline_of(turn: Turn, booking: Booking) -> str:
    """Say when a booking is, as the largest words of a card."""
    return headline(turn, booking.starts_at, booking.ends_at)


def headline(turn: Turn, start: datetime, end: datetime | None = None) -> str:
    """Say a day, and its time below it, in the office's time zone and the parent's language."""
    return _when(turn, "format.headline", start, end)


def when(turn: Turn, start: datetime, end: datetime | None = None) -> str:
    """Return a start with its end, in the office's time zone and the parent's language."""
    return _when(turn, "format.when", start, end)


def _when(turn: Turn, phrase: str, start: datetime, end: datetime | None) -> str:
    end = end or start + turn.office.slot_length
    zone = turn.office.zone
    return turn.say(
        phrase,
        day=turn.say.day(local_day(start, zone)),
        start=clock_time(turn, start),
        end=turn.say.time(end.astimezone(zone).time()),
    )


def moment(turn: Turn, at: datetime) -> str:
    """Return a day with its weekday and the time, in the office's time zone."""
    return f"{turn.say.day(local_day(at, turn.office.zone))} {clock_time(turn, at)}"


def clock_time(turn: Turn, start: datetime) -> str:
    """Return a start's time of day in the office's time zone."""
    return turn.say.time(start.astimezone(turn.office.zone).time())


def service(turn: Turn, name: str) -> str:
    return turn.say(f"service.{name}")


def office_name(turn: Turn) -> str:
    return turn.office.words(turn.office.name, turn.say.language)


def phone(turn: Turn) -> str:
    """Return the office's phone with its hours."""
    hours = turn.office.words(turn.office.phone_hours, turn.say.language)
    return turn.say("office.phone", phone=turn.office.phone, hours=hours)


def phone_link(turn: Turn) -> Link:
    return Link(turn.say("office.call"), f"tel:{turn.office.phone}")


def join_link(turn: Turn, booking: Booking) -> Link:
    """Return the way in; our own link, never the meeting URL. While the door is still shut, it is
    not what is to be done now."""
    is_open = door_is_open(turn, booking)
    url = turn.links.join(booking)
    return Link(turn.say("booking.join"), url, primary=is_open, in_browser=True)


def door_is_open(turn: Turn, booking: Booking) -> bool:
    """Return whether join and "I'm in" work now."""
    return joinable(booking.starts_at, booking.ends_at, turn.now, EARLY) is Joinable.NOW


def menu_shortcuts(turn: Turn) -> tuple[Button, ...]:
    """Return what one often wants next."""
    return (
        button(turn.say("menu.book"), "book/1"),
        button(turn.say("menu.mine"), "mine/1"),
        button(turn.say("menu.help"), "help/1"),
    )


def menu(turn: Turn, text: str = "") -> Message:
    """Return everything there is, as buttons."""
    return Message(
        title=turn.say("menu.title"),
        text=text or turn.say("menu.text"),
        groups=(
            column(
                button(turn.say("menu.book"), "book/1", primary=True),
                button(turn.say("menu.mine"), "mine/1"),
                button(turn.say("menu.help"), "help/1"),
                button(turn.say("menu.ask"), "ask/1"),
                button(turn.say("menu.office"), "office/1"),
                button(turn.say("language.choose"), "languages/1"),
            ),
        ),
    )


def bulleted(text: str) -> tuple[str, Points | None]:
    """Part a phrase from its lines that begin with a bullet, which are drawn as points."""
    lines = text.splitlines()
    points = tuple(line[1:].strip() for line in lines if line.startswith(_BULLETS))
    rest = "\n".join(line for line in lines if not line.startswith(_BULLETS))
    return rest, Points(points) if points else None


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
