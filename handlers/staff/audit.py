"""The audit as staff read it: who did what with whom, in plain words and the office's time."""

import re
from datetime import UTC, datetime

from models.chat import Button, Message, button, column
from models.store import Store
from models.store.audit import Entry
from models.turn import Turn

_LINES = 15
_NEWEST = 2**53 - 1
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\dZ")
_COUNSELOR = re.compile(r"counselor (\d+)")
_FOUND = re.compile(r"(\d+) found")
# What a value may be: the phrases of these subjects have words for it.
_VALUES = ("status.", "role.", "standing.", "reason.", "alert.", "audit.value.")


def show(turn: Turn, store: Store, before_id: int) -> list[Message]:
    """Return who did what, the newest first, page by page."""
    entries = store.audit.latest(_LINES, before_id)
    older: list[Button] = []
    if len(entries) == _LINES:
        older.append(button(turn.say("audit.older"), "audit/1", entries[-1].id))
    lines = [_line(turn, store, each) for each in entries]
    return [
        Message(
            title=turn.say("audit.title"),
            text="\n".join(lines) or turn.say("audit.nothing"),
            groups=(column(*older),) if older else (),
        )
    ]


def command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show(turn, store, _NEWEST)


def _line(turn: Turn, store: Store, entry: Entry) -> str:
    before, after = (_value(turn, store, each) for each in (entry.before, entry.after))
    parts = (
        _when(turn, entry.at.astimezone(turn.office.zone)),
        entry.staff or turn.say("audit.nobody"),
        "" if entry.allowed else turn.say("audit.refused"),
        _what(turn, entry.what),
        _subject(turn, store, entry.subject),
        " → ".join(filter(None, (before, after))),
    )
    return " ".join(filter(None, parts))


def _when(turn: Turn, at: datetime) -> str:
    return f"{at:%m/%d %H:%M}" if at.year == turn.today.year else f"{at:%Y/%m/%d %H:%M}"


def _what(turn: Turn, what: str) -> str:
    """Name what was refused: it may be any command or button, which has perhaps a name of its own
    only."""
    slug = what.partition("/")[0].replace(" ", "_")
    found = turn.say.find(f"audit.did.{slug}") or turn.say.find(f"command.{slug}")
    return found or turn.say("audit.other", what=slug)


def _subject(turn: Turn, store: Store, subject: str) -> str:
    kind, _, rest = subject.partition(" ")
    if not rest.isdecimal():
        return _value(turn, store, subject)
    number = int(rest)
    match kind:
        case "booking" if booking := store.bookings.by_id(number):
            return f"{booking.reference} {store.seekers.masked_name(booking.job_seeker_id)}"
        case "person" if store.seekers.exists(number):
            return store.seekers.masked_name(number)
        case "counselor":
            return _counselor(store, number)
        case "staff":
            return store.staff.name_of(number)
        case _:
            words = turn.say.find(f"audit.about.{kind}")
            return words.format(number=number) if words else subject


def _value(turn: Turn, store: Store, value: str) -> str:
    slug = value.replace(" ", "_")
    for subject in _VALUES:
        if found := turn.say.find(f"{subject}{slug}"):
            return found
    if match := _FOUND.fullmatch(value):
        return turn.say("audit.found", n=match[1])
    role = turn.say("role.counselor")
    value = _COUNSELOR.sub(lambda match: f"{role} {_counselor(store, int(match[1]))}", value)
    return _INSTANT.sub(lambda match: _local(turn, match[0]), value)


def _counselor(store: Store, counselor_id: int) -> str:
    names = {each.id: each.name for each in store.calendar.every_counselor()}
    return names.get(counselor_id, "—")


def _local(turn: Turn, written: str) -> str:
    instant = datetime.strptime(written, "%Y-%m-%d %H:%MZ").replace(tzinfo=UTC)
    return f"{instant.astimezone(turn.office.zone):%Y-%m-%d %H:%M}"
