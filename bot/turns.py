"""Turns: dedupe -> load -> step -> save, in one transaction, before anything is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from weakref import WeakValueDictionary

import structlog

from bot import metrics
from bot.core import Core
from bot.logs import where
from bot.pace import Pace
from handlers import due, results, router, seen
from handlers.shared import delivery
from locales import best_language
from models.chat import Did, Event, Message
from models.choice import Choice
from models.contact import NOBODY, Contact
from models.database import DatabaseUnavailable, Transaction
from models.errand import Errand, ErrandState, Result
from models.letter_kind import LetterKind
from models.rules.hearing import Closed
from models.sighting import Sighting
from models.store import Store
from models.store.outbox import Outgoing
from models.store.retention import ALLOWED, Retention
from models.tables import AlertKind, SendState
from models.turn import Turn

# A reply token of LINE's is good for a minute after the webhook came, and never longer than 20
# minutes after the act.
_REPLY_LASTS = timedelta(seconds=50)
_REPLY_ENDS = timedelta(minutes=20)

# While people are being answered, all else is done a few at a time, with a breath after each few:
# it takes a quarter of the machine then, and not half.
BESIDE_TURNS = 4
BREATH_SECONDS = 0.02

# For how long an event waits for an earlier one of the same person.
_ALONE_SECONDS = 10

# Nobody presses two buttons a second for a minute. Whoever does gets one kind answer and costs no
# further work until the minute is over.
TURNS_A_MINUTE = 120

# In the office's zone: when nobody waits for anything.
_QUIET_HOUR = 3

log = structlog.get_logger()


class Outcome(Choice):
    """What became of an event."""

    DONE = "done"
    SEEN_BEFORE = "seen before"
    FAILED = "failed"


class Turns:
    """Takes events and due bookings one by one."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._pace = Pace(TURNS_A_MINUTE)
        self._under_way = 0
        self._of_person = WeakValueDictionary[str, asyncio.Lock]()
        self._was_deaf = True

    def is_busy(self) -> bool:
        """Return whether somebody waits for an answer at this moment."""
        return self._under_way > 0

    async def handle(self, event: Event) -> Outcome:
        """Handle an event once; when this returns, it and its answer are stored. A step that fails
        leaves an apology and an alert. Raises DatabaseUnavailable: then nothing is stored."""
        self._under_way += 1
        try:
            async with self._in_order(event):
                outcome = await self._handle_or_apologise(event)
        finally:
            self._under_way -= 1
        metrics.events.labels(event.channel, outcome).inc()
        return outcome

    @asynccontextmanager
    async def _in_order(self, event: Event) -> AsyncIterator[None]:
        """Let a person's events wait for each other here, and not each with a connection to the
        database, which others need. Raises DatabaseUnavailable when that takes too long."""
        lock = self._of_person.setdefault(f"{event.channel} {event.person}", asyncio.Lock())
        try:
            async with asyncio.timeout(_ALONE_SECONDS):
                await lock.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable("an earlier event of the same person") from error
        try:
            yield
        finally:
            lock.release()

    async def _handle_or_apologise(self, event: Event) -> Outcome:
        language = event.language
        try:
            outcome = await self._core.database.run(lambda tx: self._handle(tx, event, language))
            if outcome is None:
                asked = await self._core.channels[event.channel].language_of(event)
                language = asked or self._core.office.language
                outcome = await self._core.database.run(
                    lambda tx: self._handle(tx, event, language)
                )
            assert outcome is not None, "the language is known now"
            return outcome
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.error("step failed", channel=event.channel, did=str(event.did), **where(error))
            language = language or self._core.office.language
            return await self._core.database.run(lambda tx: self._apologise(tx, event, language))

    async def do_due(self, what: due.What, booking_id: int) -> None:
        """Do what the clock says is due for a booking, if it still is. What fails goes to staff,
        so that it is neither lost nor tried for ever. Raises DatabaseUnavailable."""
        try:
            await self._core.database.run(lambda tx: self._due(tx, booking_id, due.WORK[what]))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.error("due work failed", what=str(what), **where(error))
            await self._core.database.run(lambda tx: self._due(tx, booking_id, due.GIVE_UP[what]))
        metrics.due.labels(what).inc()

    async def take_sighting(self, sighting: Sighting) -> None:
        """Take what a video service saw in a room; one that is none of ours is left. Raises
        DatabaseUnavailable."""

        def take(tx: Transaction) -> None:
            store = self._store(tx)
            booking_id = store.rooms.booking_of(sighting.room)
            if booking_id is not None:
                self._due(tx, booking_id, partial(seen.take, sighting=sighting))

        await self._core.database.run(take)

    def take_result(
        self, tx: Transaction, errand: Errand, state: ErrandState, result: Result | None
    ) -> None:
        """Take what came of an errand, in the transaction that notes its end."""
        self._due(
            tx,
            errand.booking_id,
            lambda turn, store, booking: results.take(turn, store, booking, errand, state, result),
        )

    def take_delay(self, tx: Transaction, errand: Errand) -> None:
        """Tell staff that an errand has to wait for long."""
        self._due(
            tx,
            errand.booking_id,
            lambda turn, store, booking: results.delayed(turn, store, booking, errand),
        )

    async def keep_unreadable(self, event: Event) -> None:
        """Keep an event that cannot be read, sealed, and tell staff; it may have said that
        somebody does not come. Raises DatabaseUnavailable."""
        await self._core.database.run(lambda tx: self._keep_unreadable(tx, event))

    async def tell_hearing(self, deaf: Sequence[Closed]) -> None:
        """Tell staff which ways in do not work at this moment, and no more of those that do again.
        Raises DatabaseUnavailable."""
        if not deaf and not self._was_deaf:
            return
        self._was_deaf = bool(deaf)

        def tell(tx: Transaction) -> None:
            router.hear(self._core.turn_of(NOBODY), self._store(tx), deaf)

        await self._core.database.run(tell)

    async def tell_digest(self) -> bool:
        """Tell staff the day, once each working morning. Raises DatabaseUnavailable."""
        return await self._tell(router.DIGEST)

    async def tell_news(self) -> bool:
        """Tell staff and those who wait what there is to tell. Says whether there was anything.
        Raises DatabaseUnavailable."""
        return await self._tell(router.NEWS)

    async def _tell(self, subjects: Sequence[Callable[[Turn, Store], None]]) -> bool:
        told = False
        for subject in subjects:
            try:
                told |= await self._core.database.run(partial(self._tell_unasked, subject))
            except DatabaseUnavailable:
                raise
            except Exception as error:
                log.error("what is due cannot be told", **where(error))
        return told

    async def forget_old(self) -> bool:
        """Delete what was kept for minutes, and once a day, in the night, what has been kept long
        enough. Raises DatabaseUnavailable."""
        await self._core.database.run(self._forget_old)
        return False

    async def retry_failed(self) -> tuple[int, int]:
        """Run the events again that failed; returns how many went well and how many did not."""
        failed = await self._core.database.run(lambda tx: self._store(tx).inbox.failed())
        outcomes = []
        for event in failed:
            await self._core.database.run(partial(self._put_back, event))
            outcomes.append(await self.handle(event))
        well = outcomes.count(Outcome.DONE)
        return well, len(outcomes) - well

    def _tell_unasked(self, subject: Callable[[Turn, Store], None], tx: Transaction) -> bool:
        store, turn = self._store(tx), self._core.turn_of(NOBODY)
        subject(turn, store)
        self.post(store, turn)
        return bool(turn.letters)

    def _forget_old(self, tx: Transaction) -> None:
        now, store = self._core.clock(), self._store(tx)
        store.questions.forget_drafts(now)
        here = now.astimezone(self._core.office.zone)
        day = here.date()
        if here.hour < _QUIET_HOUR or store.daily.is_claimed("retention", day):
            return
        retention = Retention(tx, self._core.office)
        if not store.daily.is_claimed(ALLOWED, day) and (held := retention.why_not(now)):
            store.alerts.tell(
                AlertKind.RETENTION_HELD, now, subject="retention", detail=f"{day} ({held})"
            )
            return
        if store.daily.claim("retention", day):
            retention.forget(now)

    def note_end(self, tx: Transaction, row: Outgoing, end: SendState) -> None:
        """Say what it means that a row of the outbox has ended so."""
        store, turn = self._store(tx), self._core.turn_of(NOBODY)
        delivery.note_end(turn, store, row, end)
        self.post(store, turn)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._core.office, self._core.vault)

    def _keep_unreadable(self, tx: Transaction, event: Event) -> None:
        store, now = self._store(tx), self._core.clock()
        contact = store.contacts.find(event.channel, event.person) if event.person else None
        if not store.inbox.record(event, contact.id if contact else None, now):
            return
        if contact is not None:
            self._listen(tx, store, self._core.turn_of(contact, event=event), event)
        store.inbox.keep(event, failed=True)
        store.alerts.tell(
            AlertKind.EVENT_FAILED,
            now,
            subject=f"event {event.channel} {event.id}"[:80],
            contact_id=contact.id if contact else None,
        )

    def _put_back(self, event: Event, tx: Transaction) -> None:
        self._store(tx).inbox.put_back(event)

    def _handle(self, tx: Transaction, event: Event, language: str | None) -> Outcome | None:
        """Handle an event and return what became of it; return None, and do nothing, for someone
        new whose language nobody has asked for."""
        event = replace(event, language=language)
        store, now = self._store(tx), self._core.clock()
        contact = self._contact(store, event, language)
        if contact is None and event.person is not None:
            return None
        if not store.inbox.record(event, contact.id if contact else None, now):
            return Outcome.SEEN_BEFORE
        if contact is None:
            return Outcome.DONE
        if event.did is Did.UNFOLLOWED:
            if not store.inbox.has_acted_since(contact.id, event.acted_at):
                store.contacts.set_unreachable(contact.id, event.acted_at)
        elif event.did is Did.UNSENT and event.message_id:
            store.inbox.forget_message(contact.id, event.message_id)
            store.questions.forget_message(contact.id, event.message_id, now)
        elif event.did is not Did.NOTHING_OF_OURS:
            if contact.unreachable_at is not None and contact.unreachable_at <= event.acted_at:
                store.contacts.set_reachable(contact.id)
            self._answer(store, self._core.turn_of(contact, event=event), event)
        return Outcome.DONE

    def _contact(self, store: Store, event: Event, language: str | None) -> Contact | None:
        """Return who did it; None for nobody, and for someone new whose language is not known."""
        if event.person is None:
            return None
        known = store.contacts.find(event.channel, event.person)
        if known is not None or language is None:
            return known
        first = best_language(language) or self._core.office.language
        return store.contacts.add(event.channel, event.person, first, self._core.clock())

    def _answer(self, store: Store, turn: Turn, event: Event) -> None:
        who = f"{event.channel} {turn.contact.person}"
        if event.listening_only:
            said = router.listen(turn, store, event)
        elif self._pace.is_kept(who):
            said = router.answer(turn, store, event)
        else:  # it is contact all the same
            said = router.listen(turn, store, event)
            said += [router.slow_down(turn)] if self._pace.is_first_too_many(who) else []
        self._say(store, turn, event, said)

    def _say(self, store: Store, turn: Turn, event: Event, messages: list[Message]) -> None:
        fresh = event.reply_token and turn.now < event.acted_at + _REPLY_ENDS
        store.outbox.answer(
            turn.contact,
            self._core.channels[event.channel].render(messages, event, LetterKind.ANSWER),
            turn.now,
            reply_token=event.reply_token if fresh else None,
            reply_until=turn.now + _REPLY_LASTS if fresh else None,
            to=event.group or turn.contact.person,
        )
        self.post(store, turn)

    def _apologise(self, tx: Transaction, event: Event, language: str) -> Outcome:
        """Note that a step failed, tell the person and staff; it can be run again."""
        store, now = self._store(tx), self._core.clock()
        contact = self._contact(store, event, language)
        if not store.inbox.record(event, contact.id if contact else None, now):
            return Outcome.SEEN_BEFORE
        store.alerts.tell(
            AlertKind.EVENT_FAILED,
            now,
            subject=f"event {event.channel} {event.id}"[:80],
            contact_id=contact.id if contact else None,
        )
        if contact is not None:
            turn = self._core.turn_of(contact, event=event)
            told = self._listen(tx, store, turn, event)
            sorry = [] if event.listening_only else router.apology(turn)
            self._say(store, turn, event, [*told, *sorry])
        store.inbox.keep(event, failed=True)
        return Outcome.FAILED

    def _listen(self, tx: Transaction, store: Store, turn: Turn, event: Event) -> list[Message]:
        """Listen again: what failed may have been this very part; the event must be kept all the
        same."""
        try:
            with tx.attempt():
                return router.listen(turn, store, event)
        except Exception as error:
            log.error(
                "contact not noted", channel=event.channel, did=str(event.did), **where(error)
            )
            return []

    def _due(self, tx: Transaction, booking_id: int, work: due.Work) -> None:
        store = self._store(tx)
        booking = store.bookings.by_id(booking_id)
        assert booking is not None, "bookings are kept for years"
        # Locked in the same order as in a parent's turn, and read again under the lock.
        turn = self._core.turn_of(store.contacts.parent_of(booking.job_seeker_id))
        booking = store.bookings.by_id(booking_id)
        assert booking is not None
        work(turn, store, booking)
        self.post(store, turn)

    def post(self, store: Store, turn: Turn) -> None:
        """Put what a step tells others into the outbox, with the change that it speaks of."""
        for letter in turn.letters:
            state, payload = SendState.WAITING, ""
            channel = self._core.channels.get(letter.to.channel)
            if letter.message is None:
                state = SendState.EXPIRED
            elif channel is None or letter.to.unreachable_at is not None:
                state = SendState.UNREACHABLE
                delivery.cannot_be_sent(turn, store, letter)
            else:
                (payload,) = channel.render([letter.message], None, letter.kind)
            if letter.to is not NOBODY:
                store.outbox.notify(letter, payload, turn.now, state=state)
