"""The digest: each working morning staff get the day, and what needs them."""

from dataclasses import replace
from datetime import time

from handlers.staff import day, needs, questions
from models.chat import Message
from models.letter_kind import LetterKind
from models.rules.days import at, is_business_day
from models.store import Store
from models.turn import Turn


def tell(turn: Turn, store: Store) -> None:
    """Write the day to everybody who works here, once, from the hour on that the office set; a
    morning that was slept through brings none."""
    ends = at(turn.today, time(12), turn.office.zone)
    begins = at(turn.today, turn.office.digest_at, turn.office.zone)
    if not (is_business_day(turn.today) and begins <= turn.now < ends):
        return
    if not store.daily.claim("digest", turn.today):
        return
    for member in store.staff.team():
        to = turn.to(store.contacts.by_id(member.contact_id))
        to.write(LetterKind.DIGEST, _message(to, store), useless_after=ends)


def _message(turn: Turn, store: Store) -> Message:
    bookings = day.listed_on(turn, store, turn.today)
    message = day.overview(turn, store, turn.today, bookings)
    return replace(
        message,
        text="\n".join(
            [message.text, "", *needs.summary(turn, store), *questions.summary(turn, store)]
        ),
    )
