"""The outbox: claim, send, retry, give up. Sending happens outside any transaction."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from bot import metrics
from bot.channels.base import (
    QuotaGone,
    Refused,
    Request,
    RetryLater,
    Sent,
    TokenRefused,
    Uncertain,
    Unreachable,
)
from bot.core import Core
from bot.logs import where
from bot.quota import Quota
from bot.turns import BESIDE_TURNS, BREATH_SECONDS
from models.database import DatabaseUnavailable, Transaction
from models.letter_kind import LetterKind
from models.store.alerts import Alerts
from models.store.outbox import Outbox as OutboxStore
from models.store.outbox import Outgoing
from models.store.sent import SentMessages
from models.tables import AlertKind, SendState

_LEASE = timedelta(seconds=60)
_AT_ONCE = 50
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
# How long the sender rests when nothing wakes it: rows that wait for a later try need no more.
_REST_SECONDS = 1.0

# Says what the end of a row means, in the transaction that notes it.
NoteEnd = Callable[[Transaction, Outgoing, SendState], None]

log = structlog.get_logger()


class Sender:
    """Sends what the outbox holds."""

    def __init__(
        self, core: Core, note_end: NoteEnd, is_busy: Callable[[], bool], quota: Quota
    ) -> None:
        self._core = core
        self._quota = quota
        self._is_busy = is_busy
        self._news_under_way = 0
        self._note_end = note_end
        self._awake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """There is something new to send."""
        self._awake.set()

    async def run(self) -> None:
        """Send until told to stop; the requests under way are finished. A slow request keeps no
        other one waiting."""
        under_way: set[asyncio.Task[None]] = set()
        while not self._stopping:
            self._awake.clear()
            claimed = await self._claim(_AT_ONCE - len(under_way))
            for row, unheard in claimed:
                task = asyncio.create_task(self._send(row, unheard))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                task.add_done_callback(lambda _: self.wake())
            if not claimed:
                await self._rest()
        await asyncio.gather(*under_way)

    def stop(self) -> None:
        """Make no new claims."""
        self._stopping = True
        self._awake.set()

    async def send_all(self) -> None:
        """Send until nothing is due; where nobody runs the loop."""
        while claimed := await self._claim(_AT_ONCE):
            await asyncio.gather(*(self._send(row, unheard) for row, unheard in claimed))

    async def _claim(self, count: int) -> list[tuple[Outgoing, bool]]:
        if count <= 0:
            return []
        now, most = self._core.clock(), BESIDE_TURNS if self._is_busy() else _AT_ONCE
        news = most - self._news_under_way
        try:
            return await self._core.database.run(
                lambda tx: OutboxStore(tx).claim(now, _LEASE, count, news)
            )
        except DatabaseUnavailable as error:
            log.error("outbox cannot reach the database", why=str(error))
        except Exception as error:  # the sender must outlive whatever happens here
            log.error("outbox cannot be read", **where(error))
        return []

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), _REST_SECONDS)
        except TimeoutError:
            pass

    async def _send(self, row: Outgoing, unheard: bool) -> None:
        """Send one row and note what came of it. When that cannot be noted, the lease ends and
        the row is tried again as one whose try was never heard of."""
        is_news = row.kind is not LetterKind.ANSWER
        self._news_under_way += is_news
        try:
            await self._send_and_note(row, unheard)
        except DatabaseUnavailable as error:
            log.error("the end of a send cannot be noted", why=str(error))
        finally:
            if is_news and self._is_busy():
                await asyncio.sleep(BREATH_SECONDS)
            self._news_under_way -= is_news

    async def _send_and_note(self, row: Outgoing, unheard: bool) -> None:
        now = self._core.clock()
        if now >= row.useless_after:
            # A try that was never heard of may have been accepted.
            await self._end(
                row, SendState.UNCERTAIN if unheard else SendState.EXPIRED, "too late to be of use"
            )
            return
        if not self._quota.may_push(row, now):
            await self._end(row, SendState.REFUSED, "kept for reminders", alert=AlertKind.QUOTA_LOW)
            return
        request = Request(
            person=row.person,
            payload=row.payload,
            reply_token=row.reply_token,
            reply_until=row.reply_until,
            retry_key=row.retry_key,
            first_try=not unheard,
        )
        try:
            sent = await self._core.channels[row.channel].send(request, now)
        except Unreachable as error:
            await self._end(row, SendState.UNREACHABLE, str(error))
        except RetryLater as error:
            await self._try_later(row, error)
        except QuotaGone as error:
            await self._end(row, SendState.REFUSED, str(error), alert=AlertKind.QUOTA_GONE)
        except Refused as error:
            await self._end(row, SendState.REFUSED, str(error))
        except Uncertain as error:
            await self._end(row, SendState.UNCERTAIN, str(error))
        except Exception as error:
            log.error("sending failed", channel=row.channel, kind=str(row.kind), **where(error))
            await self._end(row, SendState.UNCERTAIN, type(error).__name__)
        else:
            self._quota.note(row, now)
            await self._end(row, SendState.ACCEPTED, sent=sent)

    async def _try_later(self, row: Outgoing, error: RetryLater) -> None:
        pause = error.after or min(_FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), _LONGEST_PAUSE)
        later = self._core.clock() + pause
        metrics.sends.labels(row.channel, "later").inc()
        log.warning("send again later", channel=row.channel, kind=str(row.kind), why=error.why)

        def save(tx: Transaction) -> None:
            token = None if error.token_spent else row.reply_token
            ours = OutboxStore(tx).try_later(
                row, later, error.why, unknown=error.unknown, token=token
            )
            if ours and isinstance(error, TokenRefused):
                Alerts(tx).tell(AlertKind.TOKEN_REFUSED, later, subject=f"{row.channel} {later:%F}")

        await self._core.database.run(save)

    async def _end(
        self,
        row: Outgoing,
        state: SendState,
        why: str = "",
        alert: AlertKind | None = None,
        sent: Sequence[Sent] = (),
    ) -> None:
        metrics.sends.labels(row.channel, str(state)).inc()
        if state != SendState.ACCEPTED:
            log.warning(
                "not sent", channel=row.channel, kind=str(row.kind), end=str(state), why=why
            )

        def save(tx: Transaction) -> None:
            now = self._core.clock()
            if not OutboxStore(tx).end(row, state, now, why):
                return
            for message_id, about in sent:
                SentMessages(tx).note(row.channel, row.person, message_id, about, now)
            if alert:
                Alerts(tx).tell(alert, now, subject=f"{row.channel} {now:%Y-%m}")
            self._note_end(tx, row, state)

        await self._core.database.run(save)
