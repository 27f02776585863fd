"""The quota: how many counted messages a platform still takes this month. The last ones are for
reminders."""

from datetime import datetime, timedelta
from functools import partial

from bot.core import Core
from models.database import Transaction
from models.letter_kind import LetterKind
from models.rules.days import at, local_day
from models.store.due import Due
from models.store.outbox import Outgoing

_ASKED_EVERY = timedelta(minutes=10)


class Quota:
    """Knows what is left, and what of it is for the reminders still to be sent this month."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._left: dict[str, int] = {}
        self._reserved: dict[str, int] = {}
        self._asked_at: datetime | None = None

    async def refresh(self) -> bool:
        """Ask the platforms, now and then. Raises DatabaseUnavailable."""
        now = self._core.clock()
        if self._asked_at is not None and timedelta(0) <= now - self._asked_at < _ASKED_EVERY:
            return False
        self._asked_at = now
        for name, channel in self._core.channels.items():
            left = await channel.pushes_left()
            if left is None:
                self._left.pop(name, None)
                continue
            count = await self._core.database.run(partial(self._still_to_remind, name, now))
            self._left[name] = left
            self._reserved[name] = max(count, self._core.office.reserved_pushes)
        return False

    def may_push(self, row: Outgoing, now: datetime) -> bool:
        """Return whether a row may be sent: a reminder, a free answer, or while more is left than
        the reminders need."""
        left = self._left.get(row.channel)
        if left is None or row.kind is LetterKind.REMINDER:
            return True
        if row.reply_token and row.reply_until and now < row.reply_until:
            return True
        return left > self._reserved[row.channel]

    def note(self, row: Outgoing, now: datetime) -> None:
        """Count what was accepted, until the platform is asked again."""
        is_free = row.reply_token and row.reply_until and now < row.reply_until
        if row.channel in self._left and not is_free:
            self._left[row.channel] -= 1

    def _still_to_remind(self, channel: str, now: datetime, tx: Transaction) -> int:
        return Due(tx).still_to_remind(channel, now, self._month_ends(now))

    def _month_ends(self, now: datetime) -> datetime:
        zone = self._core.office.zone
        first = local_day(now, zone).replace(day=1)
        return at((first + timedelta(days=32)).replace(day=1), datetime.min.time(), zone)
