"""The staff's card of a booking: its state, and what can be done with it now."""

from datetime import timedelta

from handlers.shared import interpreting, parts, witness
from handlers.staff.permission import about
from models.booking import Booking
from models.chat import Button, Group, Message, button, column
from models.errand import ErrandKind
from models.rules.attendance import deadline
from models.rules.days import local_day
from models.sighting import Seen
from models.store import Store
from models.tables import ACTIVE, INTERPRETED, AlertKind, Status
from models.turn import Turn

# The host can open the room so long before the start.
_STARTED_FROM = timedelta(hours=1)
# A room is made within seconds; one that takes longer than this meets some hindrance.
_ROOM_AWAITED = timedelta(minutes=2)


def card(turn: Turn, store: Store, booking: Booking, title: str = "") -> Message:
    """Return one booking with everything that staff can do with it; a reply to it can bring the
    URL."""
    own_title = f"{parts.when_of(turn, booking)}  {turn.say(f'status.{booking.status}')}"
    return Message(
        title=title or own_title,
        facts=_facts(turn, store, booking, with_state=bool(title)),
        groups=tuple(_groups(turn, store, booking)),
        about=about(booking),
    )


def line(turn: Turn, store: Store, booking: Booking) -> str:
    """Return one booking in one line of a list."""
    start = parts.clock_time(turn, booking.starts_at)
    name = store.seekers.masked_name(booking.job_seeker_id)
    status = turn.say(f"status.{booking.status}")
    return "  ".join([start, name, booking.counselor, status, *_lacks(turn, store, booking)])


def _lacks(turn: Turn, store: Store, booking: Booking) -> list[str]:
    """Return what is still to be done for a booking."""
    if booking.status != Status.BOOKED:
        return []
    lacks = [] if booking.meeting_url else [_url_state(turn, store, booking)]
    return lacks + ([] if booking.my_page_posted_at else [turn.say("state.not_posted")])


def _url_state(turn: Turn, store: Store, booking: Booking) -> str:
    """Return whether there is a URL, or a room that is being made or could not be made."""
    if booking.meeting_url:
        return turn.say("state.yes")
    if booking.host is None:
        return turn.say("state.no_url")
    since = turn.now - _ROOM_AWAITED
    is_awaited = store.errands.is_under_way(ErrandKind.KEEP_ROOM, booking.id, since)
    return turn.say("state.room_awaited") if is_awaited else turn.say("state.no_room")


def _facts(
    turn: Turn, store: Store, booking: Booking, *, with_state: bool
) -> tuple[tuple[str, str], ...]:
    """Return what the card says; `with_state` where its title does not say when it is, and how it
    stands."""
    say = turn.say
    past = store.agenda.history_of(booking.job_seeker_id, booking.starts_at)
    person = store.seekers.standing(booking.job_seeker_id, turn.today)
    company = (say("booking.companion"), say(f"companion.{booking.companion}"))
    interpreted = _interpreted(turn, store, booking)
    state = [
        (say("booking.when"), parts.when_of(turn, booking)),
        (say("state.status"), say(f"status.{booking.status}")),
    ]
    facts = [
        *interpreted,
        *(state if with_state else []),
        *_why(turn, store, booking),
        *_told(turn, store, booking),
        (say("state.person"), f"{store.seekers.masked_name(booking.job_seeker_id)}"),
        *([] if interpreted else _speaks(turn, store, booking)),
        (say("state.standing"), say(f"standing.{person}")),
        (say("booking.counselor"), booking.counselor),
        (say("booking.service"), parts.service(turn, booking.service)),
        *([] if interpreted else [company]),
        *_here(turn, store, booking),
        *_device(turn, store, booking),
        (say("state.url"), _url_state(turn, store, booking)),
        (
            say("state.my_page"),
            say("state.posted") if booking.my_page_posted_at else say("state.not_posted"),
        ),
        (say("state.reminder"), say(f"reminder_state.{store.agenda.reminder_state(booking)}")),
        (say("state.history"), say("state.nth", nth=past.before + 1, absences=past.absences)),
        (say("booking.reference"), booking.reference),
    ]
    return tuple(facts)


