"""Booking and moving by staff: for a parent who phones, or the next time during a consultation
(art. 6(5)); also on the same day and past the parents' deadline (art. 6(1): "in principle")."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from handlers.shared import booking_card, interpreting, offering, parts
from handlers.staff import cards
from handlers.staff.permission import booking_of, check_person, is_admin
from handlers.staff.telling import by, note, tell_parent
from models.booking import Booking
from models.chat import Button, Group, Message, button, column
from models.rules.days import local_day
from models.rules.slots import Slot, one_for_each_start, overlap
from models.store import Store
from models.store.audit import instant
from models.store.bookings import SlotTaken
from models.tables import Status
from models.turn import Turn

_ANYBODY = 0


def show_days(turn: Turn, store: Store, seeker_id: int, service: str, page: int) -> list[Message]:
    """Return the days with free slots, today among them, to book for a parent."""
    if refused := _is_refused(turn, store, seeker_id):
        return refused
    service = _offered(turn, service)
    free = _free(turn, store, seeker_id)
    if not free:
        return [Message(text=turn.say("reserve.nothing_free"))]
    name = store.seekers.masked_name(seeker_id)
    return [
        offering.days_card(
            turn,
            free,
            page,
            turn.say("reserve.days_title", name=name),
            day_verb=("reserveday/1", seeker_id, service),
            page_verb=("reserve/1", seeker_id, service),
            more=[
                button(parts.service(turn, each), "reserve/1", seeker_id, each, 0)
                for each in turn.office.services
                if each != service
            ],
        )
    ]


def show_times(turn: Turn, store: Store, seeker_id: int, service: str, day: date) -> list[Message]:
    """Return the free times of a day; one tap on a time books it."""
    return show_times_with(turn, store, seeker_id, service, _ANYBODY, day)


def show_times_with(
    turn: Turn, store: Store, seeker_id: int, service: str, counselor_id: int, day: date
) -> list[Message]:
    """Return a day's free times of one counselor."""
    check_person(turn, store, seeker_id)
    free = _free(turn, store, seeker_id).get(day, [])
    if not free:
        return show_days(turn, store, seeker_id, service, 0)
    service = _offered(turn, service)
    nth = store.bookings.how_many(seeker_id) + 1
    return [
        _times_card(
            turn,
            store,
            day,
            free,
            counselor_id,
            preferred=turn.contact.counselor_id
            or store.bookings.counselor_of_last_time(seeker_id, turn.now),
            time_verb=("reservetime/1", seeker_id, service, nth),
            with_verb=("reservewith/1", seeker_id, service),
            back=button(turn.say("booking.other_day"), "reserve/1", seeker_id, service, 0),
        )
    ]


def reserve(
    turn: Turn,
    store: Store,
    seeker_id: int,
    service: str,
    nth: int,
    starts_at: datetime,
    counselor_id: int,
) -> list[Message]:
    """Book for a parent, who is told. `nth` makes one button book once."""
    if refused := _is_refused(turn, store, seeker_id):
        return refused
    store.contacts.parent_of(seeker_id)  # locked: the parent may be booking too
    store.calendar.lock()
    slot, service = Slot(starts_at, counselor_id), _offered(turn, service)
    if nth != store.bookings.how_many(seeker_id) + 1:
        same = [each for each in _current(turn, store, seeker_id) if each.slot == slot]
        if same:
            return [cards.card(turn, store, same[0])]
        return show_times(turn, store, seeker_id, service, local_day(starts_at, turn.office.zone))
    if slot not in _all_free(turn, store, seeker_id):
        return _gone(turn, store, seeker_id, service, slot)
    company = interpreting.as_last_time(store, seeker_id)
    try:
        booked = store.bookings.book(seeker_id, slot, service, company, turn.now, by=by(turn))
    except SlotTaken:
        return _gone(turn, store, seeker_id, service, slot)
    note(turn, store, booked, "reserve", after=instant(booked.starts_at))
    interpreting.tell_if_wanted(turn, store, booked)
    for chat in store.contacts.of_seeker(seeker_id):
        store.waiting.end(chat.id, turn.now)
    tell_parent(
        turn,
        store,
        booked,
        lambda to: booking_card.confirmation(to, booked, to.say("told.reserve_title")),
    )
    return [cards.card(turn, store, booked, turn.say("act.done"))]


def show_move_days(turn: Turn, store: Store, booking_id: int, page: int) -> list[Message]:
    """Return the days to move a booking to."""
    booking = booking_of(turn, store, booking_id)
    free = _free(turn, store, booking.job_seeker_id, leaving=booking.id)
    if not free or booking.status not in (Status.BOOKED, Status.UNDECIDED):
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    return [
        offering.days_card(
            turn,
            free,
            page,
            turn.say("move.days_title", when=parts.when_of(turn, booking)),
            day_verb=("smoveday/1", booking.id),
            page_verb=("smove/1", booking.id),
            more=[button(turn.say("desk.back"), "booking/1", booking.id)],
        )
    ]


def show_move_times(turn: Turn, store: Store, booking_id: int, day: date) -> list[Message]:
    """Return the times of a day to move a booking to."""
    return show_move_times_with(turn, store, booking_id, _ANYBODY, day)


