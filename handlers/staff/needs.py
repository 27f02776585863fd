"""What needs staff: alerts that are told at once or wait for the day's list."""

from handlers.staff import alert_card, cards, questions, terms, urgency
from handlers.staff.permission import booking_of, is_admin
from models.chat import Group, Message, NotAButton, button, column
from models.store import Store
from models.store.alerts import Alert
from models.tables import DECISIONS, AlertKind, Status
from models.turn import Turn

_A_MESSAGE = 10
_MOST_MESSAGES = 4
_IN_DIGEST = 5


def show_open(turn: Turn, store: Store) -> list[Message]:
    """Show what is open, each to be looked at and ticked off: all that is urgent, then as much of
    the rest as fits; what is left out, and questions, are counted."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    asked = questions.how_many(turn, store)
    if not found and not untold and not asked:
        return [Message(text=turn.say("needs.nothing"))]
    urgent = sum(urgency.URGENT[each.kind] for each in found)
    most = _A_MESSAGE * _MOST_MESSAGES
    shown = found[: min(max(urgent, _A_MESSAGE), most)]
    title = turn.say("needs.title", n=len(found) + len(untold) + asked)
    messages: list[Message] = []
    for at in range(0, len(shown), _A_MESSAGE):
        part = list(enumerate(shown[at : at + _A_MESSAGE], at + 1))
        messages.append(
            Message(
                title="" if messages else title,
                text="\n".join(f"{n}. {alert_card.line(turn, each)}" for n, each in part),
                groups=tuple(_buttons_of(turn, store, n, each) for n, each in part),
                in_place=not messages,
            )
        )
    lines = [f"・{turn.say('questions.title', n=asked)}"] if asked else []
    lines += [f"・{line}" for line, _ in untold]
    if left := len(found) - len(shown):
        lines.append(turn.say("needs.left", n=left))
    rows = [
        button(turn.say("terms_desk.open", version=version), "version/1", version)
        for _, version in untold
    ]
    if asked:
        rows.insert(0, button(turn.say("desk.questions"), "questions/1"))
    if lines:
        groups = (column(*rows),) if rows else ()
        messages.append(
            Message(title="" if messages else title, text="\n".join(lines), groups=groups)
        )
    return messages


def _buttons_of(turn: Turn, store: Store, number: int, alert: Alert) -> Group:
    """Return the buttons of one line of the list: seen to, and the booking or the person that it is
    about."""
    buttons = [alert_card.done_button(turn, alert, number)]
    seeker = alert_card.seeker_of(store, alert)
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


def _mine(turn: Turn, store: Store) -> list[Alert]:
    """Return the open ones that are this staff member's business, the urgent ones first."""
    mine = [
        alert
        for alert in store.alerts.open()
        if alert.kind not in urgency.NEWS
        and (is_admin(turn) or alert.counselor_id == turn.contact.counselor_id is not None)
    ]
    return sorted(mine, key=lambda each: not urgency.URGENT[each.kind])


def summary(turn: Turn, store: Store) -> list[str]:
    """Return what is open, in a few lines for the digest."""
    found, untold = _mine(turn, store), terms.untold(turn, store)
    if not found and not untold:
        return [turn.say("needs.nothing")]
    title = turn.say("needs.title", n=len(found) + len(untold))
    urgent = sum(urgency.URGENT[each.kind] for each in found)
    shown = found[: max(urgent, _IN_DIGEST)]
    lines = [f"・{alert_card.line(turn, each)}" for each in shown]
    more = [turn.say("needs.more", n=left)] if (left := len(found) - len(lines)) else []
    return [title, *lines, *more, *(f"・{line}" for line, _ in untold)]
