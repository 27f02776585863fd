"""The router: literal tables from what a person does to the step that answers it. Staff have
tables of their own (handlers/commands.py)."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from handlers import commands, front_desk
from handlers.buttons import Step, press
from handlers.parents import (
    answering,
    arriving,
    asking,
    booking,
    cancelling,
    conditions,
    consent,
    doubting,
    joining,
    moving,
    my_bookings,
    my_data,
    onboarding,
    troubles,
    waiting,
    welcome,
    wishing,
    withdrawing,
)
from handlers.shared import chosen, own_bookings, parts, personal_numbers
from handlers.shared.chosen import Chosen
from handlers.staff import alerting, desk, digest, enrolling, questions, terms
from models.booking import Booking
from models.chat import Did, Event, Message, NotAButton
from models.rules.hearing import Closed
from models.store import Store
from models.store.chat_codes import code_in
from models.turn import Turn
from models.understanding import courtesies
from models.understanding.frame import CLEAR, Frame, Intent
from models.understanding.reading import read
from models.understanding.sayings import Trouble

# A verb's number goes up when its arguments change; the old number stays in the table for as long
# as somebody may press such a button. tests/buttons.txt holds every form ever shipped.
VERBS: dict[str, Step] = {
    "ask/1": asking.ask,
    "sendthis/1": asking.send_typed,
    "mydata/1": my_data.show,
    "waitdays/1": waiting.choose_day,
    "wait/1": waiting.wait_for,
    "waitany/1": waiting.wait_for_any,
    "waitnot/1": waiting.stop,
    "menu/1": welcome.show_menu,
    "help/1": welcome.help_,
    "office/1": welcome.office,
    "languages/1": welcome.show_languages,
    "language/1": welcome.choose_language,
    "terms/1": consent.show_terms,
    "text/1": consent.full_text,
    "notnow/1": consent.not_now,
    "agree/1": onboarding.agree,
    "withdraw/1": withdrawing.ask,
    "withdrawn/1": withdrawing.withdraw,
    "item/1": conditions.ask,
    "all/1": onboarding.all_hold,
    "yes/1": onboarding.holds,
    "no/1": onboarding.does_not_hold,
    "form/1": onboarding.change_details,
    "next/1": onboarding.form_sent,
    "book/1": booking.start,
    "services/1": booking.choose_service,
    "days/1": booking.show_days,
    "day/1": booking.show_times,
    "time/1": booking.show_summary,
    "who/1": booking.ask_companion,
    "with/1": booking.show_summary_with,
    "confirm/1": booking.confirm,
    "mine/1": my_bookings.show_mine,
    "show/1": my_bookings.show_one,
    "ready/1": my_bookings.show_preparation,
    "cancel/1": cancelling.ask_cancel,
    "cancelyes/1": cancelling.cancel,
    "uncancel/1": cancelling.undo_cancel,
    "company/1": my_bookings.ask_company,
    "comes/1": my_bookings.change_company,
    "move/1": moving.show_days,
    "moveday/1": moving.show_times,
    "movetime/1": moving.ask,
    "moveyes/1": moving.move,
    "wish/1": wishing.wish,
    "wishfor/1": wishing.wish_for_service,
    "movewish/1": wishing.wish_to_move,
    "willcome/1": doubting.will_come,
    "comeslate/1": doubting.will_come_late,
    "late/1": arriving.late,
    "here/1": arriving.here,
    "door/1": my_bookings.show_next,
    "moveone/1": moving.choose,
    "cancelone/1": cancelling.choose,
    "saylate/1": arriving.say_late,
}

# What typed words ask for (models/understanding says how they are read). A wish for days and times
# has an offer of its own.
WORDS: dict[Intent, Step] = {
    Intent.QUESTION: asking.ask,
    Intent.UNDO: my_bookings.show_mine,
    Intent.LATE: arriving.say_late,
    Intent.HERE: arriving.say_here,
    Intent.WITHDRAW: withdrawing.ask,
    Intent.LIST: my_bookings.show_mine,
    Intent.COMPANY: my_bookings.choose_company,
    Intent.DETAILS: onboarding.change_details,
    Intent.NEXT: onboarding.form_sent,
    Intent.TERMS: consent.show_terms,
    Intent.MY_DATA: my_data.show,
    Intent.HELP: welcome.help_,
    Intent.OFFICE: welcome.office,
    Intent.MENU: welcome.show_menu,
    Intent.START: welcome.welcome,
    Intent.GREETING: welcome.greet,
    Intent.THANKS: welcome.you_are_welcome,
    Intent.UNWAIT: waiting.stop,
}

# What may be shown also to somebody who did not mean it.
_HARMLESS = (Intent.LIST, Intent.HELP, Intent.OFFICE)

# What typed words ask for with days, times or the booking that they are about.
FRAMES: dict[Intent, Callable[[Turn, Store, Frame], list[Message]]] = {
    Intent.BOOK: wishing.book,
    Intent.MOVE: wishing.move,
    Intent.CANCEL: wishing.cancel,
    Intent.WAIT: wishing.wait,
}


def answer(turn: Turn, store: Store, event: Event) -> list[Message]:
    """Return what is said to an act of a person; never nothing where somebody waits for a word."""
    if event.did in (Did.SAID, Did.FOLLOWED) and (code := enrolling.code_in(event.text)):
        return enrolling.enrol(turn, store, code) if event.group is None else []
    if turn.contact.role is not None:
        return front_desk.answer(turn, store, event)
    chat_code = code_in(event.text) if event.did in (Did.SAID, Did.FOLLOWED) else None
    if chat_code is not None and event.group is None:
        told = listen(turn, store, event)
        joined = joining.join(turn, store, chat_code)
        # Whose bookings are seen only now has made contact for them too.
        listen(turn.of(store.contacts.by_id(turn.contact.id)), store, event)
        return [*told, *joined]
    if event.group is not None and commands.typed(event.text) is None:
        return []  # for somebody else's bot
    bookings = arriving.near(turn, store)
    told = _listen(turn, store, event, bookings)
    if event.group is not None or _is_for_staff(event):
        what = re.split(r"[\s:@]", event.text.lstrip("/／"), maxsplit=1)[0]
        return [*told, *front_desk.refuse(turn, store, what)]
    heard = arriving.heard_after_deemed(turn, store, bookings) if not told else []
    match event.did:
        case Did.SAID:
            return [*told, *(heard or _said(turn, store, event.text))]
        case Did.TAPPED:
            awaited = store.awaited.pop(turn.contact, turn.now)  # a button is another answer
            verb = event.text.split(":", 1)[0]
            step = [] if heard and verb in _ABOUT_A_BOOKING else _tapped(turn, store, event.text)
            if awaited is not None and awaited.what == wishing.AWAITED:
                on_the_way = verb in _SETTLING
                step = wishing.go_on(turn, store, awaited.subject, step, on_the_way=on_the_way)
            return [*told, *heard, *step]
        case Did.SENT:
            return [*told, *(heard or _sent(turn, store, event.text))]
        case Did.FOLLOWED:
            return [*told, *welcome.welcome(turn, store)]
        case _:
            return []


def listen(turn: Turn, store: Store, event: Event) -> list[Message]:
    """Listen: whatever a parent does is contact (art. 6(6)), also when its step fails or when
    another program answers at the moment; what is said is only what that changes."""
    return _listen(turn, store, event, arriving.near(turn, store))


def _listen(turn: Turn, store: Store, event: Event, bookings: Sequence[Booking]) -> list[Message]:
    if turn.contact.role is not None or event.group is not None:
        return []
    # To follow on Telegram is a message ("/start"), on LINE it is none.
    is_an_act = event.did in (Did.SAID, Did.TAPPED, Did.SENT) or (
        event.did is Did.FOLLOWED and event.message_id
    )
    told = arriving.note_contact(turn, store, bookings) if is_an_act else []
    if not _is_for_staff(event):
        doubting.hold_if_doubtful(turn, store, event)
    return told


# What the clock has to say: a free slot to those who wait, urgent alerts and questions to staff,
# new terms to everybody. Each by itself, so that none silences another.
NEWS: tuple[Callable[[Turn, Store], None], ...] = (
    alerting.tell_untold,
    questions.tell_untold,
    waiting.offer_free,
    terms.tell_some,
)
DIGEST: tuple[Callable[[Turn, Store], None], ...] = (digest.tell,)


def hear(turn: Turn, store: Store, deaf: Sequence[Closed]) -> None:
    """Tell staff which ways in do not work at this moment."""
    alerting.tell_deaf(turn, store, deaf)


def slow_down(turn: Turn) -> Message:
    """Return what is said to somebody who sends more than anybody can mean."""
    return Message(text=turn.say("fallback.too_fast", phone=parts.phone(turn)))


def apology(turn: Turn) -> list[Message]:
    """Return what is said when a step has failed."""
    if turn.contact.role is not None:
        return [desk.menu(turn, turn.say("desk.sorry"))]
    return [welcome.sorry(turn)]


def _is_for_staff(event: Event) -> bool:
    """Return whether a parent tries what only staff may do; "/help" is a parent's word too."""
    if event.did is Did.TAPPED:
        return event.text.split(":", 1)[0] in commands.BUTTONS
    command = commands.typed(event.text) if event.text.startswith("/") else None
    words = event.text[1:]
    return command is not None and not (
        troubles.is_command(words, date.min) or troubles.trouble(words) is not None
    )


