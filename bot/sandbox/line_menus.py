"""LINE's rich menus on loopback: made, given a picture, shown to a person."""

import secrets
from collections.abc import Callable, Collection
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_BAR_TEXT, _NAME, _AREAS, _LABEL = 14, 300, 20, 20
_LARGEST_PICTURE = 1_000_000
_WIDTHS, _LEAST_HEIGHT, _LEAST_RATIO = range(800, 2501), 250, 1.45

Json = dict[str, Any]


class RichMenus:
    """The rich menus of one official account."""

    def __init__(
        self, people: Collection[str], not_allowed: Callable[[Request], Response | None]
    ) -> None:
        self.made: dict[str, Json] = {}
        self.pictures: dict[str, bytes] = {}
        self.shown: dict[str, str] = {}
        self.of_everybody = ""
        self.requests = 0
        self.broken = 0  # how many of the next requests fail
        self._people = people
        self._not_allowed = not_allowed
        self.routes = [
            Route("/v2/bot/richmenu", self._of(self._make), methods=["POST"]),
            Route("/v2/bot/richmenu/list", self._of(self._list)),
            Route("/v2/bot/richmenu/{menu}", self._of(self._delete), methods=["DELETE"]),
            Route("/v2/bot/richmenu/{menu}/content", self._of(self._draw), methods=["POST"]),
            Route("/v2/bot/user/all/richmenu/{menu}", self._of(self._default), methods=["POST"]),
            Route("/v2/bot/user/{person}/richmenu/{menu}", self._of(self._link), methods=["POST"]),
            Route("/v2/bot/user/{person}/richmenu", self._of(self._unlink), methods=["DELETE"]),
        ]

    def seen_by(self, person: str) -> list[Json]:
        """Return the actions of the menu that a person sees."""
        menu = self.menu_of(person)
        return [area["action"] for area in menu["areas"]] if menu else []

    def menu_of(self, person: str) -> Json | None:
        """Return the menu that a person sees, with its number."""
        number = self.shown.get(person, self.of_everybody)
        menu = self.made.get(number)
        return {"number": number, **menu} if menu else None

    def _of(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            self.requests += 1
            if self.broken:
                self.broken -= 1
                return _refuse(500, "Internal server error")
            refusal = self._not_allowed(request)
            found: Response = refusal or await answer(request)
            return found

        return guarded

    async def _make(self, request: Request) -> Response:
        menu = await request.json()
        if fault := _fault(menu):
            return _refuse(400, fault)
        number = f"richmenu-{secrets.token_hex(16)}"
        self.made[number] = menu
        return JSONResponse({"richMenuId": number})

    async def _list(self, request: Request) -> Response:
        menus = [{"richMenuId": number, **menu} for number, menu in self.made.items()]
        return JSONResponse({"richmenus": menus})

    async def _delete(self, request: Request) -> Response:
        number = request.path_params["menu"]
        if self.made.pop(number, None) is None:
            return _refuse(404, "Not found")
        self.shown = {person: menu for person, menu in self.shown.items() if menu != number}
        return JSONResponse({})

    async def _draw(self, request: Request) -> Response:
        number, picture = request.path_params["menu"], await request.body()
        if number not in self.made:
            return _refuse(404, "Not found")
        if number in self.pictures:
            return _refuse(400, "An image has already been uploaded to the richmenu")
        if request.headers.get("content-type") not in ("image/png", "image/jpeg"):
            return _refuse(415, "unsupported media type")
        if len(picture) > _LARGEST_PICTURE:
            return _refuse(413, "the image is too large")
        try:
            size = Image.open(BytesIO(picture)).size
        except UnidentifiedImageError:
            return _refuse(400, "not an image")
        wanted = self.made[number]["size"]
        if size != (wanted["width"], wanted["height"]):
            return _refuse(400, "the image has another size than the rich menu")
        self.pictures[number] = picture
        return JSONResponse({})

    async def _link(self, request: Request) -> Response:
        person, number = request.path_params["person"], request.path_params["menu"]
        if person not in self._people:
            return _refuse(400, "the user does not exist")
        if number not in self.made:
            return _refuse(404, "Not found")
        if number not in self.pictures:
            return _refuse(400, "must upload richmenu image before applying it to user")
        self.shown[person] = number
        return JSONResponse({})

    async def _default(self, request: Request) -> Response:
        number = request.path_params["menu"]
        if number not in self.pictures:
            return _refuse(400, "must upload richmenu image before applying it to user")
        self.of_everybody = number
        return JSONResponse({})

    async def _unlink(self, request: Request) -> Response:
        self.shown.pop(request.path_params["person"], None)
        return JSONResponse({})


def _fault(menu: Json) -> str:
    """Return what LINE would not take in a menu; empty for a good one."""
    width, height = menu["size"]["width"], menu["size"]["height"]
    if width not in _WIDTHS or height < _LEAST_HEIGHT or width / height < _LEAST_RATIO:
        return "size"
    if not 1 <= len(menu["chatBarText"]) <= _BAR_TEXT:
        return "chatBarText"
    if not 1 <= len(menu["name"]) <= _NAME:
        return "name"
    if len(menu["areas"]) > _AREAS:
        return "areas"
    if any(len(area["action"].get("label", "")) > _LABEL for area in menu["areas"]):
        return "label"
    for area in menu["areas"]:
        bounds = area["bounds"]
        if bounds["x"] + bounds["width"] > width or bounds["y"] + bounds["height"] > height:
            return "bounds"
    return ""


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)
