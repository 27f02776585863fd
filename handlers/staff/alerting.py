"""Telling staff at once what they must know at once."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.staff import alert_card, cards, urgency
from models.chat import Button, Message, button, column
from models.letter_kind import LetterKind
from models.rules.days import local_day
from models.rules.deadlines import next_working_day
from models.rules.hearing import Closed
from models.store import Store
from models.store.alerts import Alert
from models.store.staff import Member
from models.tables import AlertKind
from models.turn import Turn

_AT_ONCE = 50


def tell_deaf(turn: Turn, store: Store, deaf: Sequence[Closed]) -> None:
    """Raise each way in that does not work at this moment; one that works again is settled."""
    ways = {each.way: each.why for each in deaf}
    for way, why in ways.items():
        detail = f"{way} ({why})" if why else way
        store.alerts.tell(AlertKind.DEAF, turn.now, subject=f"way {way}", detail=detail)
    for alert in store.alerts.open():
        if alert.kind == AlertKind.DEAF and alert.detail.partition(" ")[0] not in ways:
            store.alerts.close_one(alert.id, turn.now)


def tell_untold(turn: Turn, store: Store) -> None:
    """Tell staff what they must know at once; the rest waits for the list, and what is past is
    closed."""
    store.alerts.close_past(urgency.PAST, turn.now)
    for alert in store.alerts.untold(_AT_ONCE):
        if _may_wait(turn, alert) and turn.now - alert.at < urgency.SETTLES_WITHIN.get(
            alert.kind, timedelta(0)
        ):
            continue
        if not store.alerts.claim(alert.id, turn.now):
            continue
        if alert.kind in urgency.NEWS:
            if _is_soon(turn, alert):
                _tell(turn, store, alert)
            store.alerts.close_one(alert.id, turn.now)
        elif urgency.URGENT[alert.kind] and not alert.is_closed:
            _tell(turn, store, alert)


def _may_wait(turn: Turn, alert: Alert) -> bool:
    """Return whether what may settle by itself has the time to: around the start nothing has."""
    window = turn.office.contact_window
    return (
        alert.starts_at is None
        or alert.kind in (AlertKind.WROTE, AlertKind.HOST_IS_AWAITED)
        or turn.now < alert.starts_at - window
    )


def _is_soon(turn: Turn, alert: Alert) -> bool:
    """Return whether a change concerns today or the next working day, by its old or its new
    time."""
    zone, last = turn.office.zone, next_working_day(turn.today)
    times = [alert.starts_at] if alert.starts_at else []
    if alert.kind in (AlertKind.MOVED, AlertKind.MOVED_AWAY):
        times.append(alert_card.was_at(alert))
    return any(turn.today <= local_day(each, zone) <= last for each in times)


def _concerned(store: Store, alert: Alert) -> list[Member]:
    """Return whose business an alert is, but theirs who did what it speaks of. News of a day is its
    counselor's; without a chat of theirs, the admins'."""
    members = store.staff.concerned(alert.counselor_id)
    if alert.kind in urgency.NEWS:
        own = [each for each in members if each.counselor_id == alert.counselor_id]
        members = own or members
    return [each for each in members if each.id != alert.by_staff_id]


def _tell(turn: Turn, store: Store, alert: Alert) -> None:
    """Write an urgent alert to those whose business it is."""
    for member in _concerned(store, alert):
        to = turn.to(store.contacts.by_id(member.contact_id))
        about = f"booking {alert.booking_id}" if alert.booking_id is not None else ""
        message = Message(
            text="\n".join(
                [alert_card.line(to, alert), *alert_card.words_of_parent(to, store, alert)]
            ),
            groups=(column(*_told_buttons(to, store, alert)),),
            about=about,
        )
        to.write(LetterKind.ALERT, message)


def _told_buttons(to: Turn, store: Store, alert: Alert) -> list[Button]:
    """Return what can be done about an alert that is told at once."""
    buttons = (
        []
        if alert.kind in urgency.NEWS
        else [alert_card.done_button(to, alert, alert.reference or "")]
    )
    if alert.booking_id is not None:
        buttons.insert(0, button(to.say("needs.open"), "booking/1", alert.booking_id))
    if alert.kind in urgency.ASKS_FOR_HOST and (start := _start(to, store, alert)):
        buttons.insert(0, start)
    if alert.booking_id is not None and alert.kind == AlertKind.IS_HERE:
        let_in = button(to.say("act.let_in"), "undo/1", alert.booking_id, primary=True)
        buttons.insert(0, let_in)
    if (
        alert.kind == AlertKind.SAME_REGISTRATION
        and (seeker := alert_card.seeker_of(store, alert)) is not None
    ):
        return [button(to.say("claim.open"), "claim/1", seeker, primary=True)]
    if alert.kind == AlertKind.RETENTION_HELD:
        buttons.insert(0, button(to.say("tidy.allow"), "tidy/1", alert.id))
    return buttons


def _start(to: Turn, store: Store, alert: Alert) -> Button | None:
    """Return the button that lets the host in, while the room can be started."""
    booking = store.bookings.by_id(alert.booking_id) if alert.booking_id is not None else None
    return cards.start_button(to, booking) if booking and cards.can_start(to, booking) else None
