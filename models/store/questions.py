"""Questions from parents to staff, sealed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlmodel import col

from models import tables
from models.database import Transaction, change, query
from models.tables import table
from models.vault import Vault


class Question(NamedTuple):
    """What a parent has asked."""

    id: int
    contact_id: int
    text: str
    answer: str
    asked_at: datetime
    closed: bool


_questions = table(tables.Question).c

_OPEN_OF = query(
    select(func.count()).where(
        _questions.contact_id == bindparam("contact_id"), _questions.closed_at.is_(None)
    ),
    int,
)
_ASKED_SINCE = query(
    select(func.count()).where(
        _questions.contact_id == bindparam("contact_id"), _questions.asked_at >= bindparam("since")
    ),
    int,
)
_LAST_TOLD = query(
    select(_questions.told_at)
    .where(_questions.told_at.is_not(None))
    .order_by(_questions.id.desc())
    .limit(1),
    lambda instant: instant,
)
_UNTOLD = query(
    select(_questions.id)
    .where(_questions.told_at.is_(None), _questions.closed_at.is_(None))
    .order_by(_questions.id)
    .limit(bindparam("count")),
    int,
)
_TAKE = change(
    update(table(tables.Question))
    .where(_questions.id == bindparam("question"), _questions.told_at.is_(None))
    .values(told_at=bindparam("now"))
)
_CLOSE = change(
    update(table(tables.Question))
    .where(_questions.id == bindparam("question"), _questions.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)
_FORGET = change(
    update(table(tables.Question))
    .where(_questions.contact_id == bindparam("of"), _questions.message_id == bindparam("message"))
    .values(body=None, closed_at=bindparam("now"))
)


_drafts = table(tables.Draft).c
_KEEP_DRAFT = query(insert(table(tables.Draft)).returning(table(tables.Draft).c.id), int)
_SEAL_DRAFT = change(
    update(table(tables.Draft))
    .where(_drafts.id == bindparam("draft"))
    .values(body=bindparam("sealed"))
)
_DRAFT = query(
    select(_drafts.message_id, _drafts.body).where(
        _drafts.id == bindparam("draft"),
        _drafts.contact_id == bindparam("contact_id"),
        _drafts.until > bindparam("now"),
    ),
    lambda message_id, body: (message_id, body),
)
_DROP_DRAFT = change(delete(table(tables.Draft)).where(_drafts.id == bindparam("draft")))
_FORGET_DRAFT = change(
    delete(table(tables.Draft)).where(
        _drafts.contact_id == bindparam("of"), _drafts.message_id == bindparam("message")
    )
)
_FORGET_DRAFTS = change(delete(table(tables.Draft)).where(_drafts.until <= bindparam("now")))


class Questions:
    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._tx = transaction
        self._vault = vault

    def ask(self, contact_id: int, text: str, message_id: str | None, now: datetime) -> int:
        """Keep a question, sealed; returns its number."""
        question = tables.Question(contact_id=contact_id, message_id=message_id, asked_at=now)
        self._tx.session.add(question)
        self._tx.session.flush()
        assert question.id is not None
        question.body = self._vault.seal(text, f"questions:{question.id}")
        self._tx.session.flush()
        return question.id

    def keep_draft(
        self, contact_id: int, text: str, message_id: str | None, until: datetime
    ) -> int:
        """Keep what somebody typed until a time, sealed, in case that it is to be a question;
        returns its number."""
        number = self._tx.row(
            _KEEP_DRAFT, contact_id=contact_id, message_id=message_id, until=until
        )
        assert number is not None
        self._tx.run(_SEAL_DRAFT, draft=number, sealed=self._vault.seal(text, f"drafts:{number}"))
        return number

    def take_draft(self, contact_id: int, number: int, now: datetime) -> str | None:
        """Return what a person has typed, which is kept no more; None when it was not any more."""
        found = self._tx.row(_DRAFT, draft=number, contact_id=contact_id, now=now)
        if found is None:
            return None
        self._tx.run(_DROP_DRAFT, draft=number)
        return self._vault.open(found[1], f"drafts:{number}")

    def ask_draft(self, contact_id: int, number: int, now: datetime) -> bool:
        """Make a question of what a person has typed; False when it is kept no more."""
        found = self._tx.row(_DRAFT, draft=number, contact_id=contact_id, now=now)
        if found is None:
            return False
        message_id, body = found
        self.ask(contact_id, self._vault.open(body, f"drafts:{number}"), message_id, now)
        self._tx.run(_DROP_DRAFT, draft=number)
        return True

    def forget_drafts(self, now: datetime) -> None:
        """Delete what was typed and became no question in time."""
        self._tx.run(_FORGET_DRAFTS, now=now)

    def answer(self, question_id: int, text: str, staff_id: int | None, now: datetime) -> bool:
        """Keep what was answered, sealed; the question is open no more. False when it was not
        open any more."""
        if not self.close(question_id, now):
            return False
        question = self._tx.session.get_one(tables.Question, question_id, populate_existing=True)
        question.answer = self._vault.seal(text, f"answers:{question_id}")
        question.answered_by = staff_id
        self._tx.session.flush()
        return True

    def open(self) -> list[Question]:
        """Return what nobody has answered, the oldest first."""
        rows = self._tx.session.scalars(
            select(tables.Question)
            .where(col(tables.Question.closed_at).is_(None))
            .order_by(col(tables.Question.id))
        )
        return [self._opened(row) for row in rows]

    def untold(self, count: int) -> list[Question]:
        """Return what staff have not been told, the oldest first."""
        numbers = self._tx.rows(_UNTOLD, count=count)
        return [found for number in numbers if (found := self.by_id(number))]

    def claim(self, question_id: int, now: datetime) -> bool:
        """Claim a question to tell it; False when somebody was faster."""
        return self._tx.run(_TAKE, question=question_id, now=now) == 1

    def close(self, question_id: int, now: datetime) -> bool:
        """Close the question; return False when it was not any more."""
        return self._tx.run(_CLOSE, question=question_id, now=now) == 1

    def by_id(self, question_id: int) -> Question | None:
        row = self._tx.session.get(tables.Question, question_id)
        return self._opened(row) if row else None

    def of(self, contact_id: int) -> list[Question]:
        """Return what a person has asked, the oldest first."""
        rows = self._tx.session.scalars(
            select(tables.Question)
            .where(col(tables.Question.contact_id) == contact_id)
            .order_by(col(tables.Question.id))
        )
        return [self._opened(row) for row in rows]

    def open_of(self, contact_id: int) -> int:
        """Return how many of a person's questions are open."""
        return self._tx.row(_OPEN_OF, contact_id=contact_id) or 0

    def asked_since(self, contact_id: int, since: datetime) -> int:
        """Return how many questions a person has asked since a time (UTC)."""
        return self._tx.row(_ASKED_SINCE, contact_id=contact_id, since=since) or 0

    def last_told(self) -> datetime | None:
        """Return when staff were last told of a question."""
        return self._tx.row(_LAST_TOLD)

    def forget_message(self, contact_id: int, message_id: str, now: datetime) -> None:
        """Scrub what a person has taken back."""
        self._tx.run(_FORGET, of=contact_id, message=message_id, now=now)
        self._tx.run(_FORGET_DRAFT, of=contact_id, message=message_id)

    def _opened(self, row: tables.Question) -> Question:
        assert row.id is not None
        text = self._vault.open(row.body, f"questions:{row.id}") if row.body else ""
        answer = self._vault.open(row.answer, f"answers:{row.id}") if row.answer else ""
        return Question(
            row.id, row.contact_id, text, answer, row.asked_at, row.closed_at is not None
        )
