"""Keeps the room of each booking at the video service as the booking wants it, and asks the service
what it saw there."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.errand_owner import GivenUp, Owner, TryLater
from bot.video.base import NotReachable, Room, TooMuch, VideoService
from models.booking import Booking
from models.database import Database, Transaction
from models.errand import Errand, ErrandKind, MadeRoom, Result, RoomKept, Witnessed
from models.office import Office
from models.rules.days import until_utc_midnight
from models.rules.rooms import Place, Plan, Standing, plan
from models.store.bookings import Bookings
from models.store.errands import Errands
from models.store.rooms import Rooms

# How many rooms of a host may be made and changed on a day (UTC), and how many of these are left
# for what starts soon.
CHANGES_A_DAY = 100
_LEFT_FOR_SOON = 20
_SOON = timedelta(hours=48)
_STILL_AT_IT = timedelta(seconds=60)

Done = TypeVar("Done")


class RoomKeeper(Owner):
    """Makes, changes and deletes rooms. It looks for what stands under the booking's reference
    first, so that a room is made once even if the answer to making it was lost."""

    kinds = frozenset({ErrandKind.KEEP_ROOM})

    def __init__(
        self, service: VideoService, database: Database, office: Office, clock: Clock
    ) -> None:
        self._service = service
        self._database = database
        self._office = office
        self._clock = clock

    async def perform(self, errand: Errand) -> Result:
        """Do what is to be done. Raises TryLater or GivenUp."""
        booking, wanted, known, hosts = await self._database.run(
            lambda tx: self._read(tx, errand.booking_id)
        )
        if wanted is not None and self._clock() >= booking.ends_at:
            return RoomKept(known)
        standing = await self._standing(booking.reference, known, hosts)
        steps = plan(
            wanted,
            known.number if known else None,
            [Standing(each.number, each.place) for each in standing.values()],
        )
        if wanted and known and known.number not in standing:  # it leads nowhere any more
            await self._database.run(lambda tx: Rooms(tx).set(booking.id, None, self._clock()))
        kept = await self._kept(booking.reference, wanted, steps, standing) if wanted else None
        if kept is not None:  # it holds from now on, whatever becomes of those that go
            await self._database.run(lambda tx: Rooms(tx).set(booking.id, kept, self._clock()))
        for number in steps.delete:
            await self._service.delete(number)
        return RoomKept(kept)

    async def _kept(
        self, reference: str, wanted: Place, steps: Plan, standing: dict[str, Room]
    ) -> MadeRoom:
        """Return the room that is wanted: one that stands, changed where it has to be, or a new
        one."""
        if steps.keep is None:
            return _made(await self._counted(wanted, lambda: self._make(reference, wanted)), wanted)
        kept = await self._service.find(steps.keep, wanted.host) or standing[steps.keep]
        if steps.is_changed or not kept.is_as_made:
            number = steps.keep
            await self._counted(wanted, lambda: self._service.change(number, reference, wanted))
        return _made(kept, wanted)

    async def _make(self, reference: str, wanted: Place) -> Room:
        """Make a room. Where the answer is lost the service may still be at it: a room that is
        looked for too soon is not found."""
        try:
            return await self._service.make(reference, wanted)
        except NotReachable as error:
            if error.unknown:
                raise NotReachable(error.why, unknown=True, after=_STILL_AT_IT) from error
            raise

    def _read(
        self, tx: Transaction, booking_id: int
    ) -> tuple[Booking, Place | None, MadeRoom | None, set[str]]:
        booking = Bookings(tx, self._office).by_id(booking_id)
        assert booking is not None, "bookings are kept for years"
        rooms = Rooms(tx)
        hosts = Errands(tx).hosts(booking_id)
        return booking, rooms.wanted(booking), rooms.of(booking_id), hosts

    async def _standing(
        self, reference: str, known: MadeRoom | None, hosts: set[str]
    ) -> dict[str, Room]:
        """Return the rooms under a booking's reference, by number."""
        found = {
            room.number: room
            for host in sorted(hosts)
            for room in await self._service.rooms_of(host)
            if room.reference == reference
        }
        # What has begun is not still to come.
        if known and known.number not in found:
            room = await self._service.find(known.number, known.host)
            if room is not None:
                found[room.number] = room
        return found

    async def _counted(self, wanted: Place, work: Callable[[], Awaitable[Done]]) -> Done:
        """Do what counts against the host's limit of a day; what was surely not done is given
        back. Raises TooMuch when the day's are used up."""
        now = self._clock()
        is_soon = wanted.starts_at < now + _SOON
        most = CHANGES_A_DAY if is_soon else CHANGES_A_DAY - _LEFT_FOR_SOON
        if not await self._database.run(lambda tx: Rooms(tx).spend_change(wanted.host, now, most)):
            raise TooMuch("the rooms of a day are used up", after=until_utc_midnight(now))
        try:
            return await work()
        except (TryLater, GivenUp) as error:
            if not (isinstance(error, TryLater) and error.unknown):
                await self._database.run(lambda tx: Rooms(tx).give_back_change(wanted.host, now))
            raise


class WitnessAsker(Owner):
    """Asks whether a room is live, and who came."""

    kinds = frozenset({ErrandKind.ASK_WHO_CAME})

    def __init__(self, service: VideoService, database: Database) -> None:
        self._service = service
        self._database = database

    async def perform(self, errand: Errand) -> Result:
        """Ask. Raises TryLater or GivenUp."""
        room = await self._database.run(lambda tx: Rooms(tx).of(errand.booking_id))
        if room is None:
            raise GivenUp("there is no room")
        return Witnessed(tuple(await self._service.witnessed(room.number)))


def _made(room: Room, wanted: Place) -> MadeRoom:
    return MadeRoom(wanted.host, room.number, wanted.starts_at, room.join_url)
