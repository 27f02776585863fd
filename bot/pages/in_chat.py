"""What a messenger's own browser opens first, and the messenger's script (decision 0022)."""

import re

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.in_chat import InChat
from bot.pace import Pace
from bot.pages.site import Page, Site
from bot.web_client import NO_ANSWER

# The one page that is opened so. LINE names it here.
_MEANT, _PAGE = "liff.state", re.compile(r"/form/[\w-]+", re.ASCII)
_TRIES_A_MINUTE = 2
log = structlog.get_logger()


class InChatPage(Page):
    """Leads on to the page that was meant; by a button too, where the script does not come."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._tries = Pace(_TRIES_A_MINUTE)

    def routes(self) -> list[Route]:
        return [Route("/", self.begin), Route("/in-chat.js", self.kit)]

    async def begin(self, request: Request) -> Response:
        """Return the page of the LIFF app's endpoint URL."""
        say, in_chat = self._pages.language(request), self._in_chat()
        page = request.query_params.get(_MEANT, "")
        if in_chat is None or not _PAGE.fullmatch(page):
            return self._pages.word(say, "page.not_found_title", "page.not_found_text", status=404)
        page = f"{self._core.settings.public_url}{page}"
        return self._pages.draw_in_chat(
            "in_chat_begin.html", say, in_chat, in_chat.script(), page=page
        )

    async def kit(self, request: Request) -> Response:
        """Return the messenger's script, from our own address."""
        in_chat = self._in_chat()
        if in_chat is None or (not in_chat.has_kit and not self._tries.is_kept("kit")):
            return Response(status_code=404)
        try:
            script = await in_chat.kit()
        except NO_ANSWER as error:
            log.warning("a messenger's script was not fetched", error=type(error).__name__)
            return Response(status_code=502)
        return Response(
            script,
            media_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "max-age=86400", "X-Content-Type-Options": "nosniff"},
        )

    def _in_chat(self) -> InChat | None:
        return next((each.in_chat for each in self._core.channels.values() if each.in_chat), None)
