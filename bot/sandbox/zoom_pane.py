"""Zoom in the sandbox: the page's pane with its meetings and what people do in them, and the rooms
to which the links of parents and hosts lead."""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.zoom_server import Meeting, ZoomServer

_SHOWN = 4


class ZoomPane:
    """Somebody who joins as the parent, and somebody who is the host."""

    def __init__(self, zoom: ZoomServer) -> None:
        self._zoom = zoom
        self.rooms = [
            Route("/j/{number:int}", self._join),
            Route("/wc/join/{number:int}", self._join_by_browser),
            Route("/s/{number:int}", self._start),
        ]

    def state(self) -> dict[str, Any]:
        """Return what the pane shows: the next meetings, and whether Zoom is broken."""
        upcoming = sorted(self._zoom.upcoming(), key=lambda each: self._zoom.start_of(each))
        return {
            "broken": self._zoom.out != "",
            "meetings": [self._shown(each) for each in upcoming[:_SHOWN]],
        }

    async def do(self, what: str, number: int) -> bool:
        """Do what a button says; returns whether it is one that there is."""
        zoom, meeting = self._zoom, self._zoom.meetings.get(number)
        match what:
            case "break":
                zoom.out = "down"
            case "mend":
                zoom.out = ""
            case _ if meeting is None:
                return False
            case "join":
                await zoom.comes(number)
            case "join-by-browser":
                await zoom.comes(number, by_web=True)
            case "start":
                await zoom.host_starts(number)
            case "let-in":
                for person in sorted(meeting.waiting):
                    await zoom.is_let_in(number, person)
            case "leave":
                for person in sorted(meeting.waiting):
                    await zoom.gives_up(number, person)
                for person in sorted(meeting.inside):
                    await zoom.leaves(number, person)
            case "end":
                await zoom.host_ends(number)
            case _:
                return False
        return True

    async def _join(self, request: Request) -> Response:
        return await self._room(request, "join", "Zoom would open here, with the parent in it.")

    async def _join_by_browser(self, request: Request) -> Response:
        says = "Zoom's web client would open here, with the parent in it."
        return await self._room(request, "join-by-browser", says)

    async def _start(self, request: Request) -> Response:
        return await self._room(request, "start", "Zoom would open here, with the host in it.")

    async def _room(self, request: Request, what: str, says: str) -> Response:
        is_there = await self.do(what, request.path_params["number"])
        return PlainTextResponse(says if is_there else "There is no such meeting.")

    def _shown(self, meeting: Meeting) -> dict[str, Any]:
        return {
            "number": meeting.number,
            "topic": meeting.asked.get("topic", ""),
            "start": meeting.asked.get("start_time", ""),
            "started": meeting.started_at is not None,
            "inside": len(meeting.inside),
            "waiting": len(meeting.waiting),
        }
