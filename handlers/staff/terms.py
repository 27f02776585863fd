"""The terms, by staff: versions, publishing, and telling everybody of a new one before it takes
effect (art. 13)."""

from datetime import time, timedelta

from handlers.shared import hours
from handlers.staff.permission import is_admin
from models.chat import Link, Message, NotAButton, button, column
from models.letter_kind import LetterKind
from models.rules.days import at
from models.rules.terms_text import Change, differences
from models.store import Store
from models.store.forms import DESK_LIFE, Purpose
from models.tables import AlertKind, Terms
from models.text import shortened
from models.turn import Turn

# How many wait in the outbox at a time: a reminder never stands behind more than these.
_AT_ONCE = 100
_TOLD = 8
_LONGEST = 60


def show_all(turn: Turn, store: Store) -> list[Message]:
    """Return the versions, and what became of the word about each."""
    in_force = store.terms.in_force(turn.today)
    choices, lines = [], []
    for each in store.terms.published():
        number = each.version or 0
        state = "in_force" if in_force and number == in_force.version else "other"
        if each.effective_on > turn.today:
            state = "coming"
        lines.append(
            turn.say(
                f"terms_desk.{state}", version=number, day=turn.say.day_and_year(each.effective_on)
            )
        )
        choices.append(button(turn.say("terms_desk.one", version=number), "version/1", number))
    publish = button(turn.say("terms_desk.publish"), "publish/1", primary=True)
    return [
        Message(
            title=turn.say("terms_desk.title"),
            text="\n".join(lines) or turn.say("terms_desk.none"),
            groups=(column(*choices[:_TOLD], publish),),
        )
    ]


def untold(turn: Turn, store: Store) -> list[tuple[str, int]]:
    """Return, for an admin, the versions to come that nobody is told of (art. 13), in a line
    each."""
    if not is_admin(turn):
        return []
    return [
        (
            turn.say(
                "terms_desk.untold",
                version=each.version,
                day=turn.say.day_and_year(each.effective_on),
            ),
            each.version or 0,
        )
        for each in store.terms.not_told(turn.today)
    ]


def terms_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_all(turn, store)


