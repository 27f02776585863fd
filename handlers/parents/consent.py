"""The terms: whether consent stands, the summary, the full text, and "not now" (arts. 2(3), 4,
6, 13)."""

from handlers.shared import parts
from models.chat import Button, Group, Link, Message, NotAButton, button, column
from models.rules.terms_text import contents
from models.store import Store
from models.store.settled import Settled
from models.store.terms import Version
from models.turn import Turn

# LINE takes 5,000 characters a text and Telegram 4,096.
_PAGE = 3500
_MOST_ARTICLES = 30


def stands(turn: Turn, settled: Settled) -> bool:
    """Return whether this person has agreed to the version in force and not withdrawn since."""
    if settled.in_force is None or not settled.has_agreed:
        return False
    return settled.terms_version == settled.in_force or not turn.office.reconsent


def show_terms(turn: Turn, store: Store) -> list[Message]:
    """Return the terms in short, with the ways to the whole text."""
    version = store.terms.in_force(turn.today)
    if version is None:
        return not_open_yet(turn)
    settled = store.settled.of(turn.contact, turn.today)
    if stands(turn, settled):
        return [_terms_again(turn, store, version)]
    has_agreed = settled.has_agreed  # to an older version, then
    return [terms_card(turn, store, version, turn.say("terms.changed") if has_agreed else "")]


def not_now(turn: Turn, store: Store) -> list[Message]:
    """Take no consent: the office by phone, and a way back."""
    return [
        Message(
            title=turn.say("terms.not_now_title"),
            text=turn.say("terms.not_now_text", phone=parts.phone(turn)),
            groups=(
                column(
                    parts.phone_link(turn),
                    button(turn.say("terms.back"), "terms/1", primary=True),
                ),
            ),
        )
    ]


def full_text(turn: Turn, store: Store, version_number: int, page: int) -> list[Message]:
    """Return the whole text in chat, for those who want it there, page by page."""
    terms = store.terms.text(version_number)
    if terms is None:
        raise NotAButton("no such thing was ever offered")
    pages = _pages(terms.body)
    if page >= len(pages):
        raise NotAButton("no such thing was ever offered")
    if page + 1 < len(pages):
        count = turn.say("terms.next_page", page=page + 2, pages=len(pages))
        further = [button(count, "text/1", version_number, page + 1, primary=True)]
    else:
        further = _after_reading(turn, store, version_number)
    is_foreign = turn.say.tag != turn.office.language
    binding = [Message(text=turn.say("terms_page.in_japanese"))] if is_foreign and not page else []
    return [
        *binding,
        Message(text=pages[page]),
        Message(text=turn.say("terms.go_on"), groups=(column(*further),)),
    ]


def _after_reading(turn: Turn, store: Store, version_number: int) -> list[Button]:
    """Offer consent: who has read the text to its end can agree to it there."""
    in_force = store.terms.in_force(turn.today)
    settled = store.settled.of(turn.contact, turn.today)
    to_summary = button(turn.say("terms.to_summary"), "terms/1")
    if in_force is None or in_force.version != version_number or stands(turn, settled):
        return [to_summary]
    agree = button(turn.say("terms.agree"), "agree/1", version_number, primary=True)
    return [agree, button(turn.say("terms.not_now"), "notnow/1"), to_summary]


def not_open_yet(turn: Turn) -> list[Message]:
    """Say that no text has been published: nobody can consent, so nobody can book."""
    return [
        Message(
            title=turn.say("closed.title"),
            text=turn.say("closed.text", phone=parts.phone(turn)),
            groups=(column(parts.phone_link(turn)),),
        )
    ]


def record(turn: Turn, store: Store, version: Version, *, given: bool) -> None:
    """Add a consent or its withdrawal, by this turn's event."""
    store.terms.record_consent(
        turn.contact.id,
        version,
        given=given,
        at=turn.acted_at,
        channel=turn.contact.channel,
        event_id=turn.event_id,
    )


def _summary(turn: Turn, store: Store, version: Version) -> str:
    """Return the office's own summary of the text that is in force, or what the text itself says
    that it is about; and what this program does by it."""
    terms = store.terms.text(version.version)
    assert terms is not None
    own = store.terms.summary(version.version, turn.say.language, turn.office.language)
    about = [own] if own else [turn.say("terms.contents"), *contents(terms.body)[:_MOST_ARTICLES]]
    rule = turn.say("booking.rule", minutes=turn.office.grace_minutes)
    return "\n".join([*about, "", turn.say("terms.free"), rule])


def _reading(turn: Turn, version: Version) -> Group:
    return column(
        Link(turn.say("terms.read"), turn.links.terms(version.version)),
        button(turn.say("terms.read_here"), "text/1", version.version, 0),
        Link(turn.say("terms.video", app=turn.office.video.name), turn.office.video.terms_url),
    )


def terms_card(turn: Turn, store: Store, version: Version, note: str = "") -> Message:
    """Return the summary with the question whether one agrees, to these terms and the video
    app's."""
    asked = turn.say("terms.question", app=turn.office.video.name)
    return Message(
        title=turn.say("terms.title"),
        text="\n\n".join(filter(None, [note, _summary(turn, store, version), asked])),
        groups=(
            _reading(turn, version),
            column(
                button(turn.say("terms.agree"), "agree/1", version.version, primary=True),
                button(turn.say("terms.not_now"), "notnow/1"),
            ),
        ),
    )


def _terms_again(turn: Turn, store: Store, version: Version) -> Message:
    return Message(
        title=turn.say("terms.title"),
        text="\n\n".join([_summary(turn, store, version), turn.say("terms.agreed_already")]),
        groups=(_reading(turn, version),),
        shortcuts=parts.menu_shortcuts(turn),
    )


def _pages(body: str) -> list[str]:
    """Return the text cut at line ends into pages that fit a message of either channel."""
    pages = [""]
    for line in body.strip().splitlines():
        for piece in [line[at : at + _PAGE] for at in range(0, len(line), _PAGE)] or [""]:
            if len(pages[-1]) + len(piece) + 1 > _PAGE:
                pages.append("")
            pages[-1] += piece + "\n"
    return [page.strip() for page in pages if page.strip()]
