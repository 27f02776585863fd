"""People: finding a parent, what the office knows of them, verifying, refusing, lifting. Details
are entered and read on one-time pages only."""

from datetime import date, timedelta

from handlers.shared import parts, personal_numbers
from handlers.staff import cards
from handlers.staff.permission import check_person, is_admin
from locales import phrases
from models.chat import Button, Group, Link, Message, NotAButton, button, column
from models.store import Store
from models.store.forms import DESK_LIFE, FOUND_LASTS, Purpose
from models.text import shortened
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
_LISTED = 8
# For how long somebody is refused: in days, 0 without an end.
REFUSED_FOR = (90, 180, 365, 0)


def find(turn: Turn, store: Store) -> list[Message]:
    """Return the page to look somebody up by registration number or phone, or to note down somebody
    who phones for the first time."""
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.FIND)
    minutes = int(DESK_LIFE.total_seconds() // 60)
    return [
        Message(
            title=turn.say("find.title"),
            text=turn.say("find.text", minutes=minutes),
            groups=(
                column(
                    Link(turn.say("find.open"), turn.links.desk("find", token), primary=True),
                    button(turn.say("find.result"), "found/1"),
                ),
            ),
        )
    ]


def find_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Show, with a reference, that booking's person; without one, the page."""
    if not words.strip() or personal_numbers.without_personal_numbers(words) != words:
        return find(turn, store)  # its page is where numbers belong
    booking = store.bookings.by_reference(words.strip().upper())
    if booking is None:
        return [Message(text=turn.say("find.no_such_reference")), *find(turn, store)]
    return show(turn, store, booking.job_seeker_id)


def book_command(turn: Turn, store: Store, words: str) -> list[Message]:
    """Book for somebody who phones: first, who is it?"""
    return find(turn, store)


def found(turn: Turn, store: Store) -> list[Message]:
    """Return whom the page has found."""
    seeker_id = store.forms.last_found(turn.contact.id, turn.now - FOUND_LASTS)
    if seeker_id is None:
        return [Message(text=turn.say("find.nobody_yet")), *find(turn, store)]
    return show(turn, store, seeker_id)


def show(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Return what the office knows of a person, without details."""
    check_person(turn, store, seeker_id)
    bookings = store.bookings.of_seeker(seeker_id)
    history = store.agenda.history_of(seeker_id, turn.now)
    refusal = store.seekers.refusal(seeker_id, turn.today)
    standing = turn.say(f"standing.{store.seekers.standing(seeker_id, turn.today)}")
    if refusal is not None and refusal.until_day is not None:
        standing += turn.say("person.until", day=turn.say.day_and_year(refusal.until_day))
    facts = [
        (turn.say("state.standing"), standing),
        (turn.say("person.chats"), _chats(turn, store, seeker_id)),
        (turn.say("person.consent"), _consents(turn, store, seeker_id)),
        (
            turn.say("state.history"),
            turn.say("person.history", times=history.before, absences=history.absences),
        ),
        (turn.say("person.notes"), str(len(store.seekers.notes(seeker_id)))),
    ]
    opening = [
        button(
            f"{parts.when_of(turn, each)} {turn.say(f'status.{each.status}')}",
            "booking/1",
            each.id,
        )
        for each in bookings[:_LISTED]
    ]
    return [
        Message(
            title=store.seekers.masked_name(seeker_id),
            facts=tuple(facts),
            groups=(
                Group(tuple(_buttons(turn, store, seeker_id)), columns=2),
                *([column(*opening)] if opening else []),
            ),
        )
    ]


def details(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Return a one-time page with name, phone, registration number and notes."""
    check_person(turn, store, seeker_id)
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.PERSON, seeker_id)
    link = Link(turn.say("person.open"), turn.links.desk("person", token), primary=True)
    return [Message(text=turn.say("person.details_text"), groups=(column(link),))]


def verify(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Note that the registration was looked up in the office's own system."""
    return _set_verified(turn, store, seeker_id, verified=True)


def unverify(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Take back what was a mistake."""
    return _set_verified(turn, store, seeker_id, verified=False)


def choose_refusal(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Ask for how long somebody is refused."""
    check_person(turn, store, seeker_id)
    choices = [button(_period(turn, days), "refusefor/1", seeker_id, days) for days in REFUSED_FOR]
    back = button(turn.say("desk.back"), "person/1", seeker_id)
    return [
        Message(
            title=turn.say("refuse.title"),
            text=turn.say("refuse.text"),
            groups=(column(*choices), column(back)),
        )
    ]


def ask_refusal_reason(turn: Turn, store: Store, seeker_id: int, days: int) -> list[Message]:
    """Ask why: the next text is the reason, which only staff see."""
    check_person(turn, store, seeker_id)
    if days not in REFUSED_FOR:
        raise NotAButton("no such period")
    until = turn.now + _ANSWER_WITHIN
    store.awaited.ask(turn.contact.id, "refuse", f"{seeker_id} {days}", until)
    back = button(turn.say("desk.back"), "person/1", seeker_id)
    return [Message(text=turn.say("refuse.why"), groups=(column(back),))]


def refuse(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Refuse further use, with a reason (arts. 6(6), 12(1)); bookings to come are shown."""
    seeker_id, days = (int(part) for part in subject.split())
    until = turn.today + timedelta(days=days) if days else None
    store.seekers.refuse(seeker_id, until, turn.contact.staff_id, turn.now)
    remember(turn, store, seeker_id, "note.refused", text)
    _note(turn, store, "refuse", seeker_id, until.isoformat() if until else "no end")
    upcoming = store.bookings.current(seeker_id, turn.now)
    return [
        *show(turn, store, seeker_id),
        *(cards.card(turn, store, each, turn.say("refuse.has_booking")) for each in upcoming),
    ]


def remember(turn: Turn, store: Store, seeker_id: int, about: str, words: str) -> None:
    """Keep staff's own words as a sealed note of a person, in the office's language; `about` is
    the phrase that says what they are about."""
    head = phrases(turn.office.language)(about)
    store.seekers.add_note(
        seeker_id, f"{head}: {shortened(words, 300)}", turn.contact.staff_id, turn.now
    )


def lift(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Lift a refusal."""
    check_person(turn, store, seeker_id)
    store.seekers.lift_refusals(seeker_id, turn.now)
    _note(turn, store, "lift", seeker_id, "")
    return show(turn, store, seeker_id)


def _buttons(turn: Turn, store: Store, seeker_id: int) -> list[Button]:
    say, service = turn.say, turn.office.services[0]
    standing = store.seekers.standing(seeker_id, turn.today)
    buttons = [
        button(say("person.details"), "details/1", seeker_id),
        button(say("person.book"), "reserve/1", seeker_id, service, 0),
        button(say("chat_code.give"), "chatcode/1", seeker_id),
    ]
    if standing == "verified":
        buttons.append(button(say("person.unverify"), "unverify/1", seeker_id))
    elif standing == "declared":
        buttons.append(button(say("person.verify"), "verify/1", seeker_id))
    if is_admin(turn):
        verb = "lift/1" if standing == "refused" else "refuse/1"
        key = "person.lift" if standing == "refused" else "person.refuse"
        buttons.append(button(say(key), verb, seeker_id))
        buttons.append(button(say("forget.title"), "forget/1", seeker_id))
        buttons += _joining(turn, store, seeker_id)
    return buttons


def _joining(turn: Turn, store: Store, seeker_id: int) -> list[Button]:
    """Return what makes two records one, or one two again."""
    say, buttons = turn.say, []
    if store.persons.open_claims(seeker_id):
        buttons.append(button(say("claim.open"), "claim/1", seeker_id))
    looked_up = store.forms.last_found(turn.contact.id, turn.now - FOUND_LASTS)
    if looked_up is not None and looked_up != seeker_id:
        name = store.seekers.masked_name(looked_up)
        buttons.append(button(say("merge.with", name=name), "merge/1", looked_up, seeker_id))
    for merged in store.persons.merges_into(seeker_id)[:1]:
        buttons.append(button(say("merge.undo"), "unmerge/1", merged.id))
    return buttons


def _chats(turn: Turn, store: Store, seeker_id: int) -> str:
    chats = [
        turn.channel_title(each.channel)
        + (turn.say("person.unreachable") if each.unreachable_at else "")
        for each in store.contacts.of_seeker(seeker_id)
    ]
    return "・".join(chats) or turn.say("person.no_chat")


def _consents(turn: Turn, store: Store, seeker_id: int) -> str:
    given = [store.terms.consent_of(each.id) for each in store.contacts.of_seeker(seeker_id)]
    versions = [str(each.terms_version) for each in given if each is not None and each.given]
    return turn.say("person.consented", versions=", ".join(versions)) if versions else "—"


def _set_verified(turn: Turn, store: Store, seeker_id: int, *, verified: bool) -> list[Message]:
    check_person(turn, store, seeker_id)
    before = store.seekers.standing(seeker_id, turn.today)
    store.seekers.set_verified(seeker_id, turn.now if verified else None)
    what = "verify" if verified else "unverify"
    store.audit.note(
        turn.contact,
        what,
        turn.now,
        subject=f"person {seeker_id}",
        before=before,
        after="verified" if verified else "declared",
    )
    return show(turn, store, seeker_id)


def _period(turn: Turn, days: int) -> str:
    if not days:
        return turn.say("refuse.no_end")
    last: date = turn.today + timedelta(days=days)
    return turn.say("refuse.until", day=turn.say.day_and_year(last))


def _note(turn: Turn, store: Store, what: str, seeker_id: int, after: str) -> None:
    store.audit.note(turn.contact, what, turn.now, subject=f"person {seeker_id}", after=after)
