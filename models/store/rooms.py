"""Rooms of bookings at a video service: what each is to have, what it has, what was seen there."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update

from models.booking import Booking
from models.database import Transaction, change, insert_once, query
from models.errand import ErrandKind, MadeRoom
from models.rules.rooms import Place
from models.sighting import Seen, Sighting
from models.store.errands import Errands
from models.tables import Room, RoomChanges, SightingRow, Status, table
from models.vault import new_token

# A room that is of no use any more is deleted within this time, or staff hear of it.
_DELETED_WITHIN = timedelta(days=2)
# Bookings in these states are to have a room. What took place keeps its own.
_WITH_ROOM = (Status.BOOKED, Status.JOINED, Status.UNDECIDED, Status.COMPLETED)

_rooms, _sightings, _changes = table(Room).c, table(SightingRow).c, table(RoomChanges).c

_LIVING = query(
    select(_rooms.host, _rooms.number, _rooms.starts_at, _rooms.join_url).where(
        _rooms.booking_id == bindparam("booking_id"), _rooms.gone_at.is_(None)
    ),
    MadeRoom,
)
_BOOKING_OF = query(
    select(_rooms.booking_id).where(_rooms.number == bindparam("number")),
    lambda booking_id: int(booking_id),
)
_END = change(
    update(table(Room))
    .where(
        _rooms.booking_id == bindparam("booking"),
        _rooms.number != bindparam("but"),
        _rooms.gone_at.is_(None),
    )
    .values(gone_at=bindparam("now"), join_url="")  # the passcode in it is of no use any more
)
_KEEP = change(
    update(table(Room))
    .where(_rooms.number == bindparam("of"))
    .values(
        host=bindparam("whose"), starts_at=bindparam("at"), join_url=bindparam("url"), gone_at=None
    )
)
_HOSTS_AROUND = query(
    select(_rooms.host)
    .where(
        _rooms.gone_at.is_(None),
        _rooms.starts_at > bindparam("after"),
        _rooms.starts_at < bindparam("until"),
    )
    .distinct(),
    str,
)
_ADD = insert_once(table(Room))
_ADD_SIGHTING = insert_once(table(SightingRow))
_ROOM_ID = query(select(_rooms.id).where(_rooms.number == bindparam("number")), int)
_SEEN = query(
    select(_rooms.number, _sightings.seen, _sightings.by_host, _sightings.at)
    .join(table(Room), _rooms.id == _sightings.room_id)
    .where(_rooms.booking_id == bindparam("booking_id")),
    lambda number, seen, by_host, at: Sighting(number, seen, bool(by_host), at),
)
_TOLD_OF_PEOPLE = query(
    select(_sightings.id)
    .where(_sightings.seen.in_((Seen.JOINED, Seen.WAITING)), _sightings.at > bindparam("since"))
    .limit(1),
    int,
)
_HAD = query(select(_rooms.id).where(_rooms.booking_id == bindparam("booking_id")).limit(1), int)
_SEEN_BETWEEN = query(
    select(_rooms.booking_id, _rooms.number, _sightings.seen, _sightings.by_host, _sightings.at)
    .join(table(Room), _rooms.id == _sightings.room_id)
    .where(_rooms.starts_at >= bindparam("start"), _rooms.starts_at < bindparam("end")),
    lambda booking_id, number, seen, by_host, at: (
        int(booking_id),
        Sighting(number, seen, bool(by_host), at),
    ),
)
_ADD_DAY = insert_once(table(RoomChanges))
_GIVE_BACK = change(
    update(table(RoomChanges))
    .where(_changes.host == bindparam("of"), _changes.day == bindparam("on"))
    .values(count=_changes.count - 1)
)
_SPEND = change(
    update(table(RoomChanges))
    .where(
        _changes.host == bindparam("of"),
        _changes.day == bindparam("on"),
        _changes.count < bindparam("most"),
    )
    .values(count=_changes.count + 1)
)


class Rooms:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def keep(self, booking: Booking, now: datetime) -> None:
        """Let the room at the service become what the booking wants now. Whose booking was deemed
        cancelled may still turn up: that room is deleted at the end."""
        errands = Errands(self._tx)
        has_none = booking.host is None and booking.room_host is None
        if has_none and not errands.hosts(booking.id):
            return
        errands.hurry(ErrandKind.KEEP_ROOM, booking.id, now)
        is_wanted = self.wanted(booking) is not None
        is_deemed = booking.status == Status.DEEMED_CANCELLED
        errands.ask(
            ErrandKind.KEEP_ROOM,
            booking.id,
            now,
            key=f"room {booking.id} {new_token()}",
            due_at=max(booking.ends_at, now) if is_deemed else now,
            # What is of use for the shortest time goes first: what starts soonest.
            useless_after=booking.ends_at if is_wanted else now + _DELETED_WITHIN,
            host=booking.host,
        )

    @staticmethod
    def is_with_room(status: Status) -> bool:
        """Return whether a booking in this state is to have a room."""
        return status in _WITH_ROOM

    def wanted(self, booking: Booking) -> Place | None:
        """Return where a booking is to have a room; None when it is to have none."""
        if booking.host is None or booking.has_own_url or booking.status not in _WITH_ROOM:
            return None
        return Place(booking.host, booking.starts_at, booking.ends_at - booking.starts_at)

    def of(self, booking_id: int) -> MadeRoom | None:
        """Return the room that a booking has at the service."""
        return self._tx.row(_LIVING, booking_id=booking_id)

    def set(self, booking_id: int, room: MadeRoom | None, now: datetime) -> None:
        """Note which room a booking has at the service."""
        self._tx.run(_END, booking=booking_id, but=room.number if room else "", now=now)
        if room is None:
            return
        kept = self._tx.run(
            _KEEP, of=room.number, whose=room.host, at=room.starts_at, url=room.join_url
        )
        if not kept:
            self._tx.run(
                _ADD,
                booking_id=booking_id,
                host=room.host,
                number=room.number,
                join_url=room.join_url,
                starts_at=room.starts_at,
            )

    def booking_of(self, number: str) -> int | None:
        """Return which booking (its id) a room was made for."""
        return self._tx.row(_BOOKING_OF, number=number)

    def see(self, sighting: Sighting) -> bool:
        """Note what was seen; False when it was noted before, or the room is none of ours."""
        room_id = self._tx.row(_ROOM_ID, number=sighting.room)
        if room_id is None:
            return False
        added = self._tx.run(
            _ADD_SIGHTING,
            room_id=room_id,
            seen=sighting.seen,
            by_host=sighting.by_host,
            at=sighting.at,
        )
        return added == 1

    def seen(self, booking_id: int) -> list[Sighting]:
        """Return everything that was seen in a booking's rooms."""
        return self._tx.rows(_SEEN, booking_id=booking_id)

    def told_of_people_since(self, instant: datetime) -> bool:
        """Return whether the service has told of anybody in a room since an instant."""
        return self._tx.row(_TOLD_OF_PEOPLE, since=instant) is not None

    def had_one(self, booking_id: int) -> bool:
        """Return whether a booking ever had a room of its own."""
        return self._tx.row(_HAD, booking_id=booking_id) is not None

    def seen_between(self, start: datetime, end: datetime) -> dict[int, list[Sighting]]:
        """Return what was seen in the rooms of consultations in [start, end), by booking."""
        found: dict[int, list[Sighting]] = {}
        for booking_id, sighting in self._tx.rows(_SEEN_BETWEEN, start=start, end=end):
            found.setdefault(booking_id, []).append(sighting)
        return found

    def spend_change(self, host: str, now: datetime, most: int) -> bool:
        """Count a room that is to be made or changed for a host today (UTC); False, and nothing is
        counted, when there were `most` already."""
        day = now.astimezone(UTC).date()
        self._tx.run(_ADD_DAY, host=host, day=day, count=0)
        return self._tx.run(_SPEND, of=host, on=day, most=most) == 1

    def give_back_change(self, host: str, now: datetime) -> None:
        """Take back what was counted and was not done."""
        self._tx.run(_GIVE_BACK, of=host, on=now.astimezone(UTC).date())

    def hosts_between(self, after: datetime, until: datetime) -> list[str]:
        """Return who hosts the rooms of consultations that start in (after, until)."""
        return self._tx.rows(_HOSTS_AROUND, after=after, until=until)
