"""The frame: what the program heard in a text."""

from datetime import date, time
from typing import NamedTuple

from models.choice import Choice
from models.topic import Topic

# From this confidence on the program acts on what it heard; below it, it asks.
CLEAR = 0.5
# What is in doubt has this one.
DOUBTFUL = 0.3

FIRST_TIME, LAST_TIME = time(0), time(23, 59)


class Intent(Choice):
    """What a person wishes, or that they wish nothing. What stands after that are commands for one
    page or card of ours (OUTWARD)."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    LATE = "late"
    HERE = "here"
    LIST = "list"
    HELP = "help"
    OFFICE = "office"
    LANGUAGE = "language"
    WITHDRAW = "withdraw"
    ASK = "ask"
    GREETING = "greeting"
    THANKS = "thanks"
    NONE = "none"
    QUESTION = "question"
    UNDO = "undo"
    TERMS = "terms"
    DETAILS = "details"
    COMPANY = "company"
    MY_DATA = "my_data"
    NEXT = "next"
    MENU = "menu"
    START = "start"
    WAIT = "wait"
    UNWAIT = "unwait"


# What our own commands are to others.
OUTWARD = {
    Intent.QUESTION: Intent.ASK,
    Intent.UNDO: Intent.BOOK,
    Intent.TERMS: Intent.ASK,
    Intent.DETAILS: Intent.ASK,
    Intent.COMPANY: Intent.ASK,
    Intent.MY_DATA: Intent.WITHDRAW,
    Intent.NEXT: Intent.NONE,
    Intent.MENU: Intent.HELP,
    Intent.START: Intent.GREETING,
    Intent.WAIT: Intent.BOOK,
    Intent.UNWAIT: Intent.CANCEL,
}


class Days(NamedTuple):
    """Days of the office, both included."""

    first: date
    last: date


class Times(NamedTuple):
    """Times of day in the office's zone, both included."""

    first: time
    last: time


class About(NamedTuple):
    """The booking that is spoken of, as far as the words say it."""

    day: date | None = None
    clock: time | None = None


class Frame(NamedTuple):
    """What was heard. Wanted days and times are in `days` and `times`; None is "not said"."""

    intent: Intent
    days: Days | None = None
    times: Times | None = None
    about: About | None = None
    without: tuple[date, ...] = ()
    at_same_time: bool = False  # as that booking, or as last time
    at_other_day: bool = False  # in words that are not read as a day: "the day after"
    readings: tuple[Days, ...] = ()  # the days that remain possible, where there are several
    confidence: float = 1.0
    time_readings: tuple[Times, ...] = ()
    is_denied: bool = False  # a wish was named, and denied or told of the past
    topic: Topic | None = None  # of a question
    language: str = ""
    # Of days or times that were named one by one ("the 3rd or the 8th"), each.
    single_days: tuple[Days, ...] = ()
    single_times: tuple[Times, ...] = ()
