"""A frame as the command line prints it."""

from datetime import time
from typing import Any

from models.understanding.frame import OUTWARD, Frame


def as_json(frame: Frame) -> dict[str, Any]:
    """Return a frame as JSON has it: days as YYYY-MM-DD and times as HH:MM, both of the office."""
    days, times, about = frame.days, frame.times, frame.about
    return {
        "intent": OUTWARD.get(frame.intent, frame.intent).value,
        "dates": [days.first.isoformat(), days.last.isoformat()] if days else None,
        "times": [_clock(times.first), _clock(times.last)] if times else None,
        "about": about
        and {
            "date": about.day and about.day.isoformat(),
            "time": about.clock and _clock(about.clock),
        },
        "except": [day.isoformat() for day in frame.without],
        "confidence": frame.confidence,
    }


def _clock(clock: time) -> str:
    return clock.strftime("%H:%M")
