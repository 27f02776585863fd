"""The outbox: requests to the platforms, written with the change that they speak of."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    not_,
    select,
    update,
)

from models.contact import Contact
from models.database import Statement, Transaction, change, insert_once, query
from models.letter import Letter
from models.letter_kind import LetterKind
from models.tables import OutboxRow, SendState, table

# LINE's retry key is good for 24 hours; a try later than this could send a second copy.
RETRY_FOR = timedelta(hours=23)


# What keys that are derived from a booking are made in.
_KEYS = uuid.UUID("0c0f4b1e-7f0a-4c55-8b0a-3f6c8d1e2a77")


class Outgoing(NamedTuple):
    """A request to send. `in_flight` when claimed: an earlier try ended without a word."""

    id: int
    contact_id: int
    channel: str
    person: str
    kind: LetterKind
    subject: str
    booking_id: int | None
    payload: str
    reply_token: str | None
    reply_until: datetime | None
    retry_key: str
    created_at: datetime
    useless_after: datetime
    attempts: int
    fence: int
    report_to: int | None


class Due(NamedTuple):
    id: int
    was_in_flight: bool


_outbox = table(OutboxRow).c
_columns = [getattr(_outbox, name) for name in Outgoing._fields]
_waiting = literal_column("outbox.state") == literal_column("'waiting'")
_is_answer = literal_column("outbox.kind") == literal_column(f"'{LetterKind.ANSWER}'")
_before = table(OutboxRow).alias("before")

_ADD = change(insert(table(OutboxRow)))
_ADD_FOLLOWED = query(insert(table(OutboxRow)).returning(table(OutboxRow).c.id), int)
_ADD_ONCE = insert_once(table(OutboxRow))


def _due(which: ColumnElement[bool]) -> Statement[Due]:
    return query(
        select(_outbox.id, _outbox.in_flight)
        .where(
            _waiting,
            which,
            _outbox.due_at <= bindparam("now"),
            not_(
                exists().where(
                    _before.c.id == _outbox.follows_id, _before.c.state == SendState.WAITING
                )
            ),
        )
        .order_by(_outbox.due_at, _outbox.id)
        .limit(bindparam("count"))
        .with_for_update(skip_locked=True, of=table(OutboxRow)),
        Due,
    )


_DUE_ANSWERS, _DUE_NEWS = _due(_is_answer), _due(~_is_answer)
_CLAIM = query(
    update(table(OutboxRow))
    .where(_outbox.id == bindparam("row"), _waiting)
    .values(
        due_at=bindparam("lease_until"),
        in_flight=True,
        attempts=_outbox.attempts + 1,
        fence=_outbox.fence + 1,
    )
    .returning(*_columns),
    Outgoing,
)
_END = change(
    update(table(OutboxRow))
    .where(_outbox.id == bindparam("row"), _outbox.fence == bindparam("mine"), _waiting)
    .values(
        state=bindparam("new_state"),
        ended_at=bindparam("now"),
        in_flight=False,
        why=bindparam("reason"),
        # What was accepted needs no body any more, and a body speaks of a person.
        payload="",
        reply_token=None,
    )
)
_LATER = change(
    update(table(OutboxRow))
    .where(_outbox.id == bindparam("row"), _outbox.fence == bindparam("mine"), _waiting)
    .values(
        due_at=bindparam("later"),
        in_flight=bindparam("unknown"),
        reply_token=bindparam("token"),
        why=bindparam("reason"),
    )
)


def _how_many(which: ColumnElement[bool]) -> Statement[tuple[int, datetime | None]]:
    return query(
        select(func.count(), func.min(_outbox.due_at)).where(_waiting, which),
        lambda count, oldest: (int(count), oldest),
    )


_ANSWERS_WAITING, _NEWS_WAITING = _how_many(_is_answer), _how_many(~_is_answer)


class Outbox:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def answer(
        self,
        contact: Contact,
        payloads: Sequence[str],
        now: datetime,
        *,
        reply_token: str | None,
        reply_until: datetime | None,
        to: str,
    ) -> None:
        """Write what is said back to an event, to the person or in the group, one request after the
        other. The reply token serves the first request only."""
        follows: int | None = None
        for number, payload in enumerate(payloads, start=1):
            row = _row(
                contact, to, LetterKind.ANSWER, payload, now, useless_after=now + RETRY_FOR
            ) | {
                "reply_token": reply_token,
                "reply_until": reply_until,
                "follows_id": follows,
            }
            if number == len(payloads):
                self._tx.run(_ADD, **row)
            else:
                follows = self._tx.row(_ADD_FOLLOWED, **row)
            reply_token = reply_until = None

    def notify(
        self, letter: Letter, payload: str, now: datetime, *, state: SendState = SendState.WAITING
    ) -> bool:
        """Write what is said unasked; about a booking as it stands each kind at most once a
        version. False when it was said before. With another state than "waiting" it is only
        recorded."""
        booking, contact = letter.booking, letter.to
        until = min(letter.useless_after, now + RETRY_FOR)
        # After a restore the same word gets the same key, by which LINE knows it again.
        key = (
            f"{booking.reference} {booking.secret} {_told(letter)} {booking.version}"
            if booking
            else ""
        )
        added = self._tx.run(
            _ADD_ONCE,
            **_row(
                contact, contact.person, letter.kind, payload, now, useless_after=until, key=key
            ),
            state=state,
            ended_at=None if state == SendState.WAITING else now,
            subject=letter.subject,
            booking_id=booking.id if booking else None,
            booking_version=booking.version if booking else None,
            report_to=letter.report_to,
        )
        return added == 1

    def claim(
        self, now: datetime, lease: timedelta, count: int, news: int
    ) -> list[tuple[Outgoing, bool]]:
        """Take rows to send, answers first and at most `news` that nobody has asked for, with
        whether an earlier try of theirs was never heard of again. A row is ours until the lease
        ends; its fence keeps late words of others out."""
        found = self._tx.rows(_DUE_ANSWERS, now=now, count=count)
        if (left := min(count - len(found), news)) > 0:
            found += self._tx.rows(_DUE_NEWS, now=now, count=left)
        claimed = []
        for due in found:
            row = self._tx.row(_CLAIM, row=due.id, lease_until=now + lease)
            if row is not None:
                claimed.append((row, due.was_in_flight))
        return claimed

    def end(self, row: Outgoing, state: SendState, now: datetime, why: str = "") -> bool:
        """Note how a row ended; False when it is no longer ours."""
        touched = self._tx.run(
            _END, row=row.id, mine=row.fence, new_state=state, now=now, reason=why
        )
        return touched == 1

    def try_later(
        self, row: Outgoing, later: datetime, why: str, *, unknown: bool, token: str | None
    ) -> bool:
        """Send a row again later, with the reply token that is left. `unknown` says that this
        try may have been accepted. False when the row is no longer ours."""
        touched = self._tx.run(
            _LATER,
            row=row.id,
            mine=row.fence,
            later=later,
            reason=why,
            unknown=unknown,
            token=token,
        )
        return touched == 1

    def waiting(self) -> tuple[int, datetime | None]:
        """Return how many rows wait, and since when the most overdue one is due."""
        found = [*self._tx.rows(_ANSWERS_WAITING), *self._tx.rows(_NEWS_WAITING)]
        oldest = [due_at for _, due_at in found if due_at is not None]
        return sum(count for count, _ in found), min(oldest, default=None)


def _told(letter: Letter) -> str:
    """Return what a letter tells, as keys have always named it."""
    return f"{letter.kind} {letter.subject}".strip()


def _row(
    contact: Contact,
    to: str,
    kind: LetterKind,
    payload: str,
    now: datetime,
    *,
    useless_after: datetime,
    key: str = "",
) -> dict[str, object]:
    return {
        "contact_id": contact.id,
        "channel": contact.channel,
        "person": to,
        "kind": kind,
        "payload": payload,
        "retry_key": str(uuid.uuid5(_KEYS, key) if key else uuid.uuid4()),
        "created_at": now,
        "due_at": now,
        "useless_after": useless_after,
    }
