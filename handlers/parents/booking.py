"""Booking: service, day, time, who comes along, and the confirmation (art. 6)."""

from collections.abc import Sequence
from datetime import date, datetime

from handlers.parents import gate
from handlers.shared import booking_card, chosen, interpreting, offering, own_bookings, parts
from handlers.shared.wish import Wish
from models.booking import Booking
from models.chat import Argument, Message, NotAButton, button, column
from models.rules.days import local_day
from models.rules.slots import Slot
from models.store import Store
from models.store.bookings import SlotTaken
from models.tables import Companion
from models.text import plain
from models.turn import Turn
from models.understanding.frame import Days


def start(turn: Turn, store: Store) -> list[Message]:
    """Return the way to a booking: what is still to be settled first, then the days, for the
    service of last time where there was one."""
    mine = own_bookings.current(turn, store)
    if blocked := closed(turn, store, mine):
        return blocked
    service = usual_service(turn, store)
    if service is None:
        return [services(turn)]
    return _days(turn, store, service, 0, mine)


def closed(turn: Turn, store: Store, mine: Sequence[Booking]) -> list[Message] | None:
    """Return what is still to be settled before a booking, or that there are enough of `mine`; None
    when the way is free."""
    return gate.closed(turn, store) or _has_enough(turn, mine)


def usual_service(turn: Turn, store: Store) -> str | None:
    """Return the service that was just chosen, that of last time or the only one; None where one
    must be chosen."""
    if just_chosen := chosen.service_of(turn, store):
        return just_chosen
    last, offered = store.bookings.latest(seeker(turn)), turn.office.services
    if last is not None and last.service in offered:
        return last.service
    return offered[0] if len(offered) == 1 else None


def choose_service(turn: Turn, store: Store) -> list[Message]:
    """Return the services that the office offers (art. 1)."""
    mine = own_bookings.current(turn, store)
    return closed(turn, store, mine) or [services(turn)]


def service_named(turn: Turn, text: str) -> str | None:
    """Return the service whose name was typed, in the parent's language or the office's, and
    nothing else."""
    named = (each for each in turn.office.services if plain(text) in _names(turn, each))
    return next(named, None)


def service_first(turn: Turn, text: str) -> str | None:
    """Return the service with whose name a text begins: elsewhere it may be a reason."""
    words = plain(text)
    offered = turn.office.services
    return next((each for each in offered if words.startswith((*_names(turn, each),))), None)


def service_within(turn: Turn, text: str) -> str | None:
    """Return the one service whose name stands somewhere in a text, for whoever was just asked."""
    words = plain(text)
    found = [
        each for each in turn.office.services if any(name in words for name in _names(turn, each))
    ]
    return found[0] if len(found) == 1 else None


def _names(turn: Turn, service: str) -> list[str]:
    spoken = (turn, turn.in_language(turn.office.language))
    names = [plain(parts.service(each, service)) for each in spoken]
    return [*names, *(name.split("(")[0].strip() for name in names)]


def show_days(turn: Turn, store: Store, service: str, page: int) -> list[Message]:
    """Return the days that have free slots, with how many; never a full day."""
    mine = own_bookings.current(turn, store)
    if blocked := closed(turn, store, mine):
        return blocked
    check_service(turn, service)
    return _days(turn, store, service, page, mine)


def _days(
    turn: Turn, store: Store, service: str, page: int, mine: Sequence[Booking]
) -> list[Message]:
    other = (
        [button(turn.say("booking.other_service"), "services/1")]
        if len(turn.office.services) > 1
        else []
    )
    free, full = offering.days(turn, store, mine)
    if full:
        other.append(button(turn.say("waiting.full_days"), "waitdays/1", service))
    if not free:
        return [offering.no_free_days(turn, service)]
    chosen.service(turn, store, service)
    return [
        offering.days_card(
            turn,
            free,
            page,
            turn.say("booking.days_title", service=parts.service(turn, service)),
            day_verb=("day/1", service),
            page_verb=("days/1", service),
            more=other,
        )
    ]


def show_times(turn: Turn, store: Store, service: str, day: date) -> list[Message]:
    """Return the free times of a day, morning and afternoon; the counselor of last time comes
    first."""
    mine = own_bookings.current(turn, store)
    if blocked := closed(turn, store, mine):
        return blocked
    check_service(turn, service)
    free = offering.free_on(turn, store, day, mine)
    if not free:
        is_full = day in offering.days(turn, store, mine).full
        tell_me = button(turn.say("waiting.tell_me"), "wait/1", service, day)
        sorry = Message(
            text=offering.nothing_on(turn, store, day),
            groups=(column(tell_me),) if is_full else (),
        )
        return [sorry, *_days(turn, store, service, 0, mine)]
    chosen.service(turn, store, service, Wish(Days(day, day)))
    back = button(turn.say("booking.other_day"), "days/1", service, 0)
    return [offering.times_card(turn, store, day, free, time_verb=("time/1", service), back=back)]


