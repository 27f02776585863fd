"""A page of ours: what it is given, and which addresses it answers."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core import Core
from bot.pages.guard import FormGuard
from bot.pages.page import Pages

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Site:
    """What every page is given. `judge_now` judges at once whoever is due to be judged."""

    core: Core
    pages: Pages
    judge_now: Callable[[], Awaitable[None]]


class Page(ABC):
    """One subject's addresses."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._core = site.core
        self._pages = site.pages
        self._guard = FormGuard(site.core.vault, site.pages)

    @abstractmethod
    def routes(self) -> list[Route]:
        """Return the addresses that this page answers."""


def form_routes(path: str, show: Endpoint, submit: Endpoint) -> list[Route]:
    """Return the routes of a form: GET shows it, POST submits it."""
    return [Route(path, show, methods=["GET"]), Route(path, submit, methods=["POST"])]
