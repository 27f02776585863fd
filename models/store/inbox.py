"""The inbox: every event is taken once."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update
from sqlmodel import col

from models.chat import Did, Event
from models.database import Transaction, change, insert_once, query
from models.tables import InboxEvent, table
from models.vault import Vault

_inbox = table(InboxEvent).c

_ADD = insert_once(table(InboxEvent))
_KEEP = change(
    update(table(InboxEvent))
    .where(_inbox.channel == bindparam("on"), _inbox.event_id == bindparam("event"))
    .values(body=bindparam("body"), failed=bindparam("failed"))
)
_FORGET = change(
    update(table(InboxEvent))
    .where(
        _inbox.contact_id == bindparam("of"),
        _inbox.message_id == bindparam("message"),
    )
    .values(body=None)
)
_LATER_ACT = query(
    select(_inbox.event_id)
    .where(_inbox.contact_id == bindparam("contact_id"), _inbox.acted_at > bindparam("instant"))
    .limit(1),
    str,
)
_CAME_SINCE = query(
    select(_inbox.event_id)
    .where(_inbox.contact_id == bindparam("contact_id"), _inbox.received_at > bindparam("instant"))
    .limit(1),
    str,
)
_taking = table(InboxEvent).alias("taking")
_TAKEN_BACK = query(
    select(_inbox.event_id)
    .join(
        _taking,
        and_(
            _taking.c.contact_id == _inbox.contact_id,
            _taking.c.takes_back == _inbox.message_id,
        ),
    )
    .where(_inbox.channel == bindparam("on"), _inbox.event_id == bindparam("event")),
    str,
)


_TIMES = ("acted_at", "acted_from")


class Inbox:
    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._tx = transaction
        self._vault = vault

    def record(self, event: Event, contact_id: int | None, now: datetime) -> bool:
        """Record an event; returns False when it was recorded before."""
        added = self._tx.run(
            _ADD,
            channel=event.channel,
            event_id=event.id,
            contact_id=contact_id,
            message_id=event.message_id,
            takes_back=event.message_id if event.did is Did.UNSENT else None,
            acted_at=event.acted_at,
            received_at=now,
        )
        return added == 1

    def keep(self, event: Event, *, failed: bool) -> None:
        """Keep what an event said, sealed, because somebody may need it; unless the person has
        taken it back, which we may hear of first."""
        if self._was_taken_back(event):
            return
        sealed = self._vault.seal(_write(event), _about(event.channel, event.id))
        self._tx.run(_KEEP, on=event.channel, event=event.id, body=sealed, failed=failed)

    def forget_message(self, contact_id: int, message_id: str) -> None:
        """Scrub what a person has taken back."""
        self._tx.run(_FORGET, of=contact_id, message=message_id)

    def has_acted_since(self, contact_id: int, instant: datetime) -> bool:
        """Return whether something that a person did later is known already: events come in any
        order."""
        return self._tx.row(_LATER_ACT, contact_id=contact_id, instant=instant) is not None

    def has_come_since(self, contact_id: int, instant: datetime) -> bool:
        """Return whether anything of a person's was taken since, whenever they did it."""
        return self._tx.row(_CAME_SINCE, contact_id=contact_id, instant=instant) is not None

    def failed(self) -> list[Event]:
        """Return the events that failed, the oldest first, as they came."""
        rows = self._tx.session.scalars(
            select(InboxEvent)
            .where(col(InboxEvent.failed).is_(True), col(InboxEvent.body).is_not(None))
            .order_by(col(InboxEvent.received_at))
        )
        return [
            _read(self._vault.open(row.body, _about(row.channel, row.event_id)))
            for row in rows
            if row.body is not None
        ]

    def kept_of(self, contact_id: int) -> list[Event]:
        """Return what a person wrote around a consultation, which staff may have to read."""
        rows = self._tx.session.scalars(
            select(InboxEvent)
            .where(
                col(InboxEvent.contact_id) == contact_id,
                col(InboxEvent.body).is_not(None),
                col(InboxEvent.failed).is_(False),
            )
            .order_by(col(InboxEvent.received_at))
        )
        return [
            _read(self._vault.open(row.body, _about(row.channel, row.event_id)))
            for row in rows
            if row.body is not None
        ]

    def put_back(self, event: Event) -> None:
        """Make a failed event as if it had never come, so that it can be taken again."""
        row = self._tx.session.get(InboxEvent, (event.channel, event.id))
        if row is not None:
            self._tx.session.delete(row)
            self._tx.session.flush()

    def _was_taken_back(self, event: Event) -> bool:
        return self._tx.row(_TAKEN_BACK, on=event.channel, event=event.id) is not None


def _write(event: Event) -> str:
    times = {name: getattr(event, name) for name in _TIMES}
    written = {name: each.isoformat() if each else None for name, each in times.items()}
    return json.dumps(asdict(event) | written | {"did": event.did.value})


def _read(body: str) -> Event:
    raw = json.loads(body)
    for name in _TIMES:
        raw[name] = datetime.fromisoformat(raw[name]) if raw.get(name) else None
    raw["did"] = Did(raw["did"])
    return Event(**raw)


def _about(channel: str, event_id: str) -> str:
    return f"inbox:{channel}:{event_id}"
