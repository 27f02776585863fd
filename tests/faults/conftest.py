"""How often each fault is tried: a few times in `make test`, as often as is promised in
`make faults`, which prints the table (tests/faults/__main__.py)."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.house import House, house
from tests.platforms import Platforms

IN_FULL = os.environ.get("FAULTS") == "full"

Count = Callable[[int, int], int]
Note = Callable[[str, int], None]
MakeHouse = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def trials(record_property: Callable[[str, object], None]) -> Note:
    """Notes how many trials of a fault have passed, for the table."""
    return lambda fault, count: record_property("fault", [fault, count])


@pytest.fixture
def how_many() -> Count:
    """How many trials: the sample's number, or the full one."""
    return lambda sample, full: full if IN_FULL else sample


@pytest.fixture
def make_house(platforms: Platforms, database_url: str, tmp_path: Path) -> MakeHouse:
    """A house on each database, for a channel."""

    @asynccontextmanager
    async def make(channel: str, *, with_zoom: bool = False) -> AsyncIterator[House]:
        async with house(channel, database_url, tmp_path, platforms, with_zoom=with_zoom) as made:
            yield made

    return make
