"""Addresses of our own pages."""

from datetime import date
from enum import IntEnum
from typing import NamedTuple, Protocol

from models.vault import Vault, number_in

# A picture's token holds whose it is, which part, a day, and what it shows.
_PICTURE = "part of a picture"
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


class Linked(Protocol):
    """A row with links that are bound to its secret."""

    @property
    def id(self) -> int: ...

    @property
    def secret(self) -> str: ...


class Links:
    """Builds the addresses that are sent out, and reads the tokens that come back."""

    def __init__(self, public_url: str, vault: Vault) -> None:
        self._base = public_url.rstrip("/")
        self._vault = vault

    def form(self, token: str) -> str:
        return f"{self._base}/form/{token}"

    def desk(self, page: str, token: str) -> str:
        """Return a page for staff."""
        return f"{self._base}/desk/{page}/{token}"

    def join(self, booking: Linked) -> str:
        """Return the parent's way into the consultation; the meeting URL itself is not sent."""
        return f"{self._base}/join/{self._vault.token('join', booking.id, booking.secret)}"

    def device(self, booking: Linked) -> str:
        """Return where a parent tries their device for a booking."""
        return f"{self._base}/device/{self._vault.token('device', booking.id, booking.secret)}"

    def calendar_file(self, booking: Linked) -> str:
        token = self._vault.token("calendar", booking.id, booking.secret)
        return f"{self._base}/calendar/{token}.ics"

    def terms(self, version: int) -> str:
        return f"{self._base}/terms/{version}"

    def terms_changes(self, version: int) -> str:
        """Return what a version changes, old beside new."""
        return f"{self._base}/terms/{version}/changes"

    def my_data(self, token: str) -> str:
        """Return the page with what is stored of a parent."""
        return f"{self._base}/mydata/{token}"

    def picture(self, wanted: Picture, secret: str) -> str:
        """Return a picture for the staff member with this secret."""
        whose = wanted.staff_id << _PART_BITS | wanted.part
        number = (whose << _DAY_BITS | wanted.first.toordinal()) << _OF_BITS | wanted.of
        return f"{self._base}/picture/{self._vault.token(_PICTURE, number, secret)}.png"

    def pictures(self, token: str) -> Picture | None:
        """Return the picture that a token speaks of, which anybody can make up, or None."""
        number = number_in(token)
        if number is None:
            return None
        rest, of = _cut(number, _OF_BITS)
        rest, day = _cut(rest, _DAY_BITS)
        staff_id, part = _cut(rest, _PART_BITS)
        try:
            return Picture(staff_id, date.fromordinal(day), PictureOf(of), part)
        except (ValueError, OverflowError):
            return None

    def opens_picture(self, token: str, secret: str) -> bool:
        """Return whether a token is one for the staff member with this secret."""
        return self._vault.is_token(_PICTURE, token, secret)

    def opens_join(self, token: str, booking: Linked) -> bool:
        """Return whether a token is this booking's way in."""
        return self._opens("join", token, booking)

    def opens_device(self, token: str, booking: Linked) -> bool:
        """Return whether a token is for this booking's device check."""
        return self._opens("device", token, booking)

    def opens_calendar(self, token: str, booking: Linked) -> bool:
        """Return whether a token is for this booking's calendar file."""
        return self._opens("calendar", token, booking)

    def _opens(self, purpose: str, token: str, booking: Linked) -> bool:
        is_its_number = number_in(token) == booking.id
        return is_its_number and self._vault.is_token(purpose, token, booking.secret)


def _cut(number: int, bits: int) -> tuple[int, int]:
    """Return what lies above and what in the lowest bits of a number."""
    return number >> bits, number & (1 << bits) - 1
