"""Joining records: codes that join a chat, claims of the same registration number, and merging two
records, which can be undone."""

from handlers.shared import booking_card, own_bookings
from handlers.staff import desk, people
from handlers.staff.permission import check_person
from models.chat import Link, Message, NotAButton, button, column
from models.letter_kind import LetterKind
from models.store import Store
from models.store.forms import DESK_LIFE, Purpose
from models.store.persons import CODE_LIFE
from models.tables import AlertKind, Claim
from models.turn import Turn


def give_code(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Return a code to read out on the phone, and a page with it to print."""
    check_person(turn, store, seeker_id)
    code = store.persons.new_code(seeker_id, turn.now)
    token = store.forms.open_link(turn.contact.id, turn.now, Purpose.CODE, seeker_id)
    _note(turn, store, "chat code", seeker_id)
    minutes = int(DESK_LIFE.total_seconds() // 60)
    text = turn.say("chat_code.text", days=CODE_LIFE.days, minutes=minutes)
    page = Link(turn.say("chat_code.print"), turn.links.desk("code", token))
    back = button(turn.say("desk.back"), "person/1", seeker_id)
    return [
        Message(text=code),
        Message(title=turn.say("chat_code.title"), text=text, groups=(column(page, back),)),
    ]


def show_claim(turn: Turn, store: Store, seeker_id: int) -> list[Message]:
    """Return who gave a registration number that another record has: what differs, and the
    question."""
    check_person(turn, store, seeker_id)
    claims = store.persons.open_claims(seeker_id)
    if not claims:
        return people.show(turn, store, seeker_id)
    return [_question(turn, store, each) for each in claims]


def same(turn: Turn, store: Store, claim_id: int) -> list[Message]:
    """Join two records of one person: the newcomer's chat and bookings become the older
    record's."""
    claim = _claim(store, claim_id)
    if claim is None or not store.persons.decide(claim, turn.now, is_same=True):
        return _decided(turn, store)
    _settle(turn, store, claim.job_seeker_id, claim.other_id)
    # Either may have become part of a third record since.
    one, other = store.persons.living(claim.job_seeker_id), store.persons.living(claim.other_id)
    if one == other:
        return people.show(turn, store, other)
    return _merge(turn, store, one, other)


def another(turn: Turn, store: Store, claim_id: int) -> list[Message]:
    """Settle that they are two people: the newcomer may book, and sees nothing of the other."""
    claim = _claim(store, claim_id)
    if claim is None or not store.persons.decide(claim, turn.now, is_same=False):
        return _decided(turn, store)
    _settle(turn, store, claim.job_seeker_id, claim.other_id)
    _note(turn, store, "another person", claim.job_seeker_id, after=f"person {claim.other_id}")
    for chat in store.contacts.of_seeker(claim.job_seeker_id):
        to = turn.to(chat)
        to.write(
            LetterKind.NEWS,
            Message(
                text=to.say("joining.checked"),
                groups=(column(button(to.say("menu.book"), "book/1", primary=True)),),
            ),
        )
    return people.show(turn, store, claim.job_seeker_id)


def ask_merge(turn: Turn, store: Store, from_id: int, into_id: int) -> list[Message]:
    """Ask once before two records become one."""
    _check_two(turn, store, from_id, into_id)
    return desk.is_sure(
        turn,
        turn.say("merge.title"),
        turn.say(
            "merge.sure",
            one=store.seekers.masked_name(from_id),
            other=store.seekers.masked_name(into_id),
            differs=_differs(turn, store, from_id, into_id),
        ),
        button(turn.say("merge.yes"), "mergeyes/1", from_id, into_id),
        button(turn.say("desk.back"), "person/1", into_id),
    )


def merge(turn: Turn, store: Store, from_id: int, into_id: int) -> list[Message]:
    """Make two records one."""
    _check_two(turn, store, from_id, into_id)
    if any(each.from_id == from_id for each in store.persons.merges_into(into_id)):
        return people.show(turn, store, into_id)
    return _merge(turn, store, from_id, into_id)


def undo(turn: Turn, store: Store, merge_id: int) -> list[Message]:
    """Make them two again."""
    undone = store.persons.undo(merge_id, turn.now)
    if undone is None:
        return _decided(turn, store)
    _note(turn, store, "unmerge", undone.into_id, after=f"person {undone.from_id}")
    return people.show(turn, store, undone.into_id)


def _merge(turn: Turn, store: Store, from_id: int, into_id: int) -> list[Message]:
    chats = store.contacts.of_seeker(from_id)
    store.persons.merge(from_id, into_id, turn.contact.staff_id, turn.now)
    for claim in store.persons.open_claims(from_id):
        if {claim.job_seeker_id, claim.other_id} == {from_id, into_id}:
            store.persons.decide(claim, turn.now, is_same=True)
            _settle(turn, store, claim.job_seeker_id, claim.other_id)
    _note(turn, store, "merge", into_id, before=f"person {from_id}", after=f"person {into_id}")
    _settle(turn, store, from_id, into_id)
    for chat in chats:
        to = turn.to(store.contacts.by_id(chat.id))
        mine = own_bookings.current(to, store)
        if mine:
            message = booking_card.confirmation(to, mine[0], to.say("joining.done_title"))
        else:
            message = Message(text=to.say("joining.done_title"))
        to.write(LetterKind.NEWS, message)
    return people.show(turn, store, into_id)


def _question(turn: Turn, store: Store, claim: Claim) -> Message:
    say = turn.say
    return Message(
        title=say("claim.title"),
        text=say(
            "claim.text",
            one=store.seekers.masked_name(claim.job_seeker_id),
            other=store.seekers.masked_name(claim.other_id),
            differs=_differs(turn, store, claim.job_seeker_id, claim.other_id),
        ),
        groups=(
            column(
                button(say("claim.same"), "claimsame/1", claim.id, primary=True),
                button(say("claim.another"), "claimother/1", claim.id),
                button(say("claim.one"), "person/1", claim.job_seeker_id),
                button(say("claim.other"), "person/1", claim.other_id),
            ),
        ),
    )


def _differs(turn: Turn, store: Store, one: int, other: int) -> str:
    """Return what differs, by name only: the values are on the page for details."""
    names = [turn.say(f"form.{field}") for field in store.seekers.differences(one, other)]
    return "・".join(names) or turn.say("claim.nothing")


def _claim(store: Store, claim_id: int) -> Claim | None:
    return store.persons.claim_by_id(claim_id)


def _decided(turn: Turn, store: Store) -> list[Message]:
    return [desk.menu(turn, turn.say("claim.decided"))]


def _settle(turn: Turn, store: Store, newcomer: int, other: int) -> None:
    subject = f"job seekers {newcomer} {other}"
    store.alerts.close_about(AlertKind.SAME_REGISTRATION, subject, turn.now)


def _check_two(turn: Turn, store: Store, from_id: int, into_id: int) -> None:
    check_person(turn, store, from_id)
    check_person(turn, store, into_id)
    if from_id == into_id or store.persons.living(into_id) != into_id:
        raise NotAButton("one record is one already")


def _note(
    turn: Turn, store: Store, what: str, seeker_id: int, *, before: str = "", after: str = ""
) -> None:
    store.audit.note(
        turn.contact, what, turn.now, subject=f"person {seeker_id}", before=before, after=after
    )
