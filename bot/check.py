"""`check`: what is missing before going live, asked of settings, database and platforms; and
what staff must know."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
from linebot.v3.messaging import ApiException
from sqlalchemy import URL, create_engine, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot import web_client
from bot.app import App
from bot.channels.line import LineChannel, is_address
from bot.channels.telegram import TelegramChannel
from bot.command_line import wrong_key
from bot.hearing import Fetch
from bot.pages.drawing import font_file
from bot.settings import Settings
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
from models.store.keys import unreadable
from models.store.staff import StaffStore

Say = Callable[[str], object]

_ALERTS_SHOWN = timedelta(days=14)
_LITTLE_QUOTA = 50
_PATIENCE_SECONDS = 20.0


async def check(
    settings: Settings, office: Office, say: Say, fetch: Fetch = web_client.fetch
) -> bool:
    """Print what is in order and what is not; True when nothing is missing."""
    app = App(settings, office, fetch=fetch)
    faults: list[str] = []
    try:
        faults += await _database(app, say)
        if app.line is not None:
            faults += await _asking(_line(app.line, settings, say), "LINE")
        if app.telegram is not None:
            faults += await _asking(_telegram(app.telegram, settings, say), "Telegram")
        await _proofs(app, say)
    finally:
        await app.close()
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
    """How it is known that parents can reach us; without a proof nobody is deemed absent."""
    await app.hearing.prove()
    for each in app.hearing.deaf():
        say(f"MIND     parents may not reach us ({each.way}: {each.why}). Until they do, nobody")
        say("         is deemed absent: staff decide")
    if app.hearing.pages_proven_by:
        say(f"ok       our pages can be reached: shown by {app.hearing.pages_proven_by}")


async def _database(app: App, say: Say) -> list[str]:
    try:
        if not is_current(app.database.engine):
            return ["the database is not migrated: python -m bot migrate"]
        faults, alerts = await app.database.run(lambda tx: _stored(tx, app))
    except (DatabaseUnavailable, OSError) as error:
        return [f"the database does not answer ({error}): check DATABASE_URL"]
    except Exception as error:
        return [f"the database does not answer ({type(error).__name__}): check DATABASE_URL"]
    say("ok       database")
    await _hosts(make_url(app.settings.database_url), say)
    if not await app.database.run(lambda tx: StaffStore(tx).team()):
        say("MIND     nobody works here by chat yet: python -m bot staff invite --role admin")
    await app.database.run(lambda tx: _rooms(Calendar(tx, app.office), say))
    for alert in alerts:
        say(f"ALERT    {_in_words(alert, app.office)}")
    return faults


def _rooms(calendar: Calendar, say: Say) -> None:
    """Standing rooms: who is early must not walk into somebody else's consultation."""
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
    store, now = Store(tx, app.office, app.vault), app.clock()
    faults = []
    if count := unreadable(tx, app.vault):
        faults.append(wrong_key(count))
    if store.terms.in_force(local_day(now, app.office.zone)) is None:
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


async def _asking(question: Awaitable[list[str]], platform: str) -> list[str]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await question
    except ApiException as error:
        if error.status in (401, 403):
            return ["LINE refuses LINE_CHANNEL_ACCESS_TOKEN: make a new one in the console"]
        return [f"LINE answered {error.status}"]
    except (aiohttp.ClientError, TelegramError, TimeoutError, OSError) as error:
        return [f"{platform} does not answer ({type(error).__name__}): network or firewall?"]


async def _line(line: LineChannel, settings: Settings, say: Say) -> list[str]:
    await line.api.get_bot_info()
    say("ok       LINE's access token")
    faults = []
    ours = f"{settings.public_url}/webhooks/line"
    try:
        endpoint = await line.api.get_webhook_endpoint()
    except ApiException as error:
        if error.status != 404:
            raise
        endpoint = None
    if endpoint is None or not is_address(str(endpoint.endpoint), ours):
        faults.append(f"LINE's webhook is not set to {ours}: console, tab 'Messaging API'")
    elif not endpoint.active:
        faults.append("LINE's webhook is switched off: 'Use webhook' in the console")
    else:
        tested = await line.ask_webhook_test()
        if tested.success:
            say("ok       LINE's webhook reaches us")
        else:
            faults.append(f"LINE cannot reach our webhook: {tested.reason} {tested.status_code}")
    return faults + await _line_quota(line, say)


async def _line_quota(line: LineChannel, say: Say) -> list[str]:
    quota = await line.api.get_message_quota()
    if quota.value is None:
        say("ok       LINE's monthly messages are not limited")
        return []
    used = (await line.api.get_message_quota_consumption()).total_usage
    left = quota.value - used
    say(f"{'ok      ' if left >= _LITTLE_QUOTA else 'MIND    '} LINE's messages left: {left}")
    return [] if left > 0 else ["LINE's messages for this month are used up"]


async def _telegram(telegram: TelegramChannel, settings: Settings, say: Say) -> list[str]:
    await telegram.who_am_i()
    say("ok       Telegram's bot token")
    if settings.telegram_webhook_secret is None:
        say("ok       Telegram is asked for updates (no TELEGRAM_WEBHOOK_SECRET)")
        return []
    info = await telegram.webhook_info()
    ours = f"{settings.public_url}/webhooks/telegram"
    if info.url != ours:
        return ["Telegram's webhook is not set; `serve` sets it when it starts"]
    if info.last_error_message:
        say("MIND     Telegram's last call of our webhook failed; see /metrics")
    say("ok       Telegram's webhook is set")
    return []


def _in_words(alert: Alert, office: Office) -> str:
    at = f"{alert.at.astimezone(office.zone):%m/%d %H:%M}"
    start = f"{alert.starts_at.astimezone(office.zone):%m/%d %H:%M}" if alert.starts_at else ""
    return f"{at}  {in_words(phrases('en'), alert, start)}"
