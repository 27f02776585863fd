"""Addresses of our own pages."""

from datetime import date
from enum import IntEnum
from typing import NamedTuple

from models.vault import Vault

# A picture's token holds whose it is, which part, a day, and what it shows.
_PART_BITS, _DAY_BITS, _OF_BITS = 5, 22, 2


class PictureOf(IntEnum):
    """What a picture shows."""

    WEEK = 0
    MONTH = 1
    STATISTICS = 2


class Picture(NamedTuple):
    """Which picture an address stands for: whose, from which day on, of what, and which part of
    what does not fit into one."""

    staff_id: int
    first: date
    of: PictureOf
    part: int = 0


class Links:
    """Builds the addresses that are sent out, and reads the tokens that come back."""

    def __init__(self, public_url: str, vault: Vault) -> None:
        self._base = public_url.rstrip("/")
        self._vault = vault

    def form(self, token: str) -> str:
        return f"{self._base}/form/{token}"

    def desk(self, page: str, token: str) -> str:
        """A page for staff."""
        return f"{self._base}/desk/{page}/{token}"

    def join(self, booking_id: int) -> str:
        """The parent's way into the consultation; the meeting URL itself is not sent."""
        return f"{self._base}/join/{self._vault.token('join', booking_id)}"

    def calendar_file(self, booking_id: int) -> str:
        return f"{self._base}/calendar/{self._vault.token('calendar', booking_id)}.ics"

    def terms(self, version: int) -> str:
        return f"{self._base}/terms/{version}"

    def terms_changes(self, version: int) -> str:
        """What a version changes, old beside new."""
        return f"{self._base}/terms/{version}/changes"

    def my_data(self, token: str) -> str:
        """The page with what is stored of a parent."""
        return f"{self._base}/mydata/{token}"

    def picture(self, wanted: Picture) -> str:
        """A picture for a staff member."""
        whose = wanted.staff_id << _PART_BITS | wanted.part
        number = (whose << _DAY_BITS | wanted.first.toordinal()) << _OF_BITS | wanted.of
        return f"{self._base}/picture/{self._vault.token('part of a picture', number)}.png"

    def pictures(self, token: str) -> Picture | None:
        """The picture that a token stands for, or None."""
        number = self._vault.read_token("part of a picture", token)
        if number is None:
            return None
        rest, of = _cut(number, _OF_BITS)
        rest, day = _cut(rest, _DAY_BITS)
        staff_id, part = _cut(rest, _PART_BITS)
        return Picture(staff_id, date.fromordinal(day), PictureOf(of), part)

    def joins(self, token: str) -> int | None:
        """The booking that a join token opens, or None."""
        return self._vault.read_token("join", token)

    def calendars(self, token: str) -> int | None:
        """The booking that a calendar token opens, or None."""
        return self._vault.read_token("calendar", token)


def _cut(number: int, bits: int) -> tuple[int, int]:
    """What lies above and what in the lowest bits of a number."""
    return number >> bits, number & (1 << bits) - 1
