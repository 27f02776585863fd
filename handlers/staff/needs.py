"""What needs staff: alerts that are told at once or wait for the day's list."""

from datetime import datetime

from handlers.parents import cards as parents_cards
from handlers.staff import cards, terms
from handlers.staff.permission import booking_of, is_admin
from locales import Phrases
from models.chat import Group, Message, NotAButton, button, column
from models.store import Store
from models.store.alerts import Alert
from models.turn import Turn

_LISTED = 10
_AT_ONCE = 50
_IN_DIGEST = 5

# Every kind, and whether somebody must know at once: a parent waits, or a phone call helps.
URGENT = {
    "answer_refused": False,
    "answer_uncertain": False,
    "came_late": True,
    "came_without_url": True,
    "cancel_after_start": True,
    "decide_anew": False,
    "decide_contact": True,
    "decide_failed": True,
    "decide_no_chat": False,
    "decide_no_url": True,
    "decide_unwatched": True,
    "deemed_cancelled": True,
    "deemed_not_delivered": False,
    "deemed_uncertain": False,
    "event_failed": False,
    "news_not_delivered": False,  # the one who asked for it hears of it
    "news_uncertain": False,
    "no_url": True,
    "not_in_my_page": True,
    "quota_gone": True,
    "reinstated": True,
    "reminded_without_url": True,
    "reminder_by_phone": False,
    "reminder_expired": True,
    "reminder_not_delivered": True,
    "reminder_uncertain": True,
    "running_late": True,
    "same_registration": False,
    "to_move": False,
    "token_refused": True,
    "withdrawn_by_phone": True,
    "wrote": True,
}


def in_words(say: Phrases, alert: Alert, when: str) -> str:
    """An alert in one line: when, which booking, what."""
    words = say(f"alert.{alert.kind}") if alert.kind in URGENT else alert.kind
    if alert.reference is None:
        return words
    return f"{when} {alert.reference} {alert.counselor}: {words}"


def show_open(turn: Turn, store: Store) -> list[Message]:
    """What is open, the oldest first, each to be looked at and ticked off."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    if not found and not untold:
        return [Message(text=turn.say("needs.nothing"))]
    lines = [f"{n}. {_line(turn, each)}" for n, each in enumerate(found[:_LISTED], 1)]
    rows = [_buttons_of(turn, store, n, each) for n, each in enumerate(found[:_LISTED], 1)]
    for line, version in untold:
        lines.append(f"・{line}")
        label = turn.say("terms_desk.open", version=version)
        rows.append(column(button(label, "version/1", version)))
    title = turn.say("needs.title", n=len(found) + len(untold))
    return [Message(title=title, text="\n".join(lines), groups=tuple(rows), in_place=True)]


def _buttons_of(turn: Turn, store: Store, number: int, alert: Alert) -> Group:
    """The buttons of one line of the list: seen to, and the booking or the person that it is
    about."""
    buttons = [button(turn.say("needs.done", which=number), "done/1", alert.id)]
    if alert.booking_id is not None:
        buttons.append(
            button(turn.say("needs.open_number", n=number), "booking/1", alert.booking_id)
        )
    elif alert.contact_id is not None:
        seeker = store.contacts.by_id(alert.contact_id).job_seeker_id
        if seeker is not None:
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
    if found.kind.startswith("decide_") and found.booking_id is not None:
        booking = booking_of(turn, store, found.booking_id)
        if booking.status == "undecided":  # ticking it off decides nothing
            return [cards.card(turn, store, booking, turn.say("needs.decide_first"))]
    store.alerts.close_one(alert_id, turn.now)
    store.audit.note(turn.contact, "done", turn.now, subject=f"alert {alert_id}", before=found.kind)
    return show_open(turn, store)


def tell_untold(turn: Turn, store: Store) -> None:
    """Tell staff what they must know at once; the rest waits for the list."""
    for alert in store.alerts.untold(_AT_ONCE):
        if store.alerts.take(alert.id, turn.now) and URGENT.get(alert.kind, True):
            _tell(turn, store, alert)


def _tell(turn: Turn, store: Store, alert: Alert) -> None:
    """Write an urgent alert to those whose business it is."""
    for member in store.staff.concerned(alert.counselor_id):
        to = turn.to(store.contacts.by_id(member.contact_id))
        buttons = [button(to.say("needs.done", which=alert.reference or ""), "done/1", alert.id)]
        if alert.booking_id is not None:
            buttons.insert(0, button(to.say("needs.open"), "booking/1", alert.booking_id))
        about = f"booking {alert.booking_id}" if alert.booking_id is not None else ""
        message = Message(text=_line(to, alert), groups=(column(*buttons),), about=about)
        to.write("alert", message)


def _mine(turn: Turn, store: Store) -> list[Alert]:
    """The open ones that are this staff member's business, the urgent ones first."""
    mine = [
        alert
        for alert in store.alerts.open()
        if is_admin(turn)
        or (alert.counselor_id is not None and alert.counselor_id == turn.contact.counselor_id)
    ]
    return sorted(mine, key=lambda each: not URGENT.get(each.kind, True))


def _line(turn: Turn, alert: Alert) -> str:
    return in_words(turn.say, alert, _when(turn, alert.starts_at))


def _when(turn: Turn, starts_at: datetime | None) -> str:
    return parents_cards.when(turn, starts_at) if starts_at else ""


def summary(turn: Turn, store: Store) -> list[str]:
    """What is open, in a few lines for the digest."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    if not found and not untold:
        return [turn.say("needs.nothing")]
    title = turn.say("needs.title", n=len(found) + len(untold))
    lines = [f"・{_line(turn, each)}" for each in found[:_IN_DIGEST]]
    more = [turn.say("needs.more", n=left)] if (left := len(found) - len(lines)) else []
    return [title, *lines, *more, *(f"・{line}" for line, _ in untold)]