def publish(turn: Turn, store: Store) -> list[Message]:
    """Return the page where a new text is pasted, looked at and published."""
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.TERMS)
    minutes = int(DESK_LIFE.total_seconds() // 60)
    link = Link(turn.say("find.open"), turn.links.desk("terms", token), primary=True)
    back = button(turn.say("terms_desk.title"), "versions/1")
    text = turn.say("terms_desk.publish_text", minutes=minutes)
    return [Message(text=text, groups=(column(link, back),))]


def show(turn: Turn, store: Store, version: int) -> list[Message]:
    """Show one version: its pages, and whom it was told to."""
    terms = _version(store, version)
    progress = store.terms.told(version)
    if terms.telling_since is not None and terms.effective_on <= turn.today:
        missed = sum(store.terms.to_tell(version).values())  # it was in force before their turn
        progress = progress._replace(not_reached=progress.not_reached + missed)
    facts = [
        (turn.say("terms_desk.effective"), turn.say.day_and_year(terms.effective_on)),
        (turn.say("terms_desk.told"), str(progress.told)),
        (turn.say("terms_desk.not_reached"), str(progress.not_reached)),
    ]
    pages = [
        Link(turn.say("terms.read"), turn.links.terms(version)),
        Link(turn.say("terms_desk.changes"), turn.links.terms_changes(version)),
    ]
    groups, text = [column(*pages)], ""
    if _can_be_told(turn, terms):
        groups.append(column(button(turn.say("terms_desk.tell"), "telling/1", version)))
    elif terms.effective_on > turn.today and terms.telling_since is None:
        text = turn.say("terms_desk.too_late")
    title = turn.say("terms_desk.one", version=version)
    return [Message(title=title, text=text, facts=tuple(facts), groups=tuple(groups))]


def ask_tell(turn: Turn, store: Store, version: int) -> list[Message]:
    """Say how many are to be told, what it costs and exactly what they read, and ask whether to."""
    terms = _version(store, version)
    if not _can_be_told(turn, terms):
        return show(turn, store, version)
    waiting = store.terms.to_tell(version)
    pushes = sum(count for name, count in waiting.items() if turn.counts_pushes(name))
    count = turn.say("terms_desk.cost", people=sum(waiting.values()), pushes=pushes)
    yes = button(turn.say("terms_desk.tell_yes"), "tellyes/1", version, primary=True)
    no = button(turn.say("desk.back"), "version/1", version)
    return [_word(turn, store, terms), Message(text=count, groups=(column(yes, no),))]


def start_telling(turn: Turn, store: Store, version: int) -> list[Message]:
    """Begin: from now on everybody with a valid consent is told, a few at a time."""
    terms = _version(store, version)
    if not _can_be_told(turn, terms):
        return show(turn, store, version)
    store.terms.start_telling(version, turn.now)
    store.audit.note(turn.contact, "tell terms", turn.now, subject=f"terms {version}")
    return [Message(text=turn.say("terms_desk.started")), *show(turn, store, version)]


def tell_some(turn: Turn, store: Store) -> None:
    """Write to the next people of a version that is being told; none waits behind them long, and
    nobody is disturbed in the quiet hours."""
    if hours.is_quiet(turn) or _no_push_is_left(store):
        return
    for version in store.terms.being_told(turn.today):
        terms = _version(store, version)
        room = _AT_ONCE - store.terms.waiting(version)
        ends = at(terms.effective_on, time(0), turn.office.zone)
        for contact_id in store.terms.next_to_tell(version, room):
            contact = store.contacts.by_id(contact_id)
            if store.terms.note_told(version, contact_id, turn.now):
                to = turn.to(contact)
                to.write(
                    LetterKind.TERMS,
                    _word(to, store, terms),
                    subject=str(version),
                    useless_after=ends,
                )


def _can_be_told(turn: Turn, terms: Terms) -> bool:
    """Return whether people can be told: before it takes effect, and not in the last night, when
    nobody is to be disturbed."""
    begins = turn.office.quiet_hours[0]
    tomorrow = at(turn.today + timedelta(days=1), time(0), turn.office.zone)
    last_night = hours.is_quiet(turn) and turn.now >= at(turn.today, begins, turn.office.zone)
    in_time = at(terms.effective_on, time(0), turn.office.zone) > tomorrow or not last_night
    return terms.effective_on > turn.today and terms.telling_since is None and in_time


def _no_push_is_left(store: Store) -> bool:
    """Return whether the month's pushes are gone: then everybody's reminder needs the next ones."""
    return any(each.kind == AlertKind.QUOTA_GONE for each in store.alerts.open())


def _word(turn: Turn, store: Store, terms: Terms) -> Message:
    """Return what people are told: from when on, which articles change, and where to read it."""
    assert terms.version is not None
    return Message(
        title=turn.say("terms_change.title"),
        text="\n".join(
            [
                turn.say("terms_change.text", day=turn.say.day_and_year(terms.effective_on)),
                *changes(turn, store, terms),
            ]
        ),
        groups=(
            column(
                Link(turn.say("terms_desk.changes"), turn.links.terms_changes(terms.version)),
                Link(turn.say("terms.read"), turn.links.terms(terms.version)),
            ),
        ),
    )


def changes(turn: Turn, store: Store, terms: Terms) -> list[str]:
    """Return the difference to the version before, article by article, in plain words."""
    before = store.terms.before(terms)
    found = differences(before.body if before else "", terms.body)
    lines = []
    for each in found[:_TOLD]:
        name = f"{each.head}({each.caption})" if each.caption else each.head
        words = turn.say(f"terms_change.{each.change.value}", article=name or "—")
        new = shortened(each.after, _LONGEST)
        lines.append(f"・{words}" + (f" 「{new}」" if each.change is not Change.REMOVED else ""))
    if len(found) > _TOLD:
        lines.append(turn.say("terms_change.more", n=len(found) - _TOLD))
    return lines or [turn.say("terms_change.nothing")]


def _version(store: Store, version: int) -> Terms:
    terms = store.terms.text(version)
    if terms is None:
        raise NotAButton("no such version")
    return terms
