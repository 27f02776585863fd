"""The terms as a page that reads well on a phone."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pace import Pace, network_of
from bot.pages.page import address, user_agent
from bot.pages.site import Page, Site
from models.database import Transaction
from models.rules.terms_text import differences, lines
from models.store.access import Access
from models.store.terms import TermsStore
from models.tables import Terms

# Of one address in a minute so many uses go on record, and no more: anybody can open this page.
_USES_A_MINUTE = 10
_LONGEST_NUMBER = 9


class TermsPage(Page):
    """The published versions, which anybody may read."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._pace = Pace(_USES_A_MINUTE)

    def routes(self) -> list[Route]:
        return [
            Route("/terms/{version}", self.show),
            Route("/terms/{version}/changes", self.show_changes),
        ]

    async def show(self, request: Request) -> Response:
        """Return a published version."""
        say = self._pages.language(request)
        number = _number(request)
        terms = await self._core.database.run(lambda tx: self._read(tx, number, request))
        if terms is None:
            return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)
        return self._pages.draw(
            "terms.html",
            say,
            lines=lines(terms.body),
            version=terms.version,
            effective_on=terms.effective_on,
        )

    async def show_changes(self, request: Request) -> Response:
        """Return what a version changes, article by article, old beside new."""
        say = self._pages.language(request)
        number = _number(request)
        found = await self._core.database.run(lambda tx: self._read_with_older(tx, number, request))
        if found is None:
            return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)
        terms, older = found
        return self._pages.draw(
            "terms_changes.html",
            say,
            found=differences(older.body if older else "", terms.body),
            version=terms.version,
            effective_on=terms.effective_on,
        )

    def _read_with_older(
        self, tx: Transaction, number: int, request: Request
    ) -> tuple[Terms, Terms | None] | None:
        terms = self._read(tx, number, request)
        return None if terms is None else (terms, TermsStore(tx).before(terms))

    def _read(self, tx: Transaction, number: int, request: Request) -> Terms | None:
        terms = TermsStore(tx).text(number)
        if terms is not None and self._pace.is_kept(network_of(address(request))):
            now = self._core.clock()
            Access(tx).record(now, "terms", user_agent(request), address(request))
        return terms


def _number(request: Request) -> int:
    """Return the version that an address asks for; 0, which is none, where it names no number."""
    text = str(request.path_params["version"])
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if known else 0