def _said(turn: Turn, store: Store, text: str) -> list[Message]:
    awaited = store.awaited.pop(turn.contact, turn.now)
    if awaited is not None and awaited.what == wishing.AWAITED:
        frame = read(text, turn.today, turn.say.tag)
        is_other_wish = frame.intent in FRAMES and (frame.days or frame.times)
        if not is_other_wish and (service := booking.service_within(turn, text)):
            return wishing.wish_for_service(turn, store, service, awaited.subject)
        if frame.intent is Intent.NEXT:
            step = onboarding.form_sent(turn, store)
            return wishing.go_on(turn, store, awaited.subject, step, on_the_way=True)
        if not is_other_wish:
            wishing.keep(turn, store, awaited.subject)
    before = chosen.remembered(turn, store, awaited)
    if (
        awaited is not None
        and awaited.what == asking.AWAITED
        and not troubles.is_command(text, turn.today, turn.say.tag)
    ):
        return [*asking.send(turn, store, text), *doubting.ask(turn, store, text)]
    has_own = troubles.has_answer_of_its_own(text, turn.today, turn.say.tag)
    in_doubt = [] if has_own else doubting.ask(turn, store, text)
    rest = personal_numbers.without_personal_numbers(text)
    not_here = welcome.not_here(turn, store) if rest != text else []
    if in_doubt and courtesies.is_courtesy(text):
        return in_doubt
    if in_doubt and (found := troubles.trouble(text)):
        way_in = arriving.help_to_enter(turn, store) if found is Trouble.ENTRY else []
        return [*not_here, *(way_in or asking.with_send(turn, store, text, in_doubt))]
    if answer := _wished(turn, store, rest, before):
        return [*not_here, *answer, *in_doubt]
    if not_here:
        return [*not_here, *in_doubt]
    if way_in := arriving.help_to_enter(turn, store):
        return way_in
    if in_doubt:
        return asking.with_send(turn, store, text, in_doubt)
    return asking.offer(turn, store, text)


