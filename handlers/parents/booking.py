"""Booking: service, day, time, who comes along, and the confirmation (art. 6)."""

from collections.abc import Sequence
from datetime import date, datetime, time

from handlers.parents import booking_card, cards, gate
from models.chat import Button, Group, Message, NotAButton, button, column
from models.rules.days import at, local_day
from models.rules.deadlines import bookable_days, may_book
from models.rules.slots import Slot, nearest, one_for_each_start
from models.store import Store
from models.store.bookings import SlotTaken
from models.turn import Turn

_DAYS_A_PAGE = 10
_NEAREST = 4
_NOON_HOUR = 12


def start(turn: Turn, store: Store) -> list[Message]:
    """The way to a booking: what is still to be settled first, then the days, for the service
    of last time where there was one."""
    if blocked := gate.closed(turn, store) or _has_enough(turn, store):
        return blocked
    last = store.bookings.latest(_seeker(turn))
    offered = turn.office.services
    if last is not None and last.service in offered:
        return show_days(turn, store, last.service, 0)
    if len(offered) == 1:
        return show_days(turn, store, offered[0], 0)
    return [_services(turn)]


def choose_service(turn: Turn, store: Store) -> list[Message]:
    """The services that the office offers (art. 1)."""
    return gate.closed(turn, store) or _has_enough(turn, store) or [_services(turn)]


def show_days(turn: Turn, store: Store, service: str, page: int) -> list[Message]:
    """The days that have free slots, with how many; never a full day."""
    if blocked := gate.closed(turn, store) or _has_enough(turn, store):
        return blocked
    _check_service(turn, service)
    other = (
        [button(turn.say("booking.other_service"), "services/1")]
        if len(turn.office.services) > 1
        else []
    )
    free = store.calendar.free_days(turn.now)
    if not free:
        return [no_free_days(turn)]
    return [
        days_card(
            turn,
            free,
            page,
            turn.say("booking.days_title", service=cards.service(turn, service)),
            day_verb=("day/1", service),
            page_verb=("days/1", service),
            more=other,
        )
    ]


def show_times(turn: Turn, store: Store, service: str, day: date) -> list[Message]:
    """The free times of a day, morning and afternoon; the counselor of last time comes first."""
    if blocked := gate.closed(turn, store) or _has_enough(turn, store):
        return blocked
    _check_service(turn, service)
    free = free_on(turn, store, day)
    if not free:
        sorry = Message(text=turn.say("booking.day_is_full", day=turn.say.day(day)))
        return [sorry, *show_days(turn, store, service, 0)]
    back = button(turn.say("booking.other_day"), "days/1", service, 0)
    return [times_card(turn, store, day, free, time_verb=("time/1", service), back=back)]


def typed_day(turn: Turn, store: Store, day: date, clock_time: time | None) -> list[Message]:
    """A typed day, perhaps with a time."""
    if blocked := gate.closed(turn, store) or _has_enough(turn, store):
        return blocked
    last = store.bookings.latest(_seeker(turn))
    if last is None and len(turn.office.services) > 1:
        return [_services(turn, day)]
    service = last.service if last else turn.office.services[0]
    if clock_time is None:
        return show_times(turn, store, service, day)
    starts_at = at(day, clock_time, turn.office.zone)
    slots = one_for_each_start(
        free_at(turn, store, starts_at),
        store.bookings.counselor_of_last_time(_seeker(turn), turn.now),
    )
    if not slots:
        return offer_nearest(turn, store, starts_at, ("time/1", service))
    return [_summary(turn, store, service, slots[0], "alone")]


