"""LINE and Telegram as bare servers on loopback: they take everything at once."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def platforms() -> Starlette:
    """Every send is accepted; a profile says that its person reads Japanese."""

    async def accept(request: Request) -> Response:
        await request.body()
        return JSONResponse({"sentMessages": [{"id": "1"}]})

    async def profile(request: Request) -> Response:
        person = request.path_params["person"]
        return JSONResponse({"userId": person, "displayName": "Parent", "language": "ja"})

    async def telegram(request: Request) -> Response:
        await request.body()
        sent = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return JSONResponse({"ok": True, "result": sent})

    return Starlette(
        routes=[
            Route("/v2/bot/profile/{person}", profile),
            Route("/v2/bot/message/{how}", accept, methods=["POST"]),
            Route("/bot{token}/{method}", telegram, methods=["POST"]),
        ]
    )
