"""What a messenger's own browser opens first, and the messenger's script (decision 0022)."""

import re

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.chat_browser import ChatBrowser
from bot.pages.site import Page
from bot.web_client import NO_ANSWER

# The one page that is opened so.
_PAGE = re.compile(r"/form/[\w-]+", re.ASCII)
log = structlog.get_logger()


class ChatBrowserPage(Page):
    """Leads on to the page that was meant; by a button too, where the script does not come."""

    def routes(self) -> list[Route]:
        return [Route("/", self.begin), Route("/chat-browser.js", self.kit)]

    async def begin(self, request: Request) -> Response:
        """Return the page of the LIFF app's endpoint URL."""
        say, chat_browser = self._pages.language(request), self._chat_browser()
        meant = request.query_params.getlist(chat_browser.meant) if chat_browser else []
        if chat_browser is None or len(meant) != 1 or not _PAGE.fullmatch(meant[0]):
            return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)
        page = f"{self._core.settings.public_url}{meant[0]}"
        return self._pages.draw_for_chat_browser(
            "chat_browser_begin.html", say, chat_browser, chat_browser.opening_script(), page=page
        )

    async def kit(self, request: Request) -> Response:
        """Return the messenger's script, from our own address."""
        chat_browser = self._chat_browser()
        if chat_browser is None:
            return Response(status_code=404)
        try:
            script = await chat_browser.kit()
        except NO_ANSWER as error:
            log.warning("a messenger's script was not fetched", error=type(error).__name__)
            return Response(status_code=502)
        return Response(
            script,
            media_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "max-age=86400", "X-Content-Type-Options": "nosniff"},
        )

    def _chat_browser(self) -> ChatBrowser | None:
        found = (each.chat_browser for each in self._core.channels.values())
        return next(filter(None, found), None)
