"""Alerts: what staff must know or decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, select, update

from models import tables
from models.booking import LONGEST
from models.booking import Booking as BookingView
from models.database import Transaction, change, insert_once, query
from models.tables import AlertKind, Booking, Counselor, table

# What a parent can say and take back as often as they like is told once in this time.
_TOLD_AGAIN = {AlertKind.MAY_NOT_COME: timedelta(hours=1)}


class Alert(NamedTuple):
    """An alert, with what staff need to find the booking; no personal details."""

    id: int
    at: datetime
    kind: AlertKind
    subject: str
    booking_id: int | None
    reference: str | None
    starts_at: datetime | None
    counselor_id: int | None
    counselor: str | None
    contact_id: int | None
    detail: str
    by_staff_id: int | None
    is_closed: bool


_alerts, _bookings, _counselors = table(tables.Alert).c, table(Booking).c, table(Counselor).c

_view = select(
    *(_alerts.id, _alerts.at, _alerts.kind, _alerts.subject, _alerts.booking_id),
    *(_bookings.reference, _bookings.starts_at),
    func.coalesce(_alerts.counselor_id, _bookings.counselor_id),
    *(_counselors.name, _alerts.contact_id, _alerts.detail, _alerts.by_staff_id),
    _alerts.closed_at.is_not(None),
).select_from(
    table(tables.Alert)
    .outerjoin(table(Booking), _bookings.id == _alerts.booking_id)
    .outerjoin(
        table(Counselor),
        _counselors.id == func.coalesce(_alerts.counselor_id, _bookings.counselor_id),
    )
)

_ADD = insert_once(table(tables.Alert))
_SINCE = query(
    _view.where(_alerts.at >= bindparam("since")).order_by(_alerts.at, _alerts.id), Alert
)
_OPEN = query(_view.where(_alerts.closed_at.is_(None)).order_by(_alerts.at, _alerts.id), Alert)
_BY_ID = query(_view.where(_alerts.id == bindparam("id")), Alert)
_UNTOLD = query(
    _view.where(_alerts.told_at.is_(None))
    .order_by(_alerts.at, _alerts.id)
    .limit(bindparam("count")),
    Alert,
)
_TELL = change(
    update(table(tables.Alert))
    .where(_alerts.id == bindparam("alert"), _alerts.told_at.is_(None))
    .values(told_at=bindparam("now"))
)
_REOPEN = change(
    update(table(tables.Alert))
    .where(
        _alerts.kind == bindparam("of_kind"),
        _alerts.subject == bindparam("about"),
        _alerts.closed_at.is_not(None),
    )
    .values(
        closed_at=None,
        told_at=None,
        at=case(
            (
                # What was closed before it was told has never been told.
                and_(
                    _alerts.told_at > bindparam("told_since"), _alerts.told_at <= _alerts.closed_at
                ),
                bindparam("then", type_=_alerts.at.type),
            ),
            (_alerts.at > bindparam("now", type_=_alerts.at.type), _alerts.at),
            else_=bindparam("now", type_=_alerts.at.type),
        ),
        detail=bindparam("filled"),
        counselor_id=bindparam("whose"),
        by_staff_id=bindparam("by"),
    )
)
_TELL_AGAIN = change(
    update(table(tables.Alert))
    .where(
        _alerts.kind == bindparam("of_kind"),
        _alerts.subject == bindparam("about"),
        _alerts.closed_at.is_(None),
        _alerts.told_at.is_not(None),
    )
    .values(told_at=None, at=bindparam("now"))
)
_IS_TOLD = query(
    select(_alerts.id).where(
        _alerts.booking_id == bindparam("booking_id"),
        _alerts.kind == bindparam("kind"),
        _alerts.closed_at.is_(None),
        _alerts.told_at.is_not(None),
    ),
    int,
)
_WAS_RAISED = query(
    select(_alerts.id)
    .where(_alerts.booking_id == bindparam("booking_id"), _alerts.kind == bindparam("kind"))
    .limit(1),
    int,
)
_CLOSE = change(
    update(table(tables.Alert))
    .where(_alerts.id == bindparam("alert"), _alerts.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)
_OPEN_KIND = query(
    select(_alerts.id)
    .where(_alerts.kind == bindparam("kind"), _alerts.closed_at.is_(None))
    .limit(1),
    int,
)
_CLOSE_PAST = change(
    update(table(tables.Alert))
    .where(
        _alerts.closed_at.is_(None),
        _alerts.kind == bindparam("of_kind"),
        _alerts.booking_id.in_(select(_bookings.id).where(_bookings.starts_at < bindparam("over"))),
    )
    .values(closed_at=bindparam("now"))
)
_CLOSE_ABOUT = change(
    update(table(tables.Alert))
    .where(
        _alerts.kind == bindparam("of_kind"),
        _alerts.subject == bindparam("about"),
        _alerts.closed_at.is_(None),
    )
    .values(closed_at=bindparam("now"))
)
_CLOSE_OF = change(
    update(table(tables.Alert))
    .where(
        _alerts.booking_id == bindparam("booking"),
        _alerts.closed_at.is_(None),
    )
    .values(closed_at=bindparam("now"))
)
_CLOSE_KIND = change(
    update(table(tables.Alert))
    .where(
        _alerts.booking_id == bindparam("booking"),
        _alerts.closed_at.is_(None),
        _alerts.kind == bindparam("of_kind"),
    )
    .values(closed_at=bindparam("now"))
)


class Alerts:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def tell(
        self,
        kind: AlertKind,
        now: datetime,
        *,
        subject: str,
        booking_id: int | None = None,
        contact_id: int | None = None,
        counselor_id: int | None = None,
        detail: str = "",
        by_staff_id: int | None = None,
    ) -> bool:
        """Raise something to staff; the same thing about the same subject is told once, until
        somebody has seen to it. `detail` fills the words, and holds nothing personal. Returns
        whether it is to be told now."""
        detail = detail[:80]
        added = self._tx.run(
            _ADD,
            kind=kind,
            subject=subject,
            booking_id=booking_id,
            contact_id=contact_id,
            counselor_id=counselor_id,
            detail=detail,
            by_staff_id=by_staff_id,
            at=now,
        )
        if added:
            return True
        # What was ticked off and happens again is to be known again.
        reopened = self._tx.run(
            _REOPEN,
            of_kind=kind,
            about=subject,
            now=now,
            told_since=now - _TOLD_AGAIN.get(kind, timedelta(0)),
            then=now + _TOLD_AGAIN.get(kind, timedelta(0)),
            filled=detail,
            whose=counselor_id,
            by=by_staff_id,
        )
        return reopened > 0

    def about(
        self,
        booking: BookingView,
        kind: AlertKind,
        now: datetime,
        *,
        counselor_id: int | None = None,
        detail: str = "",
        by_staff_id: int | None = None,
    ) -> bool:
        """Raise something about a booking as it stands; after a move it may be told again. It is
        its counselor's business, or another one's."""
        whose = f" of {counselor_id}" if counselor_id is not None else ""
        return self.tell(
            kind,
            now,
            subject=f"booking {booking.id}.{booking.version}{whose}",
            booking_id=booking.id,
            counselor_id=counselor_id,
            detail=detail,
            by_staff_id=by_staff_id,
        )

    def tell_again(self, booking: BookingView, kind: AlertKind, now: datetime) -> None:
        """Tell what is open about a booking once more: there is something new to it."""
        subject = f"booking {booking.id}.{booking.version}"
        self._tx.run(_TELL_AGAIN, of_kind=kind, about=subject, now=now)

    def is_told(self, booking_id: int, kind: AlertKind) -> bool:
        """Return whether something open about a booking is known to staff."""
        return self._tx.row(_IS_TOLD, booking_id=booking_id, kind=kind) is not None

    def was_raised(self, booking_id: int, kind: AlertKind) -> bool:
        """Return whether something was ever raised about a booking, settled or not."""
        return self._tx.row(_WAS_RAISED, booking_id=booking_id, kind=kind) is not None

    def since(self, since: datetime) -> list[Alert]:
        """Return alerts from a time on, the oldest first."""
        return self._tx.rows(_SINCE, since=since)

    def open(self) -> list[Alert]:
        """Return what nobody has ticked off, the oldest first."""
        return self._tx.rows(_OPEN)

    def by_id(self, alert_id: int) -> Alert | None:
        return self._tx.row(_BY_ID, id=alert_id)

    def untold(self, count: int) -> list[Alert]:
        """Return what staff have not been told, the oldest first."""
        return self._tx.rows(_UNTOLD, count=count)

    def claim(self, alert_id: int, now: datetime) -> bool:
        """Claim an alert to tell it; False when somebody was faster."""
        return self._tx.run(_TELL, alert=alert_id, now=now) == 1

    def close_one(self, alert_id: int, now: datetime) -> None:
        """Note that somebody has seen to it."""
        self._tx.run(_CLOSE, alert=alert_id, now=now)

    def is_open(self, kind: AlertKind) -> bool:
        """Return whether something of a kind is open."""
        return self._tx.row(_OPEN_KIND, kind=kind) is not None

    def close_past(self, kinds: Sequence[AlertKind], now: datetime) -> None:
        """Close what was asked about bookings that are over by now."""
        for kind in kinds:
            self._tx.run(_CLOSE_PAST, of_kind=kind, over=now - LONGEST, now=now)

    def close_about(self, kind: AlertKind, subject: str, now: datetime) -> None:
        """Settle what was said of a subject."""
        self._tx.run(_CLOSE_ABOUT, of_kind=kind, about=subject, now=now)

    def close(self, booking_id: int, kind: AlertKind, now: datetime) -> None:
        """Note that what one kind of alert asked for is done."""
        self._tx.run(_CLOSE_KIND, booking=booking_id, of_kind=kind, now=now)

    def close_of(self, booking_id: int, now: datetime) -> None:
        """Close what was said of a booking that was decided or has changed: nothing said of it
        before needs anybody."""
        self._tx.run(_CLOSE_OF, booking=booking_id, now=now)
