"""`check`: what is missing before going live, asked of settings, database and platforms; and
what staff must know."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import URL, create_engine, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.channels.base import Channel, Say, no_answer
from bot.drawing import font_file
from bot.errand_owner import GivenUp, TryLater
from bot.settings import wrong_key
from bot.video.base import VideoService
from handlers.staff.alert_card import in_words
from locales import phrases
from models.database import DatabaseUnavailable, Transaction
from models.migrations import is_current
from models.office import Office
from models.rules.days import local_day
from models.rules.meeting_url import room_of
from models.store import Store
from models.store.alerts import Alert
from models.store.calendar import Calendar
from models.store.errands import Errands
from models.store.keys import unreadable
from models.store.staff import StaffStore

_ALERTS_SHOWN = timedelta(days=14)
_PATIENCE_SECONDS = 20.0


async def check(app: App, say: Say) -> bool:
    """Print what is in order and what is not; True when nothing is missing."""
    faults = [*await _database(app, say)]
    for channel in app.core.channels.values():
        faults += await _channel(app, channel, say)
    faults += await _video(app, say)
    await _proofs(app, say)
    if font_file() is None:
        say("MIND     no Japanese font, so pictures lack names: apt install fonts-noto-cjk")
    for fault in faults:
        say(f"MISSING  {fault}")
    say("Ready to go live." if not faults else f"Not ready: {len(faults)} to settle.")
    return not faults


async def _hosts(url: URL, say: Say) -> None:
    """Say of each of several PostgreSQL hosts whether it would be found in a failover."""
    hosts = url.query.get("host", "")
    for host in hosts if isinstance(hosts, tuple) else ():
        alone = url.difference_update_query(["target_session_attrs"])
        try:
            is_standby = await asyncio.to_thread(
                _is_standby, alone.update_query_dict({"host": (host,)})
            )
        except SQLAlchemyError as error:
            say(f"MIND     database host {host} does not answer ({type(error).__name__})")
        else:
            say(f"ok       database host {host}: {'standby' if is_standby else 'takes writes'}")


def _is_standby(url: URL) -> bool:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 5}
    )
    try:
        with engine.connect() as connection:
            return bool(connection.execute(select(func.pg_is_in_recovery())).scalar_one())
    finally:
        engine.dispose()


async def _proofs(app: App, say: Say) -> None:
    """Gather how it is known that parents can reach us; without a proof nobody is deemed absent."""
    await app.hearing.prove()
    for each in app.hearing.deaf():
        say(f"MIND     parents may not reach us ({each.way}: {each.why}). Until they do, nobody")
        say("         is deemed absent: staff decide")
    if app.hearing.pages_proven_by:
        say(f"ok       our pages can be reached: shown by {app.hearing.pages_proven_by}")


async def _database(app: App, say: Say) -> list[str]:
    try:
        if not is_current(app.core.database.engine):
            return ["the database is not migrated: python -m bot migrate"]
        faults, alerts = await app.core.database.run(lambda tx: _stored(tx, app))
    except (DatabaseUnavailable, OSError) as error:
        return [f"the database does not answer ({error}): check DATABASE_URL"]
    except Exception as error:
        return [f"the database does not answer ({type(error).__name__}): check DATABASE_URL"]
    say("ok       database")
    await _hosts(make_url(app.core.settings.database_url), say)
    if not await app.core.database.run(lambda tx: StaffStore(tx).team()):
        say("MIND     nobody works here by chat yet: python -m bot staff invite --role admin")
    await app.core.database.run(lambda tx: _rooms(Calendar(tx, app.core.office), say))
    for alert in alerts:
        say(f"ALERT    {_in_words(alert, app)}")
    return faults


def _rooms(calendar: Calendar, say: Say) -> None:
    """Look at standing rooms: who is early must not walk into somebody else's consultation."""
    by_room: dict[str, list[str]] = {}
    for each in calendar.counselors_in_full():
        if each.meeting_url:
            by_room.setdefault(room_of(each.meeting_url), []).append(each.name)
    for names in by_room.values():
        if len(names) > 1:
            say(f"MIND     {', '.join(names)} have one meeting room: give each a room of their own")
    if by_room:
        say("MIND     switch on the waiting room of every meeting, which is not seen from here")


def _stored(tx: Transaction, app: App) -> tuple[list[str], list[Alert]]:
    store, now = Store(tx, app.core.office, app.core.vault), app.core.clock()
    faults = []
    if count := unreadable(tx, app.core.vault):
        faults.append(wrong_key(count))
    if store.terms.in_force(local_day(now, app.core.office.zone)) is None:
        faults.append(
            "no terms are in force, so the bot says that it is not open yet:"
            " python -m bot terms publish FILE --effective YYYY-MM-DD"
        )
    if not store.calendar.counselors():
        faults.append(
            "there is no counselor: python -m bot counselor add NAME --meeting-url URL"
            ' --shift "mon-fri 10:00-16:00"'
        )
    elif not store.calendar.days(now, holder=0).free:
        faults.append("no counselor has a free slot in the coming days: check shifts and closures")
    return faults, store.alerts.since(now - _ALERTS_SHOWN)


async def _channel(app: App, channel: Channel, say: Say) -> list[str]:
    webhook = app.core.webhook_of(channel.name)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await channel.check(webhook, say)
    except TimeoutError as error:
        return [no_answer(channel.title, error)]


async def _video(app: App, say: Say) -> list[str]:
    """Return whether the video service answers, with all that we need to be allowed."""
    video, core = app.core.video, app.core
    try:
        hosts, waiting = await core.database.run(lambda tx: _hosts_and_errands(tx, core.office))
        if video is None:
            if hosts:
                return ["counselors have a user at Zoom, but Zoom is off: set ZOOM_ACCOUNT_ID, …"]
            return []
        async with asyncio.timeout(_PATIENCE_SECONDS):
            faults = [f"{video.title} lacks {each}" for each in await video.missing()]
            faults += await _unknown_hosts(video, hosts)
    except (TryLater, GivenUp) as error:
        assert video is not None
        return [f"{video.title} does not do what we ask: {error}"]
    except TimeoutError as error:
        assert video is not None
        return [no_answer(video.title, error)]
    except DatabaseUnavailable as error:
        return [f"the database does not answer ({error}): check DATABASE_URL"]
    if not hosts:
        say(f"MIND     no counselor has a user at {video.title}, so no room is made: python -m bot")
        say("         counselor change NAME --zoom-user USER")
    if len(set(hosts)) < len(hosts):
        say(f"MIND     two counselors have one user at {video.title}, who hosts one room at a time")
    if waiting:
        say(f"MIND     {waiting} errands wait for {video.title}")
    if not faults:
        say(f"ok       {video.title}: tell it {core.webhook_of(video.name)} for its events")
    return faults


async def _unknown_hosts(video: VideoService, hosts: Sequence[str]) -> list[str]:
    unknown = []
    for host in hosts:
        try:
            await video.prove(host)
        except GivenUp as error:
            unknown.append(f"the user {host}: {error}")
    return unknown


def _hosts_and_errands(tx: Transaction, office: Office) -> tuple[list[str], int]:
    found = Calendar(tx, office).counselors_in_full()
    count, _ = Errands(tx).waiting()
    return [each.video_user for each in found if each.video_user], count


def _in_words(alert: Alert, app: App) -> str:
    office = app.core.office
    at = f"{alert.at.astimezone(office.zone):%m/%d %H:%M}"
    start = f"{alert.starts_at.astimezone(office.zone):%m/%d %H:%M}" if alert.starts_at else ""
    return f"{at}  {in_words(phrases('en'), alert, start, app.core.platforms)}"