def show_summary(
    turn: Turn, store: Store, service: str, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Show what would be booked, with one button that books it; one comes alone unless one says, or
    with an interpreter who came along last time."""
    companion = interpreting.as_last_time(store, turn.contact.job_seeker_id)
    return show_summary_with(turn, store, service, starts_at, counselor_id, companion)


def show_summary_with(
    turn: Turn,
    store: Store,
    service: str,
    starts_at: datetime,
    counselor_id: int,
    companion: Companion,
) -> list[Message]:
    """Return what would be booked, with a companion or interpreter announced (art. 12(3))."""
    mine = own_bookings.current(turn, store)
    if blocked := closed(turn, store, mine):
        return blocked
    check_service(turn, service)
    slot = Slot(starts_at, counselor_id)
    if slot not in offering.free_at(turn, store, starts_at, mine):
        return _offer_nearest(turn, store, service, starts_at, mine)
    return [_summary(turn, store, service, slot, companion)]


def ask_companion(
    turn: Turn, store: Store, service: str, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Ask who comes along."""
    check_service(turn, service)
    choices = [
        button(turn.say(f"companion.{each}"), "with/1", service, starts_at, counselor_id, each)
        for each in Companion
    ]
    return [
        Message(
            title=turn.say("companion.title"),
            text=turn.say("companion.text"),
            groups=(column(*choices),),
            in_place=True,
        )
    ]


def confirm(
    turn: Turn,
    store: Store,
    service: str,
    starts_at: datetime,
    counselor_id: int,
    companion: Companion,
    nth: int,
) -> list[Message]:
    """Book. `nth` says which booking of this parent the button was made for, so that one button
    books once: pressed again, it shows what there is; after a cancellation, it asks anew."""
    store.calendar.lock()  # first, since what was read before it is read again
    if blocked := gate.closed(turn, store):
        return blocked
    check_service(turn, service)
    slot = Slot(starts_at, counselor_id)
    mine = own_bookings.current(turn, store)
    if same := [each for each in mine if each.slot == slot]:
        return [booking_card.confirmation(turn, same[0], turn.say("booking.already"))]
    if blocked := _has_enough(turn, mine):
        return blocked
    if slot not in offering.free_at(turn, store, starts_at, mine):
        return _offer_nearest(turn, store, service, starts_at, mine)
    if nth != store.bookings.how_many(seeker(turn)) + 1:
        return [_summary(turn, store, service, slot, companion)]
    try:
        booked = store.bookings.book(seeker(turn), slot, service, companion, turn.now)
    except SlotTaken:
        return _offer_nearest(turn, store, service, starts_at, mine)
    store.waiting.end(turn.contact.id, turn.now)
    interpreting.tell_if_wanted(turn, store, booked)
    return [booking_card.confirmation(turn, booked, turn.say("booking.booked"))]


def services(turn: Turn, verb: str = "days/1", *rest: Argument) -> Message:
    """Return the services as buttons; what comes after the choice is in `rest`."""
    choices = [
        button(parts.service(turn, name), verb, name, *(rest or (0,)))
        for name in turn.office.services
    ]
    return Message(
        title=turn.say("booking.services_title"),
        text=turn.say("booking.services_text"),
        groups=(column(*choices),),
    )


def _summary(turn: Turn, store: Store, service: str, slot: Slot, companion: Companion) -> Message:
    names = {each.id: each.name for each in store.calendar.counselors()}
    nth = store.bookings.how_many(seeker(turn)) + 1
    args = (service, slot.starts_at, slot.counselor_id)
    day = local_day(slot.starts_at, turn.office.zone)
    chosen.service(turn, store, service, Wish(Days(day, day)))
    return Message(
        title=turn.say("booking.summary_title"),
        headline=parts.headline(turn, slot.starts_at),
        facts=(
            (turn.say("booking.service"), parts.service(turn, service)),
            (turn.say("booking.counselor"), names[slot.counselor_id]),
            (turn.say("booking.companion"), turn.say(f"companion.{companion}")),
        ),
        groups=(
            column(
                button(
                    turn.say("booking.confirm"), "confirm/1", *args, companion, nth, primary=True
                ),
                button(turn.say("companion.change"), "who/1", *args),
                button(turn.say("booking.other_time"), "day/1", service, day),
            ),
        ),
        in_place=True,
    )


def _offer_nearest(
    turn: Turn, store: Store, service: str, starts_at: datetime, mine: Sequence[Booking]
) -> list[Message]:
    day = local_day(starts_at, turn.office.zone)
    chosen.service(turn, store, service, Wish(Days(day, day)))
    return offering.offer_nearest(turn, store, starts_at, ("time/1", service), mine)


def _has_enough(turn: Turn, mine: Sequence[Booking]) -> list[Message] | None:
    """Hold to at most `max_upcoming` bookings a person: what there is, with its buttons."""
    if len(mine) < turn.office.max_upcoming:
        return None
    limit = turn.say.count("booking.enough", turn.office.max_upcoming)
    return [Message(text=limit), *booking_card.cards_of(turn, mine)]


def seeker(turn: Turn) -> int:
    """Return the record of the parent, who has passed the gate."""
    seeker = turn.contact.job_seeker_id
    assert seeker is not None, "the gate lets nobody through without details"
    return seeker


def check_service(turn: Turn, service: str) -> None:
    """Raise NotAButton for a service that the office does not offer."""
    if service not in turn.office.services:
        raise NotAButton("no such service")