def _interpreted(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Say that somebody interprets, who brings them, and the language of the parent's chat
    (art. 12(3))."""
    if booking.companion not in INTERPRETED:
        return []
    spoken = interpreting.language_of(turn, store, booking) or turn.say("state.language_unknown")
    said = turn.say(f"state.{booking.companion}", language=spoken)
    return [(turn.say("booking.companion"), said)]


def _speaks(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Return the language of the parent's chat, where it is not the office's."""
    spoken = interpreting.language_of(turn, store, booking)
    return [(turn.say("state.language"), spoken)] if spoken else []


def _told(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Return what the parent has told of their coming: what staff have heard and not seen to, and
    a doubt until it is cleared up. Who comes late is in doubt too, and may come no more."""
    if not is_active(booking):
        return []
    is_late = store.alerts.is_told(booking.id, AlertKind.RUNNING_LATE)
    may_not = (
        store.alerts.is_told(booking.id, AlertKind.MAY_NOT_COME)
        if is_late
        else store.presence.is_in_doubt(booking.id, booking.version)
    )
    told = [AlertKind.RUNNING_LATE] * is_late + [AlertKind.MAY_NOT_COME] * may_not
    label = turn.say("state.heard")
    return [(label, turn.say(f"alert.{each}")) for each in told]


def _here(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Return since when the parent is there, as the video service saw it."""
    since = witness.here_since(store, booking)
    if since is None or booking.status == Status.COMPLETED:
        return []
    key = "state.in_meeting" if since.seen is Seen.JOINED else "state.waits"
    return [(turn.say("state.here"), turn.say(key, since=parts.clock_time(turn, since.at)))]


def _device(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Return what the parent's last try of their device found."""
    check = store.devices.last(booking.id)
    if check is None:
        return []
    say = turn.say
    lacks = "・".join(say(f"device.{part}") for part in check.lacks)
    untried = "・".join(say(f"device.{part}") for part in check.untried)
    found = [
        *([say("state.device_lacks", parts=lacks)] if lacks else []),
        *([say("state.device_untried", parts=untried)] if untried else []),
    ] or [say("state.device_ready")]
    return [(say("state.device"), f"{' '.join(found)} ({parts.moment(turn, check.at)})")]


def can_start(turn: Turn, booking: Booking) -> bool:
    """Return whether the host can go into the booking's room now."""
    opens = booking.starts_at - _STARTED_FROM
    is_on = booking.status in (*ACTIVE, Status.COMPLETED)
    return booking.is_in_room and is_on and opens <= turn.now < booking.ends_at


def _why(turn: Turn, store: Store, booking: Booking) -> list[tuple[str, str]]:
    """Return why a booking is left to staff, where that is known."""
    if booking.status != Status.UNDECIDED:
        return []
    why = turn.say.find(f"alert.{store.bookings.why_undecided(booking.id)}")
    return [(turn.say("state.why"), why)] if why else []


def start_button(turn: Turn, booking: Booking) -> Button:
    """Return the button by which the host goes into the room."""
    return button(turn.say("act.start"), "start/1", booking.id, primary=True)


def _groups(turn: Turn, store: Store, booking: Booking) -> list[Group]:
    """Return the buttons that make sense now, the most likely first."""
    groups = [column(start_button(turn, booking))] if can_start(turn, booking) else []
    by_service = store.bookings.completed_by_service(booking.id)
    groups.append(Group(tuple(_buttons(turn, booking, by_service=by_service)), columns=2))
    day = local_day(booking.starts_at, turn.office.zone)
    more = [
        button(turn.say("act.person"), "person/1", booking.job_seeker_id),
        button(turn.say("act.day"), "agenda/1", day),
    ]
    groups.append(Group(tuple(more), columns=2))
    return [group for group in groups if group.buttons]


def _buttons(turn: Turn, booking: Booking, *, by_service: bool) -> list[Button]:
    say, number = turn.say, booking.id
    url = button(say("act.url"), "url/1", number)
    came, completed = (
        button(say("act.present"), "present/1", number),
        button(say("act.completed"), "completed/1", number),
    )
    absent = button(say("act.absent"), "absent/1", number)
    following = button(say("act.next"), "reserve/1", booking.job_seeker_id, booking.service, 0)
    move = button(say("act.move"), "smove/1", number, 0)
    by_phone = [
        button(say("act.phoned_late"), "phonedlate/1", number),
        button(say("act.by_phone"), "phoned/1", number),
    ]
    withdraw = button(say("act.withdraw"), "officeends/1", number)
    stop = button(say("act.stop"), "stop/1", number)
    post = [] if booking.my_page_posted_at else [button(say("act.my_page"), "mypage/1", number)]
    has_begun = turn.now >= booking.starts_at
    match booking.status:
        case Status.BOOKED | Status.UNDECIDED if has_begun:
            over = turn.now >= deadline(booking.starts_at, turn.office.grace)
            late = [absent] if over else []
            return [came, *late, completed, *by_phone, url, move, withdraw, stop]
        case Status.BOOKED | Status.UNDECIDED:
            soon = turn.now >= booking.starts_at - parts.EARLY
            return [url, *post, *([came] if soon else []), move, *by_phone, withdraw]
        case Status.JOINED:
            return [completed, following, url, move, withdraw, stop]
        case Status.DEEMED_CANCELLED:
            return [button(say("act.undo"), "undo/1", number), following]
        case Status.COMPLETED if by_service:
            return [following, button(say("act.reopen"), "undo/1", number)]
        case _:
            return [following]


def is_active(booking: Booking) -> bool:
    return booking.status in ACTIVE


def open_button(turn: Turn, booking: Booking) -> Button:
    """Return the button that opens a booking's card from a list."""
    label = f"{parts.clock_time(turn, booking.starts_at)} {booking.counselor} {booking.reference}"
    return button(label, "booking/1", booking.id)


def sure(turn: Turn, title: str, text: str, yes: Button, booking: Booking) -> Message:
    """Ask once before something that the parent is told."""
    return Message(
        title=title,
        text=text,
        facts=(
            (turn.say("booking.when"), parts.when_of(turn, booking)),
            (turn.say("booking.reference"), booking.reference),
        ),
        groups=(column(yes, button(turn.say("desk.back"), "booking/1", booking.id)),),
    )
