"""The staff's desk: the menu, help, the language, and kind answers to what is not understood."""

from handlers.staff.permission import is_admin
from locales import Phrases, desk_languages, phrases
from models.chat import Button, Group, Message, NotAButton, button, column
from models.store import Store
from models.turn import Turn


def menu(turn: Turn, text: str = "") -> Message:
    """Return everything that staff do, as buttons."""
    buttons = [
        *every_day(turn.say)[:-1],
        button(turn.say("desk.my_page"), "unposted/1"),
        button(turn.say("desk.questions"), "questions/1"),
    ]
    other = _other_language(turn)
    buttons += _of_admins(turn) if is_admin(turn) else []
    buttons.append(button(phrases(other)("language.name"), "stafflanguage/1", other))
    return Message(
        title=turn.say("desk.title"),
        text=text or turn.say("desk.text"),
        groups=(Group(tuple(buttons), columns=2),),
    )


def every_day(say: Phrases) -> list[Button]:
    """Return what staff need every day, the way to all else at the end."""
    return [
        button(say("desk.today"), "today/1", primary=True),
        button(say("desk.tomorrow"), "tomorrow/1"),
        button(say("desk.week"), "thisweek/1"),
        button(say("desk.needs"), "needs/1"),
        button(say("desk.find"), "find/1"),
        button(say("desk.title"), "desk/1"),
    ]


def _of_admins(turn: Turn) -> list[Button]:
    return [
        button(turn.say("counselors.title"), "counselors/1"),
        button(turn.say("closures.title"), "closures/1"),
        button(turn.say("terms_desk.title"), "versions/1"),
        button(turn.say("desk.stats"), "stats/1", turn.today),
        button(turn.say("audit.title"), "audit/1", 2**53 - 1),
        button(turn.say("desk.team"), "team/1"),
    ]


def show_menu(turn: Turn, store: Store) -> list[Message]:
    return [menu(turn)]


def choose_language(turn: Turn, store: Store, language: str) -> list[Message]:
    """Set the language of this chat."""
    if language not in desk_languages():
        raise NotAButton("no such language")
    store.contacts.set_language(turn.contact.id, language)
    return [menu(turn.in_language(language))]


def other_language(turn: Turn, store: Store, words: str) -> list[Message]:
    return choose_language(turn, store, _other_language(turn))


def _other_language(turn: Turn) -> str:
    others = (each for each in desk_languages() if each != turn.say.language)
    return next(others, turn.say.language)


def not_understood(turn: Turn) -> list[Message]:
    return [menu(turn, turn.say("desk.not_understood"))]


def stale_button(turn: Turn) -> list[Message]:
    return [menu(turn, turn.say("desk.stale"))]


def is_sure(turn: Turn, title: str, text: str, yes: Button, no: Button) -> list[Message]:
    """Ask once before something that is not easily undone."""
    return [Message(title=title, text=text, groups=(column(yes, no),))]
