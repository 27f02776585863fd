"""What needs staff: alerts that are told at once or wait for the day's list."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from handlers.parents import cards as parents_cards
from handlers.parents import typed
from handlers.staff import cards, terms
from handlers.staff.permission import booking_of, is_admin
from locales import Phrases
from models.chat import Button, Did, Group, Message, NotAButton, button, column
from models.rules.days import local_day
from models.rules.deadlines import next_working_day
from models.rules.hearing import Closed
from models.store import Store
from models.store.alerts import Alert
from models.store.staff import Member
from models.tables import DECISIONS, AlertKind, Status
from models.text import shortened
from models.turn import Turn

_A_MESSAGE = 10
_MOST_MESSAGES = 4
_AT_ONCE = 50
_IN_DIGEST = 5
# A doubt is often cleared up, or ends in a cancellation, within minutes.
SETTLES_WITHIN = {
    AlertKind.MAY_NOT_COME: timedelta(minutes=5),
    AlertKind.WROTE: timedelta(seconds=20),
}

# What a counselor hears of at once where it changes their day or the next working day. Nothing is
# to be done about it, so it stands on no list.
_NEWS = (
    AlertKind.BACK,
    AlertKind.CANCELLED,
    AlertKind.COMES_AFTER_ALL,
    AlertKind.WITHDRAWN,
    AlertKind.MOVED,
    AlertKind.MOVED_AWAY,
)
# What is of no use any more once the consultation is over.
_PAST = (
    *(
        AlertKind.CAME_WITHOUT_URL,
        AlertKind.CANCEL_AFTER_START,
        AlertKind.IS_HERE,
        AlertKind.MAY_NOT_COME,
        AlertKind.NO_URL,
    ),
    *(
        AlertKind.NOT_IN_MY_PAGE,
        AlertKind.REMINDED_WITHOUT_URL,
        AlertKind.REMINDER_BY_PHONE,
        AlertKind.REMINDER_EXPIRED,
    ),
    *(
        AlertKind.REMINDER_NOT_DELIVERED,
        AlertKind.REMINDER_UNCERTAIN,
        AlertKind.RUNNING_LATE,
        AlertKind.SAME_ROOM,
        AlertKind.TO_MOVE,
    ),
    *(
        AlertKind.SAYS_HERE_LATE,
        AlertKind.NEWS_NOT_DELIVERED,
        AlertKind.NEWS_UNCERTAIN,
        AlertKind.WITHDRAWN_BY_PHONE,
    ),
)
# Beside these stand the parent's words.
_LONGEST_WORDS = 120
# What was written longer before an alert is not what it speaks of.
_WORDS_OF = timedelta(minutes=10)
_WORDS_TO_DECIDE_BY = timedelta(days=3)
_MOST_WORDS = 3
_WITH_WORDS = (
    *(
        AlertKind.IS_HERE,
        AlertKind.MAY_NOT_COME,
        AlertKind.RUNNING_LATE,
        AlertKind.SAYS_HERE_LATE,
        AlertKind.WROTE,
    ),
    *(AlertKind.DECIDE_CONTACT, AlertKind.DECIDE_UNHEARD, AlertKind.COMES_AFTER_ALL),
)

# Every kind, and whether somebody must know at once: a parent waits, or a phone call helps.
URGENT = {
    AlertKind.ANSWER_REFUSED: False,
    AlertKind.ANSWER_UNCERTAIN: False,
    AlertKind.BACK: True,
    AlertKind.CAME_LATE: True,
    AlertKind.CAME_WITHOUT_URL: True,
    AlertKind.COMES_AFTER_ALL: True,
    AlertKind.CANCEL_AFTER_START: True,
    AlertKind.CANCELLED: True,
    AlertKind.DEAF: True,
    AlertKind.DECIDE_ANEW: False,
    AlertKind.DECIDE_CONTACT: True,
    AlertKind.DECIDE_FAILED: True,
    AlertKind.DECIDE_NO_CHAT: False,
    AlertKind.DECIDE_NO_URL: True,
    AlertKind.DECIDE_NOT_TOLD: True,
    AlertKind.DECIDE_RAW_URL: True,
    AlertKind.DECIDE_RESTORED: True,
    AlertKind.DECIDE_UNHEARD: True,
    AlertKind.DECIDE_UNWATCHED: True,
    AlertKind.DEEMED_CANCELLED: True,
    AlertKind.DEEMED_NOT_DELIVERED: False,
    AlertKind.DEEMED_UNCERTAIN: False,
    AlertKind.EVENT_FAILED: False,
    AlertKind.IS_HERE: True,
    AlertKind.MAY_NOT_COME: True,
    AlertKind.MOVED: True,
    AlertKind.MOVED_AWAY: True,
    AlertKind.NEWS_NOT_DELIVERED: False,  # the one who asked for it hears of it
    AlertKind.NEWS_UNCERTAIN: False,
    AlertKind.NO_URL: True,
    AlertKind.NOT_IN_MY_PAGE: True,
    AlertKind.QUOTA_GONE: True,
    AlertKind.QUOTA_LOW: True,
    AlertKind.REINSTATED: True,
    AlertKind.REMINDED_WITHOUT_URL: True,
    AlertKind.REMINDER_BY_PHONE: False,
    AlertKind.REMINDER_EXPIRED: True,
    AlertKind.REMINDER_NOT_DELIVERED: True,
    AlertKind.REMINDER_UNCERTAIN: True,
    AlertKind.RETENTION_HELD: True,
    AlertKind.REVIEWED_NOT_DELIVERED: True,
    AlertKind.REVIEWED_UNCERTAIN: True,
    AlertKind.RUNNING_LATE: True,
    AlertKind.SAME_REGISTRATION: True,
    AlertKind.SAYS_HERE_LATE: True,
    AlertKind.SAME_ROOM: True,
    AlertKind.TO_MOVE: False,
    AlertKind.TOKEN_REFUSED: True,
    AlertKind.WITHDRAWN: True,
    AlertKind.WITHDRAWN_BY_PHONE: True,
    AlertKind.WROTE: True,
}


def in_words(say: Phrases, alert: Alert, when: str) -> str:
    """An alert in one line: what, which booking, when."""
    words = say(f"alert.{alert.kind}")
    if alert.detail:
        words = f"{words}: {_detail(say, alert.detail)}"
    if alert.reference is None:
        return words
    return f"{words}  {when} {alert.reference} {alert.counselor}"


def _detail(say: Phrases, detail: str) -> str:
    """What fills an alert's words; a way in is named as people know it."""
    way, space, rest = detail.partition(" ")
    named = say.find(f"way.{way}")
    return f"{named}{space}{rest}" if named else detail


