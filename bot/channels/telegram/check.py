"""What `check` asks Telegram."""

from bot.channels.base import Say
from bot.channels.telegram.api import TelegramApi


async def check(api: TelegramApi, ours: str, say: Say) -> list[str]:
    """Say what is in order, and return what is not. Raises TelegramError."""
    await api.who_am_i()
    say("ok       Telegram's bot token")
    if api.secret is None:
        say("ok       Telegram is asked for updates (no TELEGRAM_WEBHOOK_SECRET)")
        return []
    info = await api.webhook_info()
    if info.url != ours:
        return ["Telegram's webhook is not set; `serve` sets it when it starts"]
    if info.last_error_message:
        say("MIND     Telegram's last call of our webhook failed; see /metrics")
    say("ok       Telegram's webhook is set")
    return []
