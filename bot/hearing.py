"""Hearing: proofs that every way in works, and every time when one did not (art. 6(6))."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from bot.channels.base import Channel, Proof
from bot.core import Core
from bot.errand_owner import GivenUp, TryLater
from bot.video.base import TooMuch, VideoService
from bot.web_client import NO_ANSWER
from models.database import DatabaseUnavailable, Transaction
from models.rules.hearing import (
    DATABASE,
    HEARD_FROM,
    LONGEST_SILENCE,
    PAGES,
    PROOF_AWAITED,
    SWEEP,
    VIDEO,
    Closed,
    Stretch,
)
from models.store.hearing import HearingRecord
from models.store.rooms import Rooms

# A beat that comes later than this many sweeps means that nobody was watching in between.
_MISSED_SWEEPS = 3
_PATIENCE_SECONDS = 15.0
# Faults of one way that are this close are one stretch.
_SAME_FAULT = timedelta(seconds=60)
# For how long a way counts as deaf after its last fault, unless it is shown to work.
_STAYS_DEAF = timedelta(minutes=2)
_MOST_PENDING = 500
# A clock may be set right by this much without anybody having been unheard.
_CLOCK_SLACK = timedelta(seconds=2)

Fetch = Callable[[str], Awaitable[str]]
log = structlog.get_logger()


class Hearing:
    """Collects proofs and faults in memory; `save` writes them, with the beat of the sweep."""

    def __init__(self, core: Core, fetch: Fetch) -> None:
        self._core = core
        self._fetch = fetch
        self._longest_beat = timedelta(seconds=core.office.sweep_seconds * _MISSED_SWEEPS)
        self._pending: list[Stretch] = []
        self._unreviewed: list[Stretch] = []
        self._open: dict[tuple[str, bool, str], tuple[int, datetime]] = {}
        self._deaf: dict[str, Stretch] = {}
        self._failed_at: dict[str, datetime] = {}
        self._is_new = True
        self._saving = asyncio.Lock()
        self.last_beat: datetime | None = None
        self.pages_proven_by = ""

    def fault(self, way: str, why: str, start: datetime | None = None) -> None:
        """Note that a way in does not work, from `start` (UTC) until now."""
        now = self._core.clock()
        self._add(Stretch(way, False, min(start or now, now), now, why))
        if way not in self._deaf:
            log.error("way in does not work", way=way.partition(":")[0], why=why)
        self._deaf[way] = Stretch(way, False, start or now, now, why)

    def proof(self, way: str, at: datetime) -> None:
        """Note that a way in was shown to work at a time (UTC)."""
        self._add(Stretch(way, True, at, at))
        if self._deaf.pop(way, None) is not None:
            log.info("way in works again", way=way.partition(":")[0])

    def deaf(self) -> list[Closed]:
        """Return the ways in that do not work at this moment; the chats of single people are not
        among them."""
        now = self._core.clock()
        self._deaf = {
            way: each for way, each in self._deaf.items() if now - each.end <= _STAYS_DEAF
        }
        return [
            Closed(way, each.why, is_final=True)
            for way, each in self._deaf.items()
            if ":" not in way
        ]

    async def prove(self) -> None:
        """Ask the platforms whether they reach us, and our pages whether they answer. Never
        raises."""
        at = self._core.clock()
        asked = await asyncio.gather(*(self._ask(each) for each in self._core.channels.values()))
        proofs = dict(zip(self._core.channels, asked, strict=True))
        for name, proof in proofs.items():
            self._take(name, proof, at)
        await self._prove_pages(proofs, at)
        await self._prove_video(at)

    def unreviewed(self) -> list[Stretch]:
        """Return the faults that were written and not looked into yet."""
        return list(self._unreviewed)

    def reviewed(self, fault: Stretch) -> None:
        """Note that whoever was judged around a fault was looked at."""
        self._unreviewed.remove(fault)

    async def save(self, *, watching: bool = False) -> None:
        """Beat: write what is pending. `watching` says that nobody was
        unheard since the last beat, however long ago that is, which only a turned clock can know.
        Raises DatabaseUnavailable: then all of it is still pending."""
        async with self._saving:
            # Taken out, since what comes meanwhile may still make the last one longer.
            now, (pending, self._pending) = self._core.clock(), (self._pending, [])
            is_set_back = self.last_beat is not None and now < self.last_beat - _CLOCK_SLACK
            goes_on = not is_set_back and (
                watching
                or (self.last_beat is not None and now - self.last_beat <= self._longest_beat)
            )
            beat = Stretch(SWEEP, True, now, now)
            try:
                opened = await self._core.database.run(
                    lambda tx: self._write(
                        tx, [*pending, beat], now, is_set_back=is_set_back, goes_on=goes_on
                    )
                )
            except BaseException:  # cancelled, too: nothing of it is written
                self._pending = (pending + self._pending)[:_MOST_PENDING]
                raise
            self._open, self._is_new, self.last_beat = opened, False, now
            self._unreviewed += [each for each in pending if not each.works]

    async def end(self) -> None:
        """Write the last beat, if the one before is not too long ago, and that nobody watches any
        more. Raises DatabaseUnavailable."""
        if self.last_beat is None:
            return
        if timedelta(0) <= self._core.clock() - self.last_beat <= self._longest_beat:
            await self.save()
        number, _ = self._open[SWEEP, True, ""]
        await self._core.database.run(lambda tx: HearingRecord(tx).finish(number, "stopped"))

    def _write(
        self,
        tx: Transaction,
        stretches: list[Stretch],
        now: datetime,
        *,
        is_set_back: bool,
        goes_on: bool,
    ) -> dict[tuple[str, bool, str], tuple[int, datetime]]:
        record = HearingRecord(tx)
        opened = dict(self._open)
        if self._is_new or is_set_back:
            record.forget_future(now)
            opened = {}
        for each in stretches:
            key = (each.way, each.works, each.why)
            number, end = opened.get(key, (0, now))
            longest = LONGEST_SILENCE if each.works else _SAME_FAULT
            if each.way == SWEEP:
                longest = timedelta.max if goes_on else timedelta(-1)
            goes_with = each.start - end <= longest and each.end >= end
            if number and goes_with and (each.works or each.start >= end):
                record.extend(number, each.end)
                opened[key] = (number, max(each.end, end))
            elif number and each.end < end:
                if not each.works:  # an earlier fault, which becomes known late
                    record.begin(each)
            else:
                opened[key] = (record.begin(each), each.end)
        return opened

    def _add(self, stretch: Stretch) -> None:
        last = self._pending[-1] if self._pending else None
        if last and last[:2] == stretch[:2] and last.why == stretch.why:
            longest = LONGEST_SILENCE if stretch.works else _SAME_FAULT
            if stretch.start - last.end <= longest and stretch.end >= last.end:
                start = min(last.start, stretch.start)
                self._pending[-1] = last._replace(start=start, end=stretch.end)
                return
        if len(self._pending) < _MOST_PENDING:
            self._pending.append(stretch)

    async def _ask(self, channel: Channel) -> Proof:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await channel.prove(self._core.webhook_of(channel.name))
        except TimeoutError:
            return Proof(None, "no answer from the platform")

    def _take(self, way: str, proof: Proof, at: datetime) -> None:
        if proof.failed_at is not None and proof.failed_at != self._failed_at.get(way):
            self._failed_at[way] = proof.failed_at
            self._add(Stretch(way, False, proof.failed_at, proof.failed_at, proof.why))
        if proof.works:
            self.proof(way, at)
        elif proof.works is False:
            self.fault(way, proof.why, at)
        else:
            log.warning("way in not shown to work", way=way, why=proof.why)

    async def _prove_pages(self, proofs: Mapping[str, Proof], at: datetime) -> None:
        """Prove it by a request of our own; where our own address cannot be reached from inside, by
        a platform that has just reached us there. A platform that says nothing is no fault of ours:
        then there is no proof."""
        answered, why = await self._ask_ourselves()
        if answered and not why:
            self.pages_proven_by = "a request of our own"
            self.proof(PAGES, at)
            return
        for name, proof in proofs.items():
            if proof.works and await self._calls_our_address(self._core.channels[name]):
                self.pages_proven_by = name
                self.proof(PAGES, at)
                return
        if answered or all(proof.works is not None for proof in proofs.values()):
            self.fault(PAGES, why, at)
        else:
            log.warning("way in not shown to work", way=PAGES, why=why)

    async def _prove_video(self, at: datetime) -> None:
        """Ask the video service about those who host a room about now, if anybody does."""
        video = self._core.video
        hosts = await self._hosts(at) if video is not None else []
        if video is None or not hosts:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                known = await asyncio.gather(*(_is_known(video, host) for host in hosts))
        except (TryLater, TimeoutError) as error:
            self.fault(VIDEO, str(error) or "no answer", at)
        else:
            if any(known):
                self.proof(VIDEO, at)

    async def _hosts(self, now: datetime) -> list[str]:
        after = now - self._core.office.grace - PROOF_AWAITED
        until = now + HEARD_FROM + LONGEST_SILENCE
        try:
            return await self._core.database.run(lambda tx: Rooms(tx).hosts_between(after, until))
        except DatabaseUnavailable as error:
            self.fault(DATABASE, str(error))
            return []

    async def _ask_ourselves(self) -> tuple[bool, str]:
        """Return whether anything answers at our own address, and what is wrong with that."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await self._fetch(f"{self._core.settings.public_url}/healthz")
        except NO_ANSWER as error:
            return False, type(error).__name__
        return True, "" if answer == "ok" else "something else answers"

    async def _calls_our_address(self, channel: Channel) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                address = await channel.webhook_address()
        except TimeoutError:
            return False
        return (
            bool(address) and urlsplit(address)[:2] == urlsplit(self._core.settings.public_url)[:2]
        )


async def _is_known(video: VideoService, host: str) -> bool:
    """Return whether the service answers for a user; one that it does not know is that user's
    matter, and one more question than it allows is answered too. Raises TryLater."""
    try:
        await video.prove(host)
    except TooMuch:
        return True
    except GivenUp:
        return False
    return True