def show_summary(
    turn: Turn, store: Store, service: str, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """What would be booked, with one button that books it; one comes alone unless one says."""
    return show_summary_with(turn, store, service, starts_at, counselor_id, "alone")


def show_summary_with(
    turn: Turn, store: Store, service: str, starts_at: datetime, counselor_id: int, companion: str
) -> list[Message]:
    """What would be booked, with a companion or interpreter announced (art. 12(3))."""
    if blocked := gate.closed(turn, store) or _has_enough(turn, store):
        return blocked
    _check_service(turn, service)
    _check_companion(companion)
    slot = Slot(starts_at, counselor_id)
    if slot not in free_at(turn, store, starts_at):
        return offer_nearest(turn, store, starts_at, ("time/1", service))
    return [_summary(turn, store, service, slot, companion)]


def ask_companion(
    turn: Turn, store: Store, service: str, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Who comes along?"""
    _check_service(turn, service)
    choices = [
        button(turn.say(f"companion.{each}"), "with/1", service, starts_at, counselor_id, each)
        for each in cards.COMPANIONS
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
    companion: str,
    nth: int,
) -> list[Message]:
    """Book. `nth` says which booking of this parent the button was made for, so that one button
    books once: pressed again, it shows what there is; after a cancellation, it asks anew."""
    if blocked := gate.closed(turn, store):
        return blocked
    _check_service(turn, service)
    _check_companion(companion)
    slot = Slot(starts_at, counselor_id)
    mine = cards.current_bookings(turn, store)
    if same := [each for each in mine if each.slot == slot]:
        return [booking_card.confirmation(turn, same[0], turn.say("booking.already"))]
    if blocked := _has_enough(turn, store):
        return blocked
    if slot not in free_at(turn, store, starts_at):
        return offer_nearest(turn, store, starts_at, ("time/1", service))
    if nth != store.bookings.how_many(_seeker(turn)) + 1:
        return [_summary(turn, store, service, slot, companion)]
    try:
        booked = store.bookings.book(_seeker(turn), slot, service, companion, turn.now)
    except SlotTaken:
        return offer_nearest(turn, store, starts_at, ("time/1", service))
    return [booking_card.confirmation(turn, booked, turn.say("booking.booked"))]


def days_card(
    turn: Turn,
    free: dict[date, list[Slot]],
    page: int,
    title: str,
    *,
    day_verb: tuple[str, str | int],
    page_verb: tuple[str, str | int],
    more: Sequence[Button] = (),
) -> Message:
    """Days with free slots, with how many, page by page."""
    days = list(free)
    pages = -(-len(days) // _DAYS_A_PAGE)
    page = min(page, pages - 1)
    shown = days[page * _DAYS_A_PAGE : (page + 1) * _DAYS_A_PAGE]
    choices = [
        button(
            turn.say.count(
                "booking.day",
                len({slot.starts_at for slot in free[day]}),
                day=turn.say.short_day(day),
            ),
            *day_verb,
            day,
        )
        for day in shown
    ]
    turning = []
    if page > 0:
        turning.append(button(turn.say("booking.earlier_days"), *page_verb, page - 1))
    if page + 1 < pages:
        turning.append(button(turn.say("booking.later_days"), *page_verb, page + 1))
    groups = [Group(tuple(choices), columns=2)]
    groups += [Group(tuple(turning), columns=2)] if turning else []
    groups += [column(*more)] if more else []
    return Message(
        title=title,
        text=turn.say("booking.days_text", minutes=turn.office.slot_minutes),
        groups=tuple(groups),
        in_place=True,
    )


def times_card(
    turn: Turn,
    store: Store,
    day: date,
    free: Sequence[Slot],
    *,
    time_verb: tuple[str, str | int],
    back: Button,
) -> Message:
    """A day's free times: with the counselor of last time, then morning and afternoon."""
    last = store.bookings.counselor_of_last_time(_seeker(turn), turn.now)
    slots = one_for_each_start(free, last)
    with_last = [slot for slot in slots if slot.counselor_id == last]
    others = [slot for slot in slots if slot.counselor_id != last]
    names = {each.id: each.name for each in store.calendar.counselors()}
    groups = [
        *_by_half_day(turn, with_last, time_verb, names.get(last or 0, "")),
        *_by_half_day(turn, others, time_verb, ""),
    ]
    return Message(
        title=turn.say.day(day),
        text=turn.say("booking.times_text"),
        groups=(*groups, column(back)),
        in_place=True,
    )


def _by_half_day(
    turn: Turn, slots: Sequence[Slot], time_verb: tuple[str, str | int], counselor: str
) -> list[Group]:
    """Times in groups of morning and afternoon, headed by the counselor of last time."""
    halves = {
        "booking.morning": [slot for slot in slots if _hour(turn, slot) < _NOON_HOUR],
        "booking.afternoon": [slot for slot in slots if _hour(turn, slot) >= _NOON_HOUR],
    }
    groups = []
    for name, of_half in halves.items():
        part = turn.say(name)
        heading = (
            turn.say("booking.with_last", part=part, counselor=counselor) if counselor else part
        )
        buttons = tuple(
            button(cards.clock_time(turn, slot.starts_at), *time_verb, *slot) for slot in of_half
        )
        if buttons:
            groups.append(Group(buttons, heading, columns=3))
    return groups


def offer_nearest(
    turn: Turn, store: Store, starts_at: datetime, time_verb: tuple[str, str | int]
) -> list[Message]:
    """The slot is gone or not bookable any more: the nearest free ones, at once."""
    by_day = store.calendar.free_days(turn.now)
    every = [slot for slots in by_day.values() for slot in slots]
    last = store.bookings.counselor_of_last_time(_seeker(turn), turn.now)
    close = nearest(one_for_each_start(every, last), starts_at, _NEAREST)
    if not close:
        return [no_free_days(turn)]
    choices = [
        button(cards.when(turn, slot.starts_at), *time_verb, slot.starts_at, slot.counselor_id)
        for slot in close
    ]
    return [
        Message(
            title=turn.say("booking.taken_title"),
            text=turn.say("booking.taken_text", when=cards.when(turn, starts_at)),
            groups=(column(*choices), column(button(turn.say("menu.book"), "book/1"))),
        )
    ]


def no_free_days(turn: Turn) -> Message:
    """Nothing is free in the whole window."""
    return Message(
        title=turn.say("booking.no_days_title"),
        text=turn.say(
            "booking.no_days_text", days=turn.office.horizon_days, phone=cards.phone(turn)
        ),
        groups=(column(cards.phone_link(turn), button(turn.say("menu.back"), "menu/1")),),
    )


def free_on(turn: Turn, store: Store, day: date) -> list[Slot]:
    """The free slots of a day that a parent may still book."""
    if day not in bookable_days(turn.now, turn.office.zone, turn.office.horizon_days):
        return []
    return store.calendar.free_on(day)


def free_at(turn: Turn, store: Store, starts_at: datetime) -> list[Slot]:
    """The free slots at a start that a parent may still book: the rules are asked again when the
    button is pressed, not only when it was shown."""
    if not may_book(starts_at, turn.now, turn.office.zone, turn.office.horizon_days):
        return []
    day = local_day(starts_at, turn.office.zone)
    return [slot for slot in store.calendar.free_on(day) if slot.starts_at == starts_at]


def _services(turn: Turn, day: date | None = None) -> Message:
    choices = [
        button(cards.service(turn, name), "day/1", name, day)
        if day
        else button(cards.service(turn, name), "days/1", name, 0)
        for name in turn.office.services
    ]
    return Message(
        title=turn.say("booking.services_title"),
        text=turn.say("booking.services_text"),
        groups=(column(*choices),),
    )


def _summary(turn: Turn, store: Store, service: str, slot: Slot, companion: str) -> Message:
    names = {each.id: each.name for each in store.calendar.counselors()}
    nth = store.bookings.how_many(_seeker(turn)) + 1
    args = (service, slot.starts_at, slot.counselor_id)
    day = local_day(slot.starts_at, turn.office.zone)
    return Message(
        title=turn.say("booking.summary_title"),
        facts=(
            (turn.say("booking.when"), cards.when(turn, slot.starts_at)),
            (turn.say("booking.service"), cards.service(turn, service)),
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


def _has_enough(turn: Turn, store: Store) -> list[Message] | None:
    """At most `max_upcoming` bookings a person: what there is, with its buttons."""
    mine = cards.current_bookings(turn, store)
    if len(mine) < turn.office.max_upcoming:
        return None
    limit = turn.say.count("booking.enough", turn.office.max_upcoming)
    return [Message(text=limit), *booking_card.cards_of(turn, mine)]


def _seeker(turn: Turn) -> int:
    seeker = turn.contact.job_seeker_id
    assert seeker is not None, "the gate lets nobody through without details"
    return seeker


def _check_service(turn: Turn, service: str) -> None:
    if service not in turn.office.services:
        raise NotAButton("no such service")


def _check_companion(companion: str) -> None:
    if companion not in cards.COMPANIONS:
        raise NotAButton("no such companion")


def _hour(turn: Turn, slot: Slot) -> int:
    return slot.starts_at.astimezone(turn.office.zone).hour
