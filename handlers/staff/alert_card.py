"""An alert as staff see it: its line, the words of the parent behind it, and its buttons."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from handlers.shared import parts, personal_numbers
from handlers.staff import urgency
from locales import Phrases
from models.chat import Button, Did, button
from models.platform import Platform
from models.store import Store
from models.store.alerts import Alert
from models.tables import DECISIONS, AlertKind
from models.text import shortened
from models.turn import Turn

_LONGEST_WORDS = 120
# What was written longer before an alert is not what it speaks of.
_WORDS_OF = timedelta(minutes=10)
_WORDS_TO_DECIDE_BY = timedelta(days=3)
_MOST_WORDS = 3


def in_words(say: Phrases, alert: Alert, when: str, channels: Mapping[str, Platform]) -> str:
    """Return an alert in one line: what, which booking, when."""
    words = say(f"alert.{alert.kind}")
    if alert.detail:
        words = f"{words}: {_detail(say, alert.detail, channels)}"
    if alert.reference is None:
        return words
    return f"{words}  {when} {alert.reference} {alert.counselor}"


def _detail(say: Phrases, detail: str, channels: Mapping[str, Platform]) -> str:
    """Return what fills an alert's words; a way in is named as people know it."""
    way, space, rest = detail.partition(" ")
    named = channels[way].title if way in channels else say.find(f"way.{way}")
    return f"{named}{space}{rest}" if named else detail


def line(turn: Turn, alert: Alert) -> str:
    return in_words(turn.say, _moved(turn, alert), _when(turn, alert.starts_at), turn.channels)


def _moved(turn: Turn, alert: Alert) -> Alert:
    """Return an alert of a move, with the old time in the office's zone."""
    if alert.kind not in (AlertKind.MOVED, AlertKind.MOVED_AWAY):
        return alert
    return alert._replace(detail=f"{parts.when(turn, was_at(alert))} →")


def _when(turn: Turn, starts_at: datetime | None) -> str:
    return parts.when(turn, starts_at) if starts_at else ""


def done_button(turn: Turn, alert: Alert, which: object) -> Button:
    return button(turn.say("needs.done", which=which).strip(), "done/1", alert.id)


def seeker_of(store: Store, alert: Alert) -> int | None:
    return store.contacts.by_id(alert.contact_id).job_seeker_id if alert.contact_id else None


def words_of_parent(to: Turn, store: Store, alert: Alert) -> list[str]:
    """Return what the parent wrote last, where staff are to see it: without numbers, and without
    the name, which no chat carries. Who gave the number of somebody known is named as such."""
    if alert.kind not in urgency.WITH_WORDS or alert.booking_id is None:
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
        text = personal_numbers.without_personal_numbers(written)
        for part in names:
            text = text.replace(part, "○")
        quoted = f"「{shortened(text, _LONGEST_WORDS)}」"
        lines.append(quoted if is_own else to.say("needs.unconfirmed", words=quoted))
    return lines


def was_at(alert: Alert) -> datetime:
    """Return the time (UTC) from which a booking was moved."""
    return datetime.strptime(alert.detail, "%Y-%m-%d %H:%MZ").replace(tzinfo=UTC)
