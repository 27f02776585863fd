"""A letter: something to tell somebody unasked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.booking import Booking
from models.chat import Message
from models.contact import Contact
from models.letter_kind import LetterKind

# How long a word about what has happened is still worth sending.
NEWS_LASTS = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Letter:
    """About a booking, each kind with its subject is told at most once while the booking stands as
    it does.
    `message` is None for what came too late and is only recorded. `report_to` is the contact of
    the staff member who is to hear whether it could be delivered."""

    to: Contact
    kind: LetterKind
    message: Message | None
    useless_after: datetime
    booking: Booking | None = None
    report_to: int | None = None
    subject: str = ""
