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
from bot.worker import Worker
from models.database import Transaction
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

# Says what the end of a row means, in the transaction that notes it.
NoteEnd = Callable[[Transaction, Outgoing, SendState], None]

log = structlog.get_logger()


class Sender(Worker[tuple[Outgoing, bool]]):
    """Sends what the outbox holds."""

    name = "outbox"
    at_once = _AT_ONCE

    def __init__(
        self, core: Core, note_end: NoteEnd, is_busy: Callable[[], bool], quota: Quota
    ) -> None:
        super().__init__()
        self._core = core
        self._quota = quota
        self._is_busy = is_busy
        self._news_under_way = 0
        self._note_end = note_end

    async def claim(self, count: int) -> list[tuple[Outgoing, bool]]:
        """Claim letters: answers first, and little else while people are being answered."""
        now, most = self._core.clock(), BESIDE_TURNS if self._is_busy() else _AT_ONCE
        news = most - self._news_under_way
        return await self._core.database.run(
            lambda tx: OutboxStore(tx).claim(now, _LEASE, count, news)
        )

    async def perform(self, claimed: tuple[Outgoing, bool]) -> None:
        """Send one row and note what came of it. When that cannot be noted, the lease ends and
        the row is tried again as one whose try was never heard of."""
        row, unheard = claimed
        is_news = row.kind is not LetterKind.ANSWER
        self._news_under_way += is_news
        try:
            await self._send_and_note(row, unheard)
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
