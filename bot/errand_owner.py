"""What owns a kind of errand, and how an errand can go wrong."""

from abc import ABC, abstractmethod
from datetime import timedelta

from models.errand import Errand, ErrandKind, Result


class TryLater(Exception):
    """The other server cannot do it now. `unknown`: it may have done it. `after`: when it says
    that it can."""

    def __init__(self, why: str, *, unknown: bool = False, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why, self.unknown, self.after = why, unknown, after


class GivenUp(Exception):
    """The other server says no, and will not say anything else."""


class Owner(ABC):
    """Whoever performs errands of some kinds."""

    kinds: frozenset[ErrandKind]

    @abstractmethod
    async def perform(self, errand: Errand) -> Result:
        """Do it, outside any transaction, and return what came of it. Raises TryLater or
        GivenUp."""
