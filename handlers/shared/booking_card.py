"""The card of a booking: its facts, what to have ready, and the buttons that make sense now."""

from collections.abc import Sequence

from handlers.shared import parts
from models.booking import Booking
from models.chat import Button, Group, Link, Message, Points, button, column
from models.rules.attendance import counts_as_contact
from models.rules.deadlines import day_before, may_cancel
from models.tables import Companion
from models.turn import Turn


def confirmation(turn: Turn, booking: Booking, title: str) -> Message:
    """Return everything a parent needs of a booking; after the reminder hour also what the reminder
    would have said."""
    remind_at = day_before(booking.starts_at, turn.office.reminder_at, turn.office.zone)
    is_too_late = turn.now >= remind_at
    if is_too_late:
        text, points = how_and_rule(turn, booking), what_to_have_ready(turn)
    else:
        ready = turn.say("booking.ready_short", app=turn.office.video.name)
        text, points = "\n".join([ready, how_to_enter(turn, booking), rule(turn)]), None
    text = "\n".join(filter(None, [_interpreter(turn, booking), text]))
    return Message(
        title=title,
        headline=parts.headline_of(turn, booking),
        text=text,
        points=points,
        facts=booking_facts(turn, booking),
        groups=(
            column(
                device_check(turn, booking),
                *([video_test(turn)] if is_too_late else []),
                _calendar(turn, booking),
                parts.join_link(turn, booking),
                _more(turn, booking),
            ),
            ways_to_change(turn, booking),
        ),
        shortcuts=parts.menu_shortcuts(turn),
    )


def card(turn: Turn, found: Booking) -> Message:
    """Show a booking with the buttons that make sense now; the others behind "more"."""
    at_the_door: list[Button | Link] = [parts.join_link(turn, found)]
    if parts.door_is_open(turn, found):
        at_the_door.append(button(turn.say("arriving.here"), "here/1", found.id))
    if in_contact_window(turn, found):
        at_the_door.append(button(turn.say("arriving.late"), "late/1", found.id))
    groups = [column(*at_the_door, _more(turn, found))]
    if may_cancel(found.starts_at, turn.acted_at):
        groups.append(ways_to_change(turn, found))
    remind_at = day_before(found.starts_at, turn.office.reminder_at, turn.office.zone)
    # A room that is not there by now is not promised.
    is_late = turn.now >= remind_at and not found.meeting_url
    entering = how_to_enter(turn, found._replace(host=None) if is_late else found)
    return Message(
        title=turn.say(f"mine.{found.status}"),
        headline=parts.headline_of(turn, found),
        text="\n".join(filter(None, [_interpreter(turn, found), entering])),
        facts=booking_facts(turn, found),
        groups=tuple(groups),
        shortcuts=parts.menu_shortcuts(turn),
    )


def _company(turn: Turn, booking: Booking) -> str:
    if booking.companion is Companion.OUR_INTERPRETER:
        return turn.say("companion.asked")
    return turn.say(f"companion.{booking.companion}")


def _interpreter(turn: Turn, booking: Booking) -> str:
    """Return what happens next about an interpreter whom the office is asked for."""
    is_wanted = booking.companion is Companion.OUR_INTERPRETER and turn.now < booking.starts_at
    return turn.say("companion.we_look") if is_wanted else ""


def preparation(turn: Turn, found: Booking) -> Message:
    """Show what to have ready, how to cancel, and what is seldom changed: behind "more"."""
    company = (
        [button(turn.say("companion.change"), "company/1", found.id)]
        if may_cancel(found.starts_at, turn.acted_at)
        else []
    )
    return Message(
        title=turn.say("ready.title"),
        headline=parts.headline_of(turn, found),
        text="\n".join([turn.say("booking.how_to_cancel"), rule(turn)]),
        points=what_to_have_ready(turn, heading=""),
        groups=(
            column(
                device_check(turn, found),
                video_test(turn),
                _calendar(turn, found),
                *company,
                button(turn.say("menu.mine"), "show/1", found.id),
            ),
        ),
    )


def ways_to_change(turn: Turn, booking: Booking) -> Group:
    """Return the buttons to move and to cancel, side by side."""
    return Group(
        (
            button(turn.say("booking.move"), "move/1", booking.id, 0),
            button(turn.say("booking.cancel"), "cancel/1", booking.id),
        ),
        columns=2,
    )


