"""Whoever is not let in: it goes on record, and whoever tries on and on has to wait."""

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.clock import Clock
from bot.pages.page import Pages, address
from models.database import Database
from models.store.audit import Audit

# The pages that only a link of ours opens.
BEHIND_A_LINK = ("form", "join", "desk", "mydata", "picture", "calendar")

_WHY = {403: "forged form", 404: "unknown link", 410: "used link"}
_REFUSALS: RateLimitItem = RateLimitItemPerMinute(60)


class Refusals:
    """What the pages have refused, by address for the last minute, and in the audit for good."""

    def __init__(self, database: Database, pages: Pages, clock: Clock) -> None:
        self._database = database
        self._pages = pages
        self._clock = clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def too_many(self, request: Request) -> HTMLResponse | None:
        """A kind answer to an address that was refused too often in the last minute, or None."""
        if self._limiter.test(_REFUSALS, address(request)):
            return None
        return self._pages.too_many(request)

    async def note(self, request: Request, page: str, status: int) -> None:
        """Put a page's answer on record, if it was a refusal. Raises DatabaseUnavailable."""
        if (why := _WHY.get(status)) is None:
            return
        self._limiter.hit(_REFUSALS, address(request))
        now = self._clock()
        await self._database.run(
            lambda tx: Audit(tx).note(None, f"{page} page", now, subject=why, allowed=False)
        )
