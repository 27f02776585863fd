"""The counter itself: welcome, menu, help, the office, the language, and kind answers to what
the program cannot use."""

from dataclasses import replace

from handlers.parents import consent, gate
from handlers.shared import own_bookings, parts
from locales import best_language, languages, phrases
from locales.words import languages_named
from models.chat import Group, Message, NotAButton, button, column
from models.store import Store
from models.turn import Turn


def welcome(turn: Turn, store: Store) -> list[Message]:
    """Return what this is, what it costs, and the terms: the first words after "follow" (arts. 1,
    3)."""
    known = consent.stands(turn, store.settled.of(turn.contact, turn.today))
    text = [turn.say("welcome.text", app=turn.office.video.name)]
    if not known:
        text.append(turn.say("welcome.terms_first"))
    if (asked := turn.event.language if turn.event else None) and best_language(asked) is None:
        # A language that we do not have: nobody knows which of ours is read better.
        other = turn.in_language("ja" if turn.say.tag == "en" else "en")
        text += ["", other.say("welcome.text", app=turn.office.video.name)]
    words, points = parts.bulleted("\n".join(text))
    hello = Message(
        title=turn.say("welcome.title", office=parts.office_name(turn)),
        text=words,
        points=points,
        groups=(_languages(turn),),
    )
    if known:
        return [hello, parts.menu(turn)]
    return [hello, *consent.show_terms(turn, store)]


def show_menu(turn: Turn, store: Store) -> list[Message]:
    return [parts.menu(turn)]


def show_languages(turn: Turn, store: Store) -> list[Message]:
    """Return the languages by their own names: whoever cannot read this one finds theirs."""
    return [
        Message(
            title=turn.say("language.choose"),
            text=turn.say("language.text"),
            groups=(_languages(turn),),
        )
    ]


def choose_language(turn: Turn, store: Store, language: str) -> list[Message]:
    """Change the language of chat and pages, at any time. Who was on the way to a first booking
    is asked again what they could not read."""
    if language not in languages():
        raise NotAButton("no such language")
    store.contacts.set_language(turn.contact.id, language)
    turn = replace(turn.in_language(language), event=None)
    if own_bookings.current(turn, store):
        return [parts.menu(turn)]
    if not consent.stands(turn, store.settled.of(turn.contact, turn.today)):
        return welcome(turn, store)
    return gate.closed(turn, store) or [parts.menu(turn)]


def speak(turn: Turn, store: Store, text: str) -> list[Message]:
    """Set the language whose name was typed; all of them where it is not clear."""
    named = languages_named(text)
    if len(named) != 1:
        return show_languages(turn, store)
    return choose_language(turn, store, named[0])


def help_(turn: Turn, store: Store) -> list[Message]:
    """Return what can be done here, what can be typed, and the way to a person."""
    text, points = parts.bulleted(turn.say("help.text", phone=parts.phone(turn)))
    return [
        Message(
            title=turn.say("help.title"),
            text=text,
            points=points,
            groups=(
                column(
                    button(turn.say("menu.book"), "book/1", primary=True),
                    button(turn.say("menu.mine"), "mine/1"),
                    button(turn.say("menu.office"), "office/1"),
                    button(turn.say("help.terms"), "terms/1"),
                    button(turn.say("help.details"), "form/1"),
                    button(turn.say("help.my_data"), "mydata/1"),
                    button(turn.say("help.withdraw"), "withdraw/1"),
                    button(turn.say("language.choose"), "languages/1"),
                ),
            ),
        )
    ]


def office(turn: Turn, store: Store) -> list[Message]:
    """Return how to reach the office."""
    address = turn.office.words(turn.office.address, turn.say.language)
    return [
        Message(
            title=parts.office_name(turn),
            facts=(
                (turn.say("office.phone_label"), parts.phone(turn)),
                (turn.say("office.address_label"), address),
            ),
            groups=(column(parts.phone_link(turn)),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def not_understood(turn: Turn, store: Store) -> list[Message]:
    return [parts.menu(turn, turn.say("fallback.not_understood"))]


def greet(turn: Turn, store: Store) -> list[Message]:
    """Return the answer to a greeting; the talk stays where it was."""
    if own_bookings.current(turn, store):
        return you_are_welcome(turn, store)
    return [Message(text=turn.say("fallback.greeting"), shortcuts=parts.menu_shortcuts(turn))]


def you_are_welcome(turn: Turn, store: Store) -> list[Message]:
    """Return the answer to a courtesy."""
    is_awaited = bool(own_bookings.current(turn, store))
    text = turn.say("fallback.courtesy_awaited" if is_awaited else "fallback.courtesy")
    return [Message(text=text, shortcuts=parts.menu_shortcuts(turn))]


def not_here(turn: Turn, store: Store) -> list[Message]:
    """Answer somebody who typed a phone or registration number, which do not belong into a chat."""
    return [
        Message(
            text=turn.say("fallback.personal"),
            groups=(column(button(turn.say("help.details"), "form/1")),),
            shortcuts=parts.menu_shortcuts(turn),
        )
    ]


def press_a_button(turn: Turn, store: Store) -> list[Message]:
    """Answer somebody who typed "yes" or "no": only a button says to what. Who is on the way to a
    first booking sees the question again."""
    press = Message(text=turn.say("fallback.press"), shortcuts=parts.menu_shortcuts(turn))
    if own_bookings.current(turn, store):
        return [press]
    return [press, *(gate.closed(turn, store) or [])]


def stale_button(turn: Turn, store: Store) -> list[Message]:
    return [parts.menu(turn, turn.say("fallback.stale"))]


def not_text(turn: Turn, store: Store) -> list[Message]:
    """Return a kind answer to stickers, photos, voice messages and places."""
    kind = turn.event.text if turn.event else ""
    known = kind in ("sticker", "photo", "voice", "location")
    return [parts.menu(turn, turn.say(f"fallback.{kind}" if known else "fallback.other"))]


def sorry(turn: Turn) -> Message:
    """Say that something went wrong on our side: what to do now."""
    return parts.menu(turn, turn.say("fallback.sorry", phone=parts.phone(turn)))


def _languages(turn: Turn) -> Group:
    others = [each for each in languages() if each != turn.say.language]
    names = [button(phrases(each)("language.name"), "language/1", each) for each in others]
    return Group(tuple(names), columns=2)
