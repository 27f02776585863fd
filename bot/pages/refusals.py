"""Whoever is not let in: it goes on record, and whoever tries on and on has to wait. A good link is
never refused for what others have tried."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.core import Core
from bot.pace import Pace, network_of
from bot.pages.page import Pages, address
from models.store.audit import Audit

_WHY = {403: "forged form", 404: "unknown link", 410: "used link"}
_REFUSALS_A_MINUTE = 60


class Refusals:
    """What the pages have refused, by address for the last minute, and in the audit for good."""

    def __init__(self, core: Core, pages: Pages) -> None:
        self._core = core
        self._pages = pages
        self._pace = Pace(_REFUSALS_A_MINUTE)

    def too_many(self, request: Request, status: int) -> HTMLResponse | None:
        """Return a kind answer in the place of one more refusal to an address that was refused too
        often in its minute, or None. Nothing of it goes on record any more."""
        if status != 404 or not self._pace.is_over(network_of(address(request))):
            return None
        return self._pages.too_many(request)

    async def note(self, request: Request, page: str, status: int) -> None:
        """Put a page's answer on record, if it was a refusal. Raises DatabaseUnavailable."""
        if (why := _WHY.get(status)) is None:
            return
        if not self._pace.is_kept(network_of(address(request))):
            return
        now = self._core.clock()
        await self._core.database.run(
            lambda tx: Audit(tx).note(None, f"{page} page", now, subject=why, allowed=False)
        )
