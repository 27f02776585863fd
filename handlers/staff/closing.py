"""Closures: times without consultations, of the office or of one counselor, whole days or parts
of a day."""

from datetime import date, datetime, time, timedelta

from handlers.staff import hitting
from handlers.staff.telling import instant
from models.chat import Message, NotAButton, button, column
from models.rules.shift_words import read_span
from models.store import Store
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
_LISTED = 20


def show_all(turn: Turn, store: Store) -> list[Message]:
    """The closures that are not over, each to be taken back."""
    found = store.calendar.closures_from(turn.now)[:_LISTED]
    names = {each.id: each.name for each in store.calendar.every_counselor()}
    choices = []
    for each in found:
        whose = names[each.counselor_id] if each.counselor_id else turn.say("closures.office")
        label = f"{_span(turn, each.starts_at, each.ends_at)} {whose}"
        choices.append(button(turn.say("closures.remove", which=label), "open/1", each.id or 0))
    add = button(turn.say("closures.add"), "addclosure/1", 0, primary=True)
    return [Message(title=turn.say("closures.title"), groups=(column(*choices, add),))]


def closures_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """With a span of time, a closure of the office; without one, the list."""
    return add(turn, store, "0", words) if words.strip() else show_all(turn, store)


def ask_span(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    """When? The next text says it; 0 is the whole office."""
    _check(store, counselor_id)
    until = turn.now + _ANSWER_WITHIN
    store.awaited.ask(turn.contact.id, "closure", str(counselor_id), until)
    return [Message(text=turn.say("closures.ask"))]


def add(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """The span that was typed."""
    span = read_span(text, turn.today, turn.office.zone)
    if span is None:
        return [
            Message(text=turn.say("closures.unreadable")),
            *ask_span(turn, store, int(subject)),
        ]
    return close(turn, store, int(subject), *span, hitting.ASK)


def close(
    turn: Turn, store: Store, counselor_id: int, start: datetime, end: datetime, how: str
) -> list[Message]:
    """Close, after asking what becomes of the bookings that this hits."""
    _check(store, counselor_id)
    if end <= start:
        raise NotAButton("it ends before it begins")
    whose = counselor_id or None
    store.calendar.lock(change=True)  # nobody books into it while it is made
    hit = [
        each
        for each in store.agenda.between(start - turn.office.slot_length, end, whose)
        if each.status == "booked" and each.ends_at > start and each.starts_at > turn.now
    ]
    if asked := hitting.ask(turn, store, hit, how, ("close/1", counselor_id, start, end)):
        return asked
    if not store.calendar.has_closure(start, end, whose):
        store.calendar.add_closure(start, end, "", whose)
        store.audit.note(
            turn.contact,
            "close",
            turn.now,
            subject=f"counselor {counselor_id}" if counselor_id else "office",
            after=f"{instant(start)} – {instant(end)}",
        )
    reason = "counselor" if counselor_id else "closed"
    return [*show_all(turn, store), *hitting.settle(turn, store, hit, how, reason)]


def reopen(turn: Turn, store: Store, closure_id: int) -> list[Message]:
    """Take a closure back."""
    if store.calendar.remove_closure(closure_id):
        store.audit.note(turn.contact, "open", turn.now, subject=f"closure {closure_id}")
    return show_all(turn, store)


def _span(turn: Turn, start: datetime, end: datetime) -> str:
    """A span in the office's zone; whole days without their midnights."""
    zone = turn.office.zone
    start, end = start.astimezone(zone), end.astimezone(zone)
    if start.time() == end.time() == time(0):
        first, last = start.date(), end.date() - timedelta(days=1)
        days = [_day(turn, first)] + ([_day(turn, last)] if last > first else [])
        return f"{'〜'.join(days)} {turn.say('closures.all_day')}"
    if start.date() == end.date():
        return f"{_day(turn, start.date())} {start:%H:%M}〜{end:%H:%M}"
    return "〜".join(f"{_day(turn, edge.date())} {edge:%H:%M}" for edge in (start, end))


def _day(turn: Turn, day: date) -> str:
    same_year = day.year == turn.today.year
    return turn.say.short_day(day) if same_year else turn.say.day_and_year(day)


def _check(store: Store, counselor_id: int) -> None:
    known = [each.id for each in store.calendar.counselors()]
    if counselor_id and counselor_id not in known:
        raise NotAButton("no such counselor")
