"""The judge: what the platforms' ledgers show, compared with the database, by statements of its own
and none of the program's.

I1  active bookings never exceed what the constraint allows
I2  every confirmation shown is in the database
I3  every event answered with 200 reached exactly one outcome
I4  accepted sends per (booking, kind, version) are at most one
I5  every due reminder ends accepted, expired, unreachable, refused or uncertain
I7  no name, phone or number of a person in logs or outgoing bodies; no token in logs

(I6 is judged in test_judging.py, by what people really did.)
"""

import re
from collections import Counter

from locales import phrases
from tests.faults.house import House

_REFERENCE = re.compile(r"(?<![A-Z0-9])[34679ACDEFGHJKMNPQRTWXY]{6}(?![A-Z0-9])")
_CONFIRMED = phrases("ja")("booking.booked")
# What a reminder begins with; the day in it is each booking's own.
_REMINDED = tuple(phrases("ja")(f"reminder.{key}").partition("{")[0] for key in ("title", "today"))
# What tests/faults/people.py lets people have entered.
_PERSONAL = re.compile(r"花子|ハナコ|(?<!\d)090\d{8}(?!\d)|34010-\d{7}")


def verdicts(house: House, answered: list[str]) -> list[str]:
    """Everything that is broken, in words; `answered` are the events that got a 200."""
    return [
        *_two_in_one_slot(house),
        *_confirmed_but_not_stored(house),
        *_not_taken_once(house, answered),
        *_sent_twice(house),
        *_left_waiting(house),
        *_said_too_much(house),
    ]


def shown(house: House) -> list[tuple[str, str]]:
    """Every message that a platform has accepted: to whom, and its words."""
    if house.channel == "telegram":
        return [(str(body["chat_id"]), str(body["text"])) for _, body in house.telegram.ledger]
    return [
        (entry.person, str(message.get("altText") or message.get("text")) + _texts(message))
        for entry in house.line.ledger
        for message in entry.messages
    ]


def is_reminder(words: str) -> bool:
    """Whether somebody is reminded by a message."""
    return any(each in words for each in _REMINDED)


def _texts(part: object) -> str:
    """All words of a Flex message."""
    if isinstance(part, dict):
        own = f" {part['text']}" if isinstance(part.get("text"), str) else ""
        return own + "".join(_texts(each) for each in part.values())
    return "".join(_texts(each) for each in part) if isinstance(part, list) else ""


def _two_in_one_slot(house: House) -> list[str]:
    doubled = house.rows(
        "SELECT counselor_id, starts_at FROM bookings WHERE status IN"
        " ('booked', 'joined', 'undecided') GROUP BY counselor_id, starts_at HAVING count(*) > 1"
    )
    return [f"I1: two active bookings in {slot}" for slot in doubled]


def _confirmed_but_not_stored(house: House) -> list[str]:
    stored = {reference for (reference,) in house.rows("SELECT reference FROM bookings")}
    confirmed = {
        reference
        for _, words in shown(house)
        if _CONFIRMED in words
        for reference in _REFERENCE.findall(words)
    }
    return [f"I2: {reference} was confirmed and is not stored" for reference in confirmed - stored]


def _not_taken_once(house: House, answered: list[str]) -> list[str]:
    taken = Counter(event for (event,) in house.rows("SELECT event_id FROM inbox"))
    twice = house.rows(
        "SELECT contact_id FROM outbox WHERE kind = 'answer' GROUP BY contact_id"
        " HAVING count(*) > (SELECT count(*) FROM inbox WHERE inbox.contact_id = outbox.contact_id)"
    )
    by_person = house.rows(
        "SELECT job_seeker_id FROM bookings GROUP BY job_seeker_id HAVING count(*) > 1"
    )
    return [
        *(f"I3: contact {each} was answered more often than they pressed" for (each,) in twice),
        *(
            f"I3: event {each} was taken {taken[each]} times"
            for each in answered
            if taken[each] != 1
        ),
        *(f"I3: one press made two bookings of {seeker}" for (seeker,) in by_person),
    ]


def _sent_twice(house: House) -> list[str]:
    reminded = Counter(person for person, words in shown(house) if is_reminder(words))
    return [f"I4: {count} reminders for one booking" for count in reminded.values() if count > 1]


def _left_waiting(house: House) -> list[str]:
    waiting = house.rows("SELECT kind FROM outbox WHERE state = 'waiting'")
    due = house.rows(
        "SELECT b.id FROM bookings b WHERE b.remind_at IS NULL AND b.status = 'booked'"
        " AND b.created_at < b.starts_at AND NOT EXISTS"
        " (SELECT 1 FROM outbox o WHERE o.booking_id = b.id AND o.kind = 'reminder')"
    )
    return [f"I5: {kind} waits for ever" for (kind,) in waiting] + [
        f"I5: the reminder of booking {number} is lost" for (number,) in due
    ]


def _said_too_much(house: House) -> list[str]:
    logged = house.logged
    sent = " ".join(words for _, words in shown(house))
    secrets = [house.line.token, house.line.secret, house.telegram.token]
    people = [person for (person,) in house.rows("SELECT person FROM contacts")]
    return [
        *(f"I7: {found} was logged" for found in _PERSONAL.findall(logged)),
        *(f"I7: {found} was sent" for found in _PERSONAL.findall(sent)),
        *(f"I7: a secret was logged: {each}" for each in secrets if each in logged),
        *(
            f"I7: a person was logged: {each}"
            for each in people
            if len(each) > 6 and each in logged
        ),
    ]
