"""The waiting list: who wants to be told of a free slot, and slots held for them."""

from datetime import date, datetime

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from models.database import Transaction, change, query
from models.rules.slots import Slot
from models.tables import Hold, Wait, table

_waits, _holds = table(Wait).c, table(Hold).c

_ADD = change(insert(table(Wait)))
_is_standing = and_(
    _waits.ended_at.is_(None), or_(_waits.day.is_(None), _waits.day > bindparam("today"))
)
_ANYBODY = query(select(_waits.id).where(_is_standing).limit(1), int)
_END = change(
    update(table(Wait))
    .where(_waits.contact_id == bindparam("of"), _waits.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_HOLD = change(insert(table(Hold)))
_OFFER_ANEW = change(
    update(table(Hold))
    .where(
        _holds.counselor_id == bindparam("of"),
        _holds.starts_at == bindparam("start"),
        _holds.until <= bindparam("now"),
    )
    .values(freed_at=bindparam("now"))
)
_OFFERED = query(
    select(_holds.starts_at, _holds.counselor_id).where(
        _holds.contact_id == bindparam("contact_id"), _holds.freed_at.is_(None)
    ),
    Slot,
)
_OFFERS_SINCE = query(
    select(func.count()).where(
        _holds.contact_id == bindparam("contact_id"), _holds.since >= bindparam("since")
    ),
    int,
)
_HAS_HOLD = query(
    select(_holds.id).where(
        _holds.contact_id == bindparam("contact_id"), _holds.until > bindparam("now")
    ),
    int,
)
_LET_GO = change(
    update(table(Hold))
    .where(_holds.contact_id == bindparam("of"), _holds.until > bindparam("now"))
    .values(until=bindparam("now"))
)


class Waiting:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def wait(self, contact_id: int, service: str, day: date | None, now: datetime) -> None:
        """Note that somebody wants to be told when a slot of a day, or of any day, is free."""
        self._tx.run(_ADD, contact_id=contact_id, service=service, day=day, since=now)

    def is_anybody_there(self, today: date) -> bool:
        """Return whether anybody waits for a day that can still be booked."""
        return self._tx.row(_ANYBODY, today=today) is not None

    def standing(self, today: date) -> list[Wait]:
        """Return all of those, the first in line first, and none of them stops meanwhile."""
        # Two processes that offer at once do so one after the other.
        every = select(Wait).where(_is_standing).order_by(_waits.id).with_for_update()
        return list(self._tx.session.scalars(every, {"today": today}))

    def of(self, contact_id: int, today: date) -> list[Wait]:
        """Return what a person waits for."""
        theirs = select(Wait).where(_waits.contact_id == contact_id, _is_standing)
        return list(self._tx.session.scalars(theirs.order_by(_waits.id), {"today": today}))

    def end(self, contact_id: int, now: datetime) -> None:
        """Let a person wait no more: booked, or does not want to; what was held is free."""
        if self._tx.run(_END, of=contact_id, now=now):
            self._tx.run(_LET_GO, of=contact_id, now=now)

    def hold(self, wait: Wait, slot: Slot, now: datetime, until: datetime) -> None:
        """Keep a slot for somebody, until a time."""
        self._tx.run(
            _HOLD,
            wait_id=wait.id,
            contact_id=wait.contact_id,
            counselor_id=slot.counselor_id,
            starts_at=slot.starts_at,
            since=now,
            until=until,
        )

    def offer_anew(self, slot: Slot, now: datetime) -> None:
        """Let a slot be offered again to whom it was offered: somebody had it since, and gives it
        back."""
        if slot.starts_at > now:
            self._tx.run(_OFFER_ANEW, of=slot.counselor_id, start=slot.starts_at, now=now)

    def offered(self, contact_id: int) -> set[Slot]:
        """Return the slots that somebody was offered before and did not take."""
        return set(self._tx.rows(_OFFERED, contact_id=contact_id))

    def offers_since(self, contact_id: int, since: datetime) -> int:
        """Return how many offers a person has had."""
        return self._tx.row(_OFFERS_SINCE, contact_id=contact_id, since=since) or 0

    def has_hold(self, contact_id: int, now: datetime) -> bool:
        """Return whether a slot is held for a person now."""
        return self._tx.row(_HAS_HOLD, contact_id=contact_id, now=now) is not None
