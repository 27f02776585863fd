"""Logs: JSON lines, without what a person wrote, names, numbers, tokens or addresses with them."""

import logging
import sys

import structlog

# These write whole addresses (with the bot's token), updates or bodies when they may.
_TALKATIVE = ("httpx", "httpcore", "telegram", "linebot", "aiohttp", "apscheduler", "asyncio")


def set_up() -> None:
    """Send our logs to standard error as JSON, and keep talkative libraries to warnings."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
