"""Logs: JSON lines, without what a person wrote, names, numbers, tokens or addresses with them."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

import structlog

# These write whole addresses (with the bot's token), updates or bodies when they may.
_TALKATIVE = ("httpx", "httpcore", "telegram", "linebot", "aiohttp", "apscheduler", "asyncio")


class _OthersAsJson(logging.Formatter):
    """A library's record: its words without what was filled into them, since that may be a
    person's, and of an error its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": str(record.msg).partition("\n")[0],
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def where(error: BaseException) -> dict[str, object]:
    """Return what a log may say of an error: its kind and the places it came through. Its message
    may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:]]
    return {"error": type(error).__name__, "at": " > ".join(places)}


def set_up() -> None:
    """Send all logs to standard error as JSON, and keep talkative libraries to warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OthersAsJson())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
