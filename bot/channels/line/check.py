"""What `check` asks LINE."""

from linebot.v3.messaging import ApiException

from bot.addresses import is_address
from bot.channels.base import Say
from bot.channels.line.api import LineApi
from bot.channels.line.liff import Liff
from bot.web_client import NO_ANSWER

_LITTLE_QUOTA = 50


async def check(api: LineApi, webhook: str, say: Say, liff: Liff | None) -> list[str]:
    """Say what is in order, and return what is not. Raises aiohttp's ClientError,
    TimeoutError, and ValueError for an answer that cannot be read."""
    try:
        faults = await _ask(api, webhook, say)
        return faults + (await _liff(liff, webhook, say) if liff else [])
    except ApiException as error:
        if error.status in (401, 403):
            return ["LINE refuses LINE_CHANNEL_ACCESS_TOKEN: make a new one in the console"]
        return [f"LINE answered {error.status}"]


async def _ask(api: LineApi, ours: str, say: Say) -> list[str]:
    await api.sdk.get_bot_info()
    say("ok       LINE's access token")
    faults = []
    try:
        endpoint = await api.sdk.get_webhook_endpoint()
    except ApiException as error:
        if error.status != 404:
            raise
        endpoint = None
    if endpoint is None or not is_address(str(endpoint.endpoint), ours):
        faults.append(f"LINE's webhook is not set to {ours}: console, tab 'Messaging API'")
    elif not endpoint.active:
        faults.append("LINE's webhook is switched off: 'Use webhook' in the console")
    else:
        tested = await api.ask_webhook_test()
        if tested.success:
            say("ok       LINE's webhook reaches us")
        else:
            faults.append(f"LINE cannot reach our webhook: {tested.reason} {tested.status_code}")
    return faults + await _quota(api, say)


async def _liff(liff: Liff, webhook: str, say: Say) -> list[str]:
    try:
        await liff.kit()
    except NO_ANSWER:
        return ["LINE's script for LIFF cannot be fetched: the form will not close itself"]
    ours = webhook.removesuffix("/webhooks/line")
    say(f"MIND     LINE does not tell the LIFF app's endpoint URL: it has to be {ours}")
    return []


async def _quota(api: LineApi, say: Say) -> list[str]:
    quota = await api.sdk.get_message_quota()
    if quota.value is None:
        say("ok       LINE's monthly messages are not limited")
        return []
    used = (await api.sdk.get_message_quota_consumption()).total_usage
    left = quota.value - used
    say(f"{'ok      ' if left >= _LITTLE_QUOTA else 'MIND    '} LINE's messages left: {left}")
    return [] if left > 0 else ["LINE's messages for this month are used up"]
