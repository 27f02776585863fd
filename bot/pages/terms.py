"""The terms as a page that reads well on a phone."""

import re
from enum import StrEnum
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot.clock import Clock
from bot.pages.page import Pages, address, user_agent
from models.database import Database, Transaction
from models.store.access import Access
from models.store.terms import TermsStore
from models.tables import Terms

_ARTICLE = re.compile(r"第\s*[0-9０-９一二三四五六七八九十]+\s*条")
_CAPTION = re.compile(r"[（(][^）)]{1,30}[）)]")
_POINT = re.compile(r"(?:[-・]\s*)?((?:[（(][0-9０-９]+[）)]|・).*)")


class Kind(StrEnum):
    """What a line of the text is."""

    CAPTION = "caption"
    ARTICLE = "article"
    POINT = "point"
    TEXT = "text"


class Line(NamedTuple):
    kind: Kind
    head: str
    text: str


class TermsPage:
    def __init__(self, database: Database, pages: Pages, clock: Clock) -> None:
        self._database = database
        self._pages = pages
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """A published version."""
        say = self._pages.language(request)
        number = int(request.path_params["version"])
        terms = await self._database.run(lambda tx: self._read(tx, number, request))
        if terms is None:
            return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)
        return self._pages.draw(
            "terms.html",
            say,
            lines=lines(terms.body),
            version=terms.version,
            effective_on=terms.effective_on,
        )

    def _read(self, tx: Transaction, number: int, request: Request) -> Terms | None:
        terms = TermsStore(tx).text(number)
        if terms is not None:
            now = self._clock()
            Access(tx).record(now, "terms", user_agent(request), address(request))
        return terms


def lines(body: str) -> list[Line]:
    """The text line by line, with what each line is, so that a page can set it in type."""
    return [_line(raw.strip()) for raw in body.splitlines() if raw.strip()]


def _line(text: str) -> Line:
    if _CAPTION.fullmatch(text):
        return Line(Kind.CAPTION, "", text[1:-1])
    if match := _ARTICLE.match(text):
        return Line(Kind.ARTICLE, match[0], text[match.end() :].strip())
    if match := _POINT.fullmatch(text):
        return Line(Kind.POINT, "", match[1])
    return Line(Kind.TEXT, "", text)