def show_move_times_with(
    turn: Turn, store: Store, booking_id: int, counselor_id: int, day: date
) -> list[Message]:
    """Return a day's free times of one counselor."""
    booking = booking_of(turn, store, booking_id)
    free = _free(turn, store, booking.job_seeker_id, leaving=booking.id).get(day, [])
    if not free:
        return show_move_days(turn, store, booking_id, 0)
    return [
        _times_card(
            turn,
            store,
            day,
            free,
            counselor_id,
            preferred=booking.counselor_id,
            time_verb=("smovetime/1", booking.id, booking.version),
            with_verb=("smovewith/1", booking.id),
            back=button(turn.say("booking.other_day"), "smove/1", booking.id, 0),
        )
    ]


def move(
    turn: Turn, store: Store, booking_id: int, version: int, starts_at: datetime, counselor_id: int
) -> list[Message]:
    """Move a booking in one step that never loses the old slot; the parent is told."""
    booking = booking_of(turn, store, booking_id)
    slot = Slot(starts_at, counselor_id)
    store.calendar.lock()
    if (
        booking.status not in (Status.BOOKED, Status.UNDECIDED)
        or booking.version != version
        or slot not in _all_free(turn, store, booking.job_seeker_id, leaving=booking.id)
    ):
        return [cards.card(turn, store, booking, turn.say("act.not_now"))]
    before = instant(booking.starts_at)
    try:
        moved = store.bookings.move(booking, slot, turn.now, by=by(turn))
    except SlotTaken:
        return [cards.card(turn, store, booking, turn.say("act.slot_taken"))]
    note(turn, store, moved, "move", before=before, after=instant(moved.starts_at))
    store.alerts.close_of(moved.id, turn.now)
    interpreting.tell_if_wanted(turn, store, moved)
    tell_parent(
        turn,
        store,
        moved,
        lambda to: booking_card.confirmation(to, moved, to.say("told.move_title")),
    )
    return [cards.card(turn, store, moved, turn.say("act.done"))]


def _times_card(
    turn: Turn,
    store: Store,
    day: date,
    free: Sequence[Slot],
    counselor_id: int,
    *,
    preferred: int | None,
    time_verb: offering.Verb,
    with_verb: offering.Verb,
    back: Button,
) -> Message:
    """Return a day's free times, with a choice of counselors where several are free."""
    slots = one_for_each_start(
        [slot for slot in free if counselor_id in (_ANYBODY, slot.counselor_id)], preferred
    )
    free_ids = {slot.counselor_id for slot in free}
    names = {each.id: each.name for each in store.calendar.counselors()}
    who = {number: name for number, name in names.items() if number in free_ids}
    choices = [
        button(turn.say("reserve.with", name=name), *with_verb, each, day)
        for each, name in who.items()
        if each != counselor_id
    ]
    if counselor_id != _ANYBODY:
        choices.append(button(turn.say("reserve.with_anybody"), *with_verb, _ANYBODY, day))
    card = offering.times_card(turn, store, day, slots, time_verb=time_verb, back=back)
    chosen = names.get(counselor_id)
    if len(who) < 2 and chosen is None:
        return card
    heading = turn.say("reserve.with", name=chosen) if chosen else turn.say("reserve.with_anybody")
    text = f"{heading}\n{card.text}"
    return replace(card, text=text, groups=(*card.groups, Group(tuple(choices), columns=2)))


def _free(
    turn: Turn, store: Store, seeker_id: int, *, leaving: int | None = None
) -> dict[date, list[Slot]]:
    """Return the days with slots that this staff member may give: a counselor one's own."""
    found: dict[date, list[Slot]] = {}
    for slot in _all_free(turn, store, seeker_id, leaving=leaving):
        found.setdefault(local_day(slot.starts_at, turn.office.zone), []).append(slot)
    return found


def _all_free(
    turn: Turn, store: Store, seeker_id: int, *, leaving: int | None = None
) -> list[Slot]:
    """Return all free slots: nobody can be in two consultations at once; what is held for this
    parent is free."""
    chats = store.contacts.of_seeker(seeker_id)
    mine = [each for each in _current(turn, store, seeker_id) if each.id != leaving]
    minutes = turn.office.slot_minutes
    return [
        slot
        for slot in store.calendar.free_from(turn.now, holder=chats[0].id if chats else 0)
        if (is_admin(turn) or slot.counselor_id == turn.contact.counselor_id)
        and not any(overlap(slot.starts_at, minutes, each.starts_at, each.minutes) for each in mine)
    ]


def _current(turn: Turn, store: Store, seeker_id: int) -> list[Booking]:
    return store.bookings.current(seeker_id, turn.now)


def _gone(turn: Turn, store: Store, seeker_id: int, service: str, slot: Slot) -> list[Message]:
    sorry = Message(text=turn.say("act.slot_taken"))
    day = local_day(slot.starts_at, turn.office.zone)
    return [sorry, *show_times(turn, store, seeker_id, service, day)]


def _is_refused(turn: Turn, store: Store, seeker_id: int) -> list[Message] | None:
    """Say that whom the office refuses is booked only once the refusal is lifted."""
    check_person(turn, store, seeker_id)
    if store.seekers.refusal(seeker_id, turn.today) is None:
        return None
    person = button(turn.say("act.person"), "person/1", seeker_id)
    return [Message(text=turn.say("reserve.refused"), groups=(column(person),))]


def _offered(turn: Turn, service: str) -> str:
    """Return the service, or the office's first one where it is offered no more."""
    return service if service in turn.office.services else turn.office.services[0]