def tell_deaf(turn: Turn, store: Store, deaf: Sequence[Closed]) -> None:
    """Raise each way in that does not work at this moment; one that works again is settled."""
    ways = {each.way: each.why for each in deaf}
    for way, why in ways.items():
        detail = f"{way} ({why})" if why else way
        store.alerts.tell(AlertKind.DEAF, turn.now, subject=f"way {way}", detail=detail)
    for alert in store.alerts.open():
        if alert.kind == AlertKind.DEAF and alert.detail.partition(" ")[0] not in ways:
            store.alerts.close_one(alert.id, turn.now)


def show_open(turn: Turn, store: Store) -> list[Message]:
    """What is open, each to be looked at and ticked off: all that is urgent, then as much of the
    rest as fits; what is left out is counted."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    if not found and not untold:
        return [Message(text=turn.say("needs.nothing"))]
    urgent = sum(URGENT[each.kind] for each in found)
    most = _A_MESSAGE * _MOST_MESSAGES
    shown = found[: min(max(urgent, _A_MESSAGE), most)]
    title = turn.say("needs.title", n=len(found) + len(untold))
    messages: list[Message] = []
    for at in range(0, len(shown), _A_MESSAGE):
        part = list(enumerate(shown[at : at + _A_MESSAGE], at + 1))
        messages.append(
            Message(
                title="" if messages else title,
                text="\n".join(f"{n}. {_line(turn, each)}" for n, each in part),
                groups=tuple(_buttons_of(turn, store, n, each) for n, each in part),
                in_place=not messages,
            )
        )
    lines = [f"・{line}" for line, _ in untold]
    if left := len(found) - len(shown):
        lines.append(turn.say("needs.left", n=left))
    rows = [
        button(turn.say("terms_desk.open", version=version), "version/1", version)
        for _, version in untold
    ]
    if lines:
        groups = (column(*rows),) if rows else ()
        messages.append(
            Message(title="" if messages else title, text="\n".join(lines), groups=groups)
        )
    return messages


def _buttons_of(turn: Turn, store: Store, number: int, alert: Alert) -> Group:
    """The buttons of one line of the list: seen to, and the booking or the person that it is
    about."""
    buttons = [_done(turn, alert, number)]
    seeker = _seeker(store, alert)
    if alert.booking_id is not None:
        buttons.append(
            button(turn.say("needs.open_number", n=number), "booking/1", alert.booking_id)
        )
    elif alert.kind == AlertKind.SAME_REGISTRATION and seeker and store.persons.open_claims(seeker):
        buttons = [button(turn.say("claim.open_number", n=number), "claim/1", seeker)]
    elif alert.kind == AlertKind.RETENTION_HELD:
        buttons.append(button(turn.say("tidy.allow"), "tidy/1", alert.id))
    elif seeker is not None:
        buttons.append(button(turn.say("needs.person", n=number), "person/1", seeker))
    return Group(tuple(buttons), columns=2)


def needs_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_open(turn, store)


def done(turn: Turn, store: Store, alert_id: int) -> list[Message]:
    """Tick one off."""
    found = store.alerts.by_id(alert_id)
    if found is None or found not in _mine(turn, store):
        if found is None:
            raise NotAButton("no such alert")
        return show_open(turn, store)
    if found.kind in DECISIONS and found.booking_id is not None:
        booking = booking_of(turn, store, found.booking_id)
        if booking.status == Status.UNDECIDED:  # ticking it off decides nothing
            return [cards.card(turn, store, booking, turn.say("needs.decide_first"))]
    store.alerts.close_one(alert_id, turn.now)
    store.audit.note(
        turn.contact, "done", turn.now, subject=f"alert {alert_id}", before=str(found.kind)
    )
    return show_open(turn, store)


def tell_untold(turn: Turn, store: Store) -> None:
    """Tell staff what they must know at once; the rest waits for the list, and what is past is
    closed."""
    store.alerts.close_past(_PAST, turn.now)
    for alert in store.alerts.untold(_AT_ONCE):
        if _may_wait(turn, alert) and turn.now - alert.at < SETTLES_WITHIN.get(
            alert.kind, timedelta(0)
        ):
            continue
        if not store.alerts.take(alert.id, turn.now):
            continue
        if alert.kind in _NEWS:
            if _is_soon(turn, alert):
                _tell(turn, store, alert)
            store.alerts.close_one(alert.id, turn.now)
        elif URGENT[alert.kind] and not alert.is_closed:
            _tell(turn, store, alert)


def _may_wait(turn: Turn, alert: Alert) -> bool:
    """Whether what may settle by itself has the time to: around the start nothing has."""
    window = turn.office.contact_window
    return (
        alert.starts_at is None
        or alert.kind == AlertKind.WROTE
        or turn.now < alert.starts_at - window
    )


def _is_soon(turn: Turn, alert: Alert) -> bool:
    """Whether a change concerns today or the next working day, by its old or its new time."""
    zone, last = turn.office.zone, next_working_day(turn.today)
    times = [alert.starts_at] if alert.starts_at else []
    if alert.kind in (AlertKind.MOVED, AlertKind.MOVED_AWAY):
        times.append(_was_at(alert))
    return any(turn.today <= local_day(each, zone) <= last for each in times)


def _was_at(alert: Alert) -> datetime:
    """The time (UTC) from which a booking was moved."""
    return datetime.strptime(alert.detail, "%Y-%m-%d %H:%MZ").replace(tzinfo=UTC)


def _concerned(store: Store, alert: Alert) -> list[Member]:
    """Whose business an alert is, but theirs who did what it speaks of. News of a day is its
    counselor's; without a chat of theirs, the admins'."""
    members = store.staff.concerned(alert.counselor_id)
    if alert.kind in _NEWS:
        own = [each for each in members if each.counselor_id == alert.counselor_id]
        members = own or members
    return [each for each in members if each.id != alert.by_staff_id]


def _tell(turn: Turn, store: Store, alert: Alert) -> None:
    """Write an urgent alert to those whose business it is."""
    for member in _concerned(store, alert):
        to = turn.to(store.contacts.by_id(member.contact_id))
        about = f"booking {alert.booking_id}" if alert.booking_id is not None else ""
        message = Message(
            text="\n".join([_line(to, alert), *_words(to, store, alert)]),
            groups=(column(*_told_buttons(to, store, alert)),),
            about=about,
        )
        to.write("alert", message)


def _told_buttons(to: Turn, store: Store, alert: Alert) -> list[Button]:
    """What can be done about an alert that is told at once."""
    buttons = [] if alert.kind in _NEWS else [_done(to, alert, alert.reference or "")]
    if alert.booking_id is not None:
        buttons.insert(0, button(to.say("needs.open"), "booking/1", alert.booking_id))
    if alert.booking_id is not None and alert.kind == AlertKind.IS_HERE:
        let_in = button(to.say("act.let_in"), "undo/1", alert.booking_id, primary=True)
        buttons.insert(0, let_in)
    if alert.kind == AlertKind.SAME_REGISTRATION and (seeker := _seeker(store, alert)) is not None:
        return [button(to.say("claim.open"), "claim/1", seeker, primary=True)]
    if alert.kind == AlertKind.RETENTION_HELD:
        buttons.insert(0, button(to.say("tidy.allow"), "tidy/1", alert.id))
    return buttons


def _done(turn: Turn, alert: Alert, which: object) -> Button:
    return button(turn.say("needs.done", which=which).strip(), "done/1", alert.id)


def _seeker(store: Store, alert: Alert) -> int | None:
    return store.contacts.by_id(alert.contact_id).job_seeker_id if alert.contact_id else None


def _words(to: Turn, store: Store, alert: Alert) -> list[str]:
    """What the parent wrote last, where staff are to see it: without numbers, and without the
    name, which no chat carries. Who gave the number of somebody known is named as such."""
    if alert.kind not in _WITH_WORDS or alert.booking_id is None:
        return []
    booking = store.bookings.by_id(alert.booking_id)
    assert booking is not None
    is_decision = alert.kind in DECISIONS
    since = min(alert.at, to.now) - (_WORDS_TO_DECIDE_BY if is_decision else _WORDS_OF)
    kept = [
        (event.acted_at, event.text, each == booking.job_seeker_id)
        for each in store.persons.maybe_same(booking.job_seeker_id)
        for chat in store.contacts.of_seeker(each)
        for event in store.inbox.kept_of(chat.id)
        if event.did is Did.SAID and event.acted_at > since
    ]
    details = store.seekers.details(booking.job_seeker_id)
    names = sorted((*details.name.split(), *details.reading.split()), key=len, reverse=True)
    lines = []
    for _, written, is_own in sorted(kept)[-_MOST_WORDS:]:
        text = typed.without_personal_numbers(written)
        for part in names:
            text = text.replace(part, "○")
        quoted = f"「{shortened(text, _LONGEST_WORDS)}」"
        lines.append(quoted if is_own else to.say("needs.unconfirmed", words=quoted))
    return lines


def _mine(turn: Turn, store: Store) -> list[Alert]:
    """The open ones that are this staff member's business, the urgent ones first."""
    mine = [
        alert
        for alert in store.alerts.open()
        if alert.kind not in _NEWS
        and (is_admin(turn) or alert.counselor_id == turn.contact.counselor_id is not None)
    ]
    return sorted(mine, key=lambda each: not URGENT[each.kind])


def _line(turn: Turn, alert: Alert) -> str:
    return in_words(turn.say, _moved(turn, alert), _when(turn, alert.starts_at))


def _moved(turn: Turn, alert: Alert) -> Alert:
    """An alert of a move, with the old time in the office's zone."""
    if alert.kind not in (AlertKind.MOVED, AlertKind.MOVED_AWAY):
        return alert
    return alert._replace(detail=f"{parents_cards.when(turn, _was_at(alert))} →")


def _when(turn: Turn, starts_at: datetime | None) -> str:
    return parents_cards.when(turn, starts_at) if starts_at else ""


def summary(turn: Turn, store: Store) -> list[str]:
    """What is open, in a few lines for the digest."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    if not found and not untold:
        return [turn.say("needs.nothing")]
    title = turn.say("needs.title", n=len(found) + len(untold))
    urgent = sum(URGENT[each.kind] for each in found)
    shown = found[: max(urgent, _IN_DIGEST)]
    lines = [f"・{_line(turn, each)}" for each in shown]
    more = [turn.say("needs.more", n=left)] if (left := len(found) - len(lines)) else []
    return [title, *lines, *more, *(f"・{line}" for line, _ in untold)]
