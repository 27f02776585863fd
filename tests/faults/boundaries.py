"""The boundaries at which a process is killed: each is a place in the program around which the
killing is wrapped, in the process that is to die."""

import os
import signal
from collections.abc import Callable
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from bot.app import App
from bot.outbox import Sender
from models.database import Database
from models.store.errands import Errands
from models.store.outbox import Outbox


def die() -> NoReturn:
    """As by kill -9: nothing is finished, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def install(boundary: str, app: App) -> None:
    """Let this process die when it comes to a boundary."""
    if boundary:
        (_BOUNDARIES | _OF_ERRANDS)[boundary](app)


# Whether the turn under way has written its answer: the sweep's commits are not meant.
_answered: list[bool] = []


def _note_the_answer() -> None:
    _wrap(Outbox, "answer", after=lambda: _answered.append(True))


def _in_mid_turn(app: App) -> None:
    _wrap(Outbox, "answer", after=die)


def _before_the_commit(app: App) -> None:
    _note_the_answer()
    event.listen(Engine, "commit", lambda _: die() if _answered else None)


def _after_the_commit(app: App) -> None:
    _note_the_answer()
    run = Database.run

    async def dying(database: Database, work: Any) -> Any:
        result = await run(database, work)
        return die() if _answered else result

    Database.run = dying  # type: ignore[method-assign,assignment]


def _after_the_200(app: App) -> None:
    serve = app.web.app

    async def dying(scope: Any, receive: Any, send: Any) -> None:
        await serve(scope, receive, send)
        if scope["type"] == "http" and scope["path"].startswith("/webhooks/"):
            die()

    app.web.app = dying  # type: ignore[assignment]  # an ASGI application all the same


def _before_the_request(app: App) -> None:
    for channel in app.core.channels.values():
        _wrap(type(channel), "send", before=die)


def _after_the_answer(app: App) -> None:
    _wrap(Sender, "_end", before=die)


def _before_zoom_is_asked(app: App) -> None:
    assert app.core.video is not None
    for name in ("make", "change", "delete"):
        _wrap(type(app.core.video), name, before=die)


def _before_the_errand_ends(app: App) -> None:
    _wrap(Errands, "end", before=die)


def _wrap(
    owner: type,
    name: str,
    *,
    before: Callable[[], object] | None = None,
    after: Callable[[], object] | None = None,
) -> None:
    inner = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if before is not None:
            before()
        result = inner(*arguments, **named)
        if after is not None:
            after()
        return result

    setattr(owner, name, wrapped)


# What comes after the request and before the answer is the platform's to tell: it lets the process
# be killed when it has accepted (tests/faults/house.py).
AFTER_THE_REQUEST = "after the request"
_BOUNDARIES: dict[str, Callable[[App], None]] = {
    "in mid-turn": _in_mid_turn,
    "before the commit": _before_the_commit,
    "after the commit": _after_the_commit,
    "after the 200": _after_the_200,
    "before the request": _before_the_request,
    AFTER_THE_REQUEST: lambda app: None,
    "after the answer": _after_the_answer,
}
BOUNDARIES = tuple(_BOUNDARIES)

AFTER_ZOOM_DID_IT = "after Zoom did it"
_OF_ERRANDS: dict[str, Callable[[App], None]] = {
    "before Zoom is asked": _before_zoom_is_asked,
    AFTER_ZOOM_DID_IT: lambda app: None,
    "before the errand ends": _before_the_errand_ends,
}
OF_ERRANDS = tuple(_OF_ERRANDS)