def cards_of(turn: Turn, mine: Sequence[Booking]) -> list[Message]:
    """Return one booking as its card, several as a list to choose from."""
    if len(mine) == 1:
        return [card(turn, mine[0])]
    choices = [button(parts.when_of(turn, each), "show/1", each.id) for each in mine]
    return [Message(title=turn.say("mine.title"), groups=(column(*choices),))]


def over(turn: Turn, found: Booking) -> Message:
    """Return what became of a booking whose time is past or that was ended."""
    return Message(
        title=turn.say(f"over.{found.status}"),
        headline=parts.headline_of(turn, found),
        groups=(
            column(
                button(turn.say("menu.book"), "book/1", primary=True),
                button(turn.say("menu.mine"), "mine/1"),
            ),
        ),
    )


def past(turn: Turn, booking: Booking) -> Message:
    """Return what somebody hears who wants something of a booking whose time is past."""
    return Message(
        title=turn.say(f"over.{booking.status}"),
        headline=parts.headline_of(turn, booking),
        text=turn.say("arriving.past", phone=parts.phone(turn)),
        groups=(column(button(turn.say("menu.book"), "book/1"), parts.phone_link(turn)),),
    )


def booking_facts(turn: Turn, booking: Booking) -> tuple[tuple[str, str], ...]:
    """Return what identifies a booking beside its date (art. 6(4)); nothing personal."""
    return (
        (turn.say("booking.service"), parts.service(turn, booking.service)),
        (turn.say("booking.counselor"), booking.counselor),
        (turn.say("booking.place"), turn.say("booking.place_video", app=turn.office.video.name)),
        (turn.say("booking.companion"), _company(turn, booking)),
        (turn.say("booking.reference"), booking.reference),
    )


def what_to_have_ready(turn: Turn, heading: str | None = None) -> Points:
    """List what the reminder does, and a confirmation that comes too late for one (arts. 3, 5,
    12(2) to 12(5))."""
    app = turn.office.video.name
    items = (
        turn.say("ready.video", app=app),
        turn.say("ready.device"),
        turn.say("ready.room"),
        turn.say("ready.recording"),
        turn.say("ready.cost"),
    )
    return Points(items, turn.say("ready.title") if heading is None else heading)


def how_and_rule(turn: Turn, booking: Booking) -> str:
    """Say how to enter, how to cancel, and the 10-minute rule."""
    cancel = turn.say("booking.how_to_cancel")
    return "\n".join([how_to_enter(turn, booking), cancel, rule(turn)])


def rule(turn: Turn) -> str:
    """Return the 10-minute rule (art. 6(6)), said where it matters."""
    return turn.say("booking.rule", minutes=turn.office.grace_minutes)


def how_to_enter(turn: Turn, booking: Booking) -> str:
    """Return how the parent gets in, or plainly that there is no URL yet (art. 6(4))."""
    # A room that is being made is there long before the parent comes.
    if booking.meeting_url or booking.host is not None:
        return turn.say("booking.enter", minutes=parts.minutes(parts.EARLY))
    return turn.say("booking.no_url", phone=parts.phone(turn))


def device_check(turn: Turn, booking: Booking) -> Link:
    """Return where the parent tries camera, microphone, speaker and connection (arts. 2(2),
    12(4))."""
    is_next = not parts.door_is_open(turn, booking)
    url = turn.links.device(booking)
    return Link(turn.say("device.title"), url, primary=is_next, in_browser=True)


def video_test(turn: Turn) -> Link:
    return Link(turn.say("ready.test", app=turn.office.video.name), turn.office.video.test_url)


def in_contact_window(turn: Turn, booking: Booking) -> bool:
    """Return whether an act of this turn holds the booking."""
    office = turn.office
    return counts_as_contact(
        booking.starts_at, turn.acted_from, turn.acted_at, office.contact_window, office.grace
    )


def _calendar(turn: Turn, booking: Booking) -> Link:
    return Link(turn.say("booking.calendar"), turn.links.calendar_file(booking), in_browser=True)


def out_of_calendar(turn: Turn, booking: Booking) -> Link:
    """Return the same file, which now takes the consultation out of the parent's own calendar."""
    url = turn.links.calendar_file(booking)
    return Link(turn.say("booking.out_of_calendar"), url, in_browser=True)


def _more(turn: Turn, booking: Booking) -> Button:
    return button(turn.say("booking.more"), "ready/1", booking.id)
