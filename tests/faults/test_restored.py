"""A backup is put back while a consultation is to come: nobody is judged by what it forgot."""

import random
from datetime import timedelta
from pathlib import Path

from bot import backup
from models.tables import Status
from tests.conftest import MONDAY, MakeWorld
from tests.faults.conftest import Count, Note
from tests.faults.people import books_tomorrow
from tests.world import World

_WORDS = ("熱が出ました", "ありがとうございます", "遅れます", "")


async def test_a_backup_is_put_back(
    make_world: MakeWorld,
    channel: str,
    sqlite_url: str,
    tmp_path: Path,
    how_many: Count,
    trials: Note,
) -> None:
    count, dice = how_many(3, 100), random.Random(15)
    world: World = await make_world(channel, url=sqlite_url)
    app, file = world.app, tmp_path / "copy.backup"
    for number in range(count):
        world.clock._frozen = MONDAY + timedelta(weeks=4 * number)
        await world.sweep()
        parent = world.parent()
        booking = await books_tomorrow(world, parent.person)
        await world.play(minutes=dice.randint(1, 600))
        backup.backup(sqlite_url, file, world.clock())
        if words := _WORDS[number % len(_WORDS)]:
            await parent.says(words)
        until = booking.starts_at + app.core.office.grace
        left = int((until - world.clock()).total_seconds()) - 1
        await world.play(seconds=dice.randint(1, left))
        await app.hearing.end()
        backup.restore(sqlite_url, file, app.core.vault, app.core.office, world.clock())
        await world.play_to(until + timedelta(minutes=2))
        ends = await world.booking_by_id(booking.id)
        assert ends.status == Status.UNDECIDED, (booking.starts_at, words)
        file.unlink()
    trials("15: a backup is put back", count)
