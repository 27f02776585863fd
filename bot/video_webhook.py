"""The video service's webhooks: proven, read, and taken one by one."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import metrics
from bot.core import Core
from bot.hearing import Hearing
from bot.logs import where
from bot.pace import Pace
from bot.pages.page import Encoded, TooLarge, read_body
from bot.turns import Turns
from bot.video.base import Forged, Unreadable, VideoService
from models.database import DatabaseUnavailable
from models.rules.hearing import DATABASE, VIDEO

_LARGEST = 200_000
# Anybody can send what is not signed; so many a minute are logged.
_FORGED_LOGGED = 1

log = structlog.get_logger()


class VideoWebhook:
    """Where the video service tells what happens in rooms."""

    def __init__(self, core: Core, service: VideoService, turns: Turns, hearing: Hearing) -> None:
        self._core = core
        self._service = service
        self._turns = turns
        self._hearing = hearing
        self._forged = Pace(_FORGED_LOGGED)

    async def receive(self, request: Request) -> Response:
        """Take what a webhook brings: 200 when it is stored, and 503 when the database is away:
        then the service sends it again."""
        try:
            body = await read_body(request, _LARGEST)
            received = self._service.receive(body, request.headers, self._core.clock())
        except TooLarge:
            return self._refuse("too large", 413)
        except Encoded:
            return self._refuse("compressed", 400)
        except Forged:
            return self._refuse("not signed", 401)
        except Unreadable:
            self._hearing.fault(VIDEO, "a signed message could not be read")
            return self._refuse("unreadable", 400)
        if received.answer is not None:
            return JSONResponse(received.answer)
        for each in received.sightings:
            arrived = self._core.clock()
            try:
                await self._turns.take_sighting(each)
            except DatabaseUnavailable as error:
                log.error("database unavailable", service=self._service.name, why=str(error))
                self._hearing.fault(DATABASE, str(error), arrived)
                return Response(status_code=503)
            except Exception as error:
                log.error("sighting not taken", service=self._service.name, **where(error))
                self._hearing.fault(VIDEO, type(error).__name__, arrived)
                return Response(status_code=500)
        return Response(status_code=200)

    def _refuse(self, why: str, status: int) -> Response:
        metrics.webhooks_refused.labels(self._service.name, why).inc()
        if self._forged.is_kept(why):
            log.warning("webhook refused", service=self._service.name, why=why)
        return Response(status_code=status)