def _sent(turn: Turn, store: Store, kind: str) -> list[Message]:
    """Answer stickers, photos and the like."""
    return [*welcome.not_text(turn, store), *doubting.ask_about_picture(turn, store, kind)]


def _wished(turn: Turn, store: Store, text: str, before: Chosen | None) -> list[Message]:
    """Return the answer to what typed words ask for; nothing when they ask for nothing that we
    know."""
    if courtesies.is_answer(text):
        return welcome.press_a_button(turn, store)
    if service := booking.service_named(turn, text):
        return booking.show_days(turn, store, service, 0)
    frame = read(text, turn.today, turn.say.tag)
    if before is not None:
        frame = before.as_meant(turn, frame)
        is_wish = frame.intent is Intent.BOOK and (frame.days or frame.times)
        if is_wish and (service := booking.service_first(turn, text)):
            chosen.service(turn, store, service)
    if courtesies.is_courtesy(text) and not _is_wish(turn, store, frame, before):
        return (
            arriving.help_to_enter(turn, store)
            or (doubting.says_coming(turn, store) if courtesies.is_coming(text) else [])
            or (welcome.greet if frame.intent is Intent.GREETING else welcome.you_are_welcome)(
                turn, store
            )
        )
    if frame.topic is not None:
        return answering.answer(turn, store, frame.topic, text, before)
    if frame.confidence < CLEAR:
        asked = wishing.ask(turn, store, frame)
        if not asked and frame.intent in _HARMLESS:
            asked = WORDS[frame.intent](turn, store)
        return asking.with_send(turn, store, text, asked) if asked else []
    if frame.intent in FRAMES:
        return FRAMES[frame.intent](turn, store, frame)
    if frame.intent is Intent.LANGUAGE:
        return welcome.speak(turn, store, text)
    if frame.intent is Intent.HERE and not courtesies.is_here(text):
        return my_bookings.show_mine(turn, store)  # its button says it for sure
    if frame.intent is Intent.HELP and (way_in := arriving.help_to_enter(turn, store)):
        return way_in
    return WORDS[frame.intent](turn, store) if frame.intent in WORDS else []


def _is_wish(turn: Turn, store: Store, frame: Frame, before: Chosen | None) -> bool:
    """Return whether "tomorrow, please" is a wish, and no courtesy of somebody who is expected and
    is choosing nothing."""
    is_clear = frame.intent in FRAMES and frame.confidence >= CLEAR
    return is_clear and (before is not None or not own_bookings.current(turn, store))


# Buttons whose answer would be about the booking that was just deemed cancelled.
_ABOUT_A_BOOKING = (
    *("late/1", "here/1", "cancel/1", "cancelyes/1", "show/1", "willcome/1", "move/1", "ready/1"),
    *("door/1", "saylate/1", "cancelone/1", "moveone/1", "comeslate/1"),
)


# Buttons on the way from a first wish to what fits it.
_SETTLING = ("agree/1", "all/1", "yes/1", "next/1", "book/1")


def _tapped(turn: Turn, store: Store, data: str) -> list[Message]:
    step = VERBS.get(data.split(":", 1)[0])
    if step is None:
        return welcome.stale_button(turn, store)
    try:
        return press(step, turn, store, data)
    except NotAButton:
        return welcome.stale_button(turn, store)
