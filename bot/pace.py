"""Paces: how often somebody may do something in a minute. What is kept of all of them together is
bounded, so that strangers cannot fill the memory."""

import ipaddress
import time

from cachetools import TTLCache

SECONDS = 60.0
_MOST_KEPT = 10_000
# One customer of a provider has so many bits of an IPv6 address to choose from.
_IPV6_NETWORK = 64


class Pace:
    """Counts what each one does in the minute that begins with their first act."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: TTLCache[str, list[int]] = TTLCache(_MOST_KEPT, SECONDS, time.monotonic)

    def is_kept(self, who: str) -> bool:
        """Count an act; returns False when there were too many in this one's minute."""
        count = self._counts.get(who)
        if count is None:
            count = self._counts[who] = [0]
        count[0] += 1  # in place, so that the minute ends when it was to end
        return count[0] <= self._most

    def is_first_too_many(self, who: str) -> bool:
        """Return whether the act just counted is the first that was too many."""
        count = self._counts.get(who)
        return count is not None and count[0] == self._most + 1

    def is_over(self, who: str) -> bool:
        """Return whether one more act would be too many, without counting it."""
        count = self._counts.get(who)
        return count is not None and count[0] >= self._most


def network_of(address: str) -> str:
    """Return whom an address stands for: itself, or its customer's part of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/{_IPV6_NETWORK}", strict=False))
