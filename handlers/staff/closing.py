"""Closures: times without consultations, of the office or of one counselor, whole days or parts
of a day."""

from datetime import date, datetime, time, timedelta

from handlers.staff import affected, cards, desk
from models.chat import Message, NotAButton, button, column
from models.rules.shift_words import read_span
from models.store import Store
from models.store.audit import instant
from models.tables import Closure
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
_LISTED = 20


def show_all(turn: Turn, store: Store) -> list[Message]:
    return show_from(turn, store, 0)


def show_from(turn: Turn, store: Store, first: int) -> list[Message]:
    """Return the closures that are not over, each to be taken back, page by page."""
    found = store.calendar.closures_from(turn.now)
    choices = [
        button(turn.say("closures.remove", which=_in_words(turn, store, each)), "open/1", each.id)
        for each in found[first : first + _LISTED]
        if each.id is not None
    ]
    more = []
    if (left := len(found) - first - _LISTED) > 0:
        more.append(button(turn.say("closures.more", n=left), "closures/2", first + _LISTED))
    add = button(turn.say("closures.add"), "addclosure/1", 0, primary=True)
    return [Message(title=turn.say("closures.title"), groups=(column(*choices, *more, add),))]


def closures_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Show closures: with a span of time, a closure of the office; without one, the list."""
    return add(turn, store, "0", words) if words.strip() else show_all(turn, store)


def ask_span(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    """Ask when: the next text says it; 0 is the whole office."""
    _check(store, counselor_id)
    until = turn.now + _ANSWER_WITHIN
    store.awaited.ask(turn.contact.id, "closure", str(counselor_id), until)
    return [Message(text=turn.say("closures.ask"))]


def add(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Close the span that was typed."""
    span = read_span(text, turn.today, turn.office.zone)
    if span is None:
        return [
            Message(text=turn.say("closures.unreadable")),
            *ask_span(turn, store, int(subject)),
        ]
    return close(turn, store, int(subject), *span, affected.ASK)


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
        if cards.is_active(each) and each.ends_at > start and each.starts_at > turn.now
    ]
    understood = turn.say("closures.understood", which=_described(turn, store, whose, start, end))
    verb = ("close/1", counselor_id, start, end)
    if asked := affected.ask(
        turn, store, hit, how, verb, always=True, title=understood, keep="closures.close_yes"
    ):
        return asked
    if not store.calendar.has_closure(start, end, whose):
        store.calendar.add_closure(start, end, "", whose)
        note_closure(turn, store, whose, start, end)
    reason = "counselor" if counselor_id else "closed"
    return [*show_all(turn, store), *affected.settle(turn, store, hit, how, reason)]


def ask_reopen(turn: Turn, store: Store, closure_id: int) -> list[Message]:
    """Ask once before people can book into a closure again."""
    found = store.calendar.closure(closure_id)
    if found is None:
        return show_all(turn, store)
    return desk.is_sure(
        turn,
        turn.say("closures.title"),
        turn.say("closures.sure", which=_in_words(turn, store, found)),
        button(turn.say("closures.remove_yes"), "openyes/1", closure_id),
        button(turn.say("desk.back"), "closures/1"),
    )


def reopen(turn: Turn, store: Store, closure_id: int) -> list[Message]:
    """Take a closure back."""
    found = store.calendar.closure(closure_id)
    if found is not None and store.calendar.remove_closure(closure_id):
        store.audit.note(
            turn.contact,
            "open",
            turn.now,
            subject=_subject(found.counselor_id),
            before=_instants(found.starts_at, found.ends_at),
        )
    return show_all(turn, store)


def note_closure(
    turn: Turn, store: Store, counselor_id: int | None, start: datetime, end: datetime
) -> None:
    """Put a closure into the audit."""
    store.audit.note(
        turn.contact,
        "close",
        turn.now,
        subject=_subject(counselor_id),
        after=_instants(start, end),
    )


def _subject(counselor_id: int | None) -> str:
    return f"counselor {counselor_id}" if counselor_id else "office"


def _instants(start: datetime, end: datetime) -> str:
    return f"{instant(start)} – {instant(end)}"


def _in_words(turn: Turn, store: Store, closure: Closure) -> str:
    return _described(turn, store, closure.counselor_id, closure.starts_at, closure.ends_at)


def _described(
    turn: Turn, store: Store, counselor_id: int | None, start: datetime, end: datetime
) -> str:
    """Return when, and whose."""
    names = {each.id: each.name for each in store.calendar.every_counselor()}
    whose = names[counselor_id] if counselor_id else turn.say("closures.office")
    return f"{_span(turn, start, end)} {whose}"


def _span(turn: Turn, start: datetime, end: datetime) -> str:
    """Return a span in the office's zone; whole days without their midnights."""
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
