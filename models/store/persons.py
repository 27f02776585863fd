"""Persons: which records and chats are one person's. Records are joined by staff, or by a one-time
code that staff give; nobody joins them by typing somebody's number."""

import hmac
import json
import secrets
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, cast, or_, select, union, update

from models.database import Transaction, change, insert_once, query
from models.store.chat_codes import LENGTHS, SIGNS
from models.tables import (
    Booking,
    ChatCode,
    Claim,
    Contact,
    Merge,
    Note,
    Refusal,
    table,
)
from models.vault import token_hash

# A code in My Page may be read days later.
CODE_LIFE = timedelta(days=14)
TRIES = 5

_claims, _codes, _merges = table(Claim).c, table(ChatCode).c, table(Merge).c
# What goes with a person from one record to another.
_MOVED = (Contact, Booking, Note, Refusal)


_CLAIM = insert_once(table(Claim))
# A record with all that became part of it: what was claimed of one is claimed of the whole.
_records = select(cast(bindparam("of"), _merges.from_id.type).label("id")).cte(
    "records", recursive=True
)
_records = _records.union(
    select(_merges.from_id).where(_merges.into_id == _records.c.id, _merges.undone_at.is_(None))
)
_its_own = select(_records.c.id)
_is_claimed = and_(
    _claims.decided_at.is_(None),
    or_(_claims.job_seeker_id.in_(_its_own), _claims.other_id.in_(_its_own)),
)
# The other side of each claim, or what that became part of.
_other_side = case(
    (_claims.job_seeker_id.in_(_its_own), _claims.other_id), else_=_claims.job_seeker_id
)
_others = select(_other_side.label("id")).where(_is_claimed).cte("others", recursive=True)
_others = _others.union(
    select(_merges.into_id).where(_merges.from_id == _others.c.id, _merges.undone_at.is_(None))
)
# The record `of`, and all that may be the same person's.
MAYBE_SAME = union(
    select(_records.c.id).where(_records.c.id == bindparam("of")), select(_others.c.id)
)
_MAYBE_SAME = query(MAYBE_SAME, int)
_DECIDE = change(
    update(table(Claim))
    .where(_claims.id == bindparam("claim"), _claims.decided_at.is_(None))
    .values(decided_at=bindparam("now"), is_same=bindparam("same"))
)
_TRY = change(
    update(table(ChatCode))
    .where(
        _codes.selector == bindparam("of"),
        _codes.used_at.is_(None),
        _codes.expires_at > bindparam("now"),
        _codes.tries < TRIES,
    )
    .values(tries=_codes.tries + 1)
)


_PART_OF = query(
    select(_merges.into_id)
    .where(_merges.from_id == bindparam("of"), _merges.undone_at.is_(None))
    .order_by(_merges.id.desc())
    .limit(1),
    int,
)


class Persons:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def claim(self, job_seeker_id: int, other_id: int, now: datetime) -> bool:
        """Note that a newcomer gave the number of another record; False when that was known, and
        perhaps decided."""
        added = self._tx.run(_CLAIM, job_seeker_id=job_seeker_id, other_id=other_id, at=now)
        return added == 1

    def open_claims(self, job_seeker_id: int) -> list[Claim]:
        """Return the claims about a record that staff have not decided, whichever side it is."""
        every = select(Claim).where(_is_claimed).order_by(_claims.id)
        return list(self._tx.session.scalars(every, {"of": job_seeker_id}))

    def claim_by_id(self, claim_id: int) -> Claim | None:
        """Return a claim that is not decided."""
        found = self._tx.session.get(Claim, claim_id, populate_existing=True)
        return found if found is not None and found.decided_at is None else None

    def maybe_same(self, job_seeker_id: int) -> list[int]:
        """Return a record, and those that may be the same person's."""
        return sorted(self._tx.rows(_MAYBE_SAME, of=job_seeker_id))

    def living(self, job_seeker_id: int) -> int:
        """Return the record that a record has become part of; itself if of none."""
        while (into := self._tx.row(_PART_OF, of=job_seeker_id)) is not None:
            job_seeker_id = into
        return job_seeker_id

    def decide(self, claim: Claim, now: datetime, *, is_same: bool) -> bool:
        """Note what staff say of a claim; False when somebody was faster."""
        return self._tx.run(_DECIDE, claim=claim.id, now=now, same=is_same) == 1

    def merge(self, from_id: int, into_id: int, by: int | None, now: datetime) -> int:
        """Make two records one: chats, bookings, notes and refusals of the first are the second's
        from now on. Returns the merge's number, by which it can be undone."""
        session = self._tx.session
        moved: dict[str, list[int]] = {}
        for model in _MOVED:
            rows = table(model)
            theirs = select(rows.c.id).where(rows.c.job_seeker_id == from_id)
            numbers = list(session.connection().execute(theirs).scalars())
            moved[rows.name] = numbers
            self._give(model, numbers, into_id)
        row = Merge(
            from_id=from_id, into_id=into_id, moved=json.dumps(moved), by_staff_id=by, at=now
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id

    def undo(self, merge_id: int, now: datetime) -> Merge | None:
        """Give back to the first record what was its own; None when it was undone before, or when
        the second has become part of a third, which has to be undone first."""
        session = self._tx.session
        row = session.get(Merge, merge_id)
        if row is None or row.undone_at is not None or self.living(row.into_id) != row.into_id:
            return None
        moved = json.loads(row.moved)
        for model in _MOVED:
            self._give(model, moved[table(model).name], row.from_id)
        row.undone_at = now
        session.flush()
        return row

    def merges_into(self, job_seeker_id: int) -> list[Merge]:
        """Return the records that became part of this one and still are, the latest first."""
        every = select(Merge).where(_merges.into_id == job_seeker_id, _merges.undone_at.is_(None))
        return list(self._tx.session.scalars(every.order_by(_merges.id.desc())))

    def new_code(self, job_seeker_id: int, now: datetime) -> str:
        """Return a new code that joins a chat to a record, once; of it only a hash is stored."""
        groups = _new_groups()
        while self._tx.session.get(ChatCode, groups[0]) is not None:
            groups = _new_groups()
        self._tx.session.add(
            ChatCode(
                selector=groups[0],
                secret_hash=token_hash("".join(groups[1:])),
                job_seeker_id=job_seeker_id,
                expires_at=now + CODE_LIFE,
            )
        )
        self._tx.session.flush()
        return "-".join(groups)

    def redeem(self, code: str, now: datetime) -> int | None:
        """Return the record that a code joins to, used up by this; None for one that is wrong,
        used, too old or was tried too often."""
        selector, _, rest = code.partition("-")
        if self._tx.run(_TRY, of=selector, now=now) != 1:
            return None
        row = self._tx.session.get_one(ChatCode, selector, populate_existing=True)
        if not hmac.compare_digest(row.secret_hash, token_hash(rest.replace("-", ""))):
            return None
        row.used_at = now
        self._tx.session.flush()
        return self.living(row.job_seeker_id)

    def _give(
        self, model: type[Contact | Booking | Note | Refusal], rows: list[int], to: int
    ) -> None:
        changed = table(model)
        if rows:
            statement = update(changed).where(changed.c.id.in_(rows)).values(job_seeker_id=to)
            self._tx.session.connection().execute(statement)


def _new_groups() -> list[str]:
    return ["".join(secrets.choice(SIGNS) for _ in range(length)) for length in LENGTHS]
