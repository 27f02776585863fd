"""Questions from parents: told to staff in the office's hours, answered by replying."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.shared import hours, own_bookings
from handlers.staff.permission import NotAllowed, is_admin
from models.chat import Message, NotAButton, button, column
from models.letter_kind import LetterKind
from models.store import Store
from models.store.questions import Question
from models.store.staff import Member
from models.text import MAX_TEXT, shortened
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=30)
_LISTED = 10
_AT_ONCE = 20
_BUNDLED_FOR = timedelta(minutes=10)


def show_open(turn: Turn, store: Store) -> list[Message]:
    """Return the questions that nobody has answered, the oldest first."""
    found = [each for each in store.questions.open() if _is_mine(turn, store, each)]
    if not found:
        return [Message(text=turn.say("questions.nothing"))]
    return [_list(turn, found, len(found))]


def _list(turn: Turn, found: Sequence[Question], count: int) -> Message:
    """Return questions in a list, each with its button."""
    lines = [f"#{each.id} {shortened(each.text, 60)}" for each in found[:_LISTED]]
    choices = [
        button(turn.say("questions.answer_number", n=each.id), "question/1", each.id)
        for each in found[:_LISTED]
    ]
    title = turn.say("questions.title", n=count)
    return Message(title=title, text="\n".join(lines), groups=(column(*choices),))


def questions_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_open(turn, store)


def show(turn: Turn, store: Store, question_id: int) -> list[Message]:
    """Show one question; the next text, or a reply to it, answers it."""
    question = _question(turn, store, question_id)
    if question.closed:
        return [Message(text=turn.say("questions.answered_already", n=question.id))]
    until = turn.now + _ANSWER_WITHIN
    store.awaited.ask(turn.contact.id, "answer", str(question_id), until)
    return [_card(turn, question, turn.say("questions.write"))]


def close(turn: Turn, store: Store, question_id: int) -> list[Message]:
    """Close what was answered on the phone, or none is needed."""
    question = _question(turn, store, question_id)
    if store.questions.close(question.id, turn.now):
        subject = f"question {question.id}"
        store.audit.note(turn.contact, "close question", turn.now, subject=subject)
    return show_open(turn, store)


def answer_awaited(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    return answer(turn, store, int(subject), text)


def answer(turn: Turn, store: Store, question_id: int, text: str) -> list[Message]:
    """Bring the answer to the parent, with the question that it answers."""
    question = _question(turn, store, question_id)
    if len(text) >= MAX_TEXT:
        return [Message(text=turn.say("questions.too_long", most=MAX_TEXT))]
    if not store.questions.answer(question.id, text, turn.contact.staff_id, turn.now):
        return [Message(text=turn.say("questions.answered_already", n=question.id))]
    store.audit.note(turn.contact, "answer", turn.now, subject=f"question {question.id}")
    to = turn.to(store.contacts.by_id(question.contact_id))
    to.write(
        LetterKind.STAFF_ANSWER,
        Message(
            title=to.say("questions.answered_title"),
            text=f"「{shortened(question.text, 80)}」\n\n{text}",
            groups=(column(button(to.say("ask.again"), "ask/1")),),
        ),
        report_to=turn.contact.id,
    )
    return [Message(text=turn.say("questions.sent", n=question.id))]


def tell_untold(turn: Turn, store: Store) -> None:
    """Bring new questions to those whose business they are, in the office's hours, and those that
    come soon after each other together: each word may be a counted message."""
    untold = store.questions.untold(_AT_ONCE)
    if not untold or not hours.is_open(turn):
        return
    last = store.questions.last_told()
    if last is not None and timedelta(0) <= turn.now - last < _BUNDLED_FOR:
        return
    taken = [each for each in untold if store.questions.claim(each.id, turn.now)]
    for member in store.staff.team():
        mine = [each for each in taken if member in _concerned(turn, store, each)]
        if not mine:
            continue
        to = turn.to(store.contacts.by_id(member.contact_id))
        if len(mine) == 1:
            to.write(LetterKind.QUESTION, _card(to, mine[0], to.say("questions.reply")))
        else:
            to.write(LetterKind.QUESTION, _list(to, mine, len(mine)))


def _concerned(turn: Turn, store: Store, question: Question) -> list[Member]:
    return store.staff.concerned(_counselor(turn, store, question))


def how_many(turn: Turn, store: Store) -> int:
    """Return how many are open that this staff member may answer."""
    return sum(_is_mine(turn, store, each) for each in store.questions.open())


def summary(turn: Turn, store: Store) -> list[str]:
    """Return how many are open, for the digest."""
    count = how_many(turn, store)
    return [turn.say("questions.title", n=count)] if count else []


def _card(turn: Turn, question: Question, how: str) -> Message:
    asked = question.asked_at.astimezone(turn.office.zone)
    return Message(
        title=turn.say("questions.one", n=question.id, time=f"{asked:%m/%d %H:%M}"),
        text=f"{question.text}\n\n{how}",
        groups=(
            column(
                button(turn.say("questions.answer"), "question/1", question.id),
                button(turn.say("questions.close"), "closequestion/1", question.id),
            ),
        ),
        about=f"question {question.id}",
    )


def _question(turn: Turn, store: Store, question_id: int) -> Question:
    question = store.questions.by_id(question_id)
    if question is None:
        raise NotAButton("no such question")
    if not _is_mine(turn, store, question):
        raise NotAllowed(f"question {question_id}")
    return question


def _is_mine(turn: Turn, store: Store, question: Question) -> bool:
    if is_admin(turn):
        return True
    counselor = _counselor(turn, store, question)
    return counselor is not None and counselor == turn.contact.counselor_id


def _counselor(turn: Turn, store: Store, question: Question) -> int | None:
    """Return the counselor whose parent asks: of the next booking, or else of the last one."""
    parent = store.contacts.by_id(question.contact_id)
    if parent.job_seeker_id is None:
        return None
    upcoming = own_bookings.current(turn.of(parent), store)
    nearest = upcoming[0] if upcoming else store.bookings.latest(parent.job_seeker_id)
    return nearest.counselor_id if nearest else None
