"""My data: what is stored of a parent, on a page of their own, and its erasure."""

from datetime import datetime
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.pages.entries import read_entries
from bot.pages.guard import FormGuard
from bot.pages.page import Pages, address, user_agent
from bot.turns import Turns
from handlers.parents import cards, conditions
from locales import Phrases
from models.database import Database
from models.office import Office
from models.rules.days import local_day
from models.rules.eligibility import ITEMS, latest
from models.store import Store
from models.store.forms import FORM_LIFE, NoForm, Purpose
from models.store.seekers import Details
from models.tables import Refusal
from models.transaction import Transaction
from models.turn import Turn
from models.vault import Vault


class MyData(NamedTuple):
    """Everything that is stored of a person, ready to be read."""

    details: dict[str, str]
    bookings: list[str]
    upcoming: list[str]
    consents: list[str]
    declarations: list[str]
    questions: list[str]
    written: list[str]
    waits: list[str]
    refusals: list[str]
    uses: list[str]
    notes: int


class MyDataPage:
    """GET shows a button, POST shows the data; a second POST erases."""

    def __init__(
        self,
        database: Database,
        office: Office,
        vault: Vault,
        turns: Turns,
        pages: Pages,
        clock: Clock,
    ) -> None:
        self._database = database
        self._office = office
        self._vault = vault
        self._turns = turns
        self._pages = pages
        self._guard = FormGuard(vault, pages)
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """A button: whoever only fetches the address sees nobody's data."""
        opened = await self._open(request)
        if isinstance(opened, Response):
            return opened
        return self._draw(request, opened.say, "my_data_open.html")

    async def take(self, request: Request) -> Response:
        """Show what is stored, or erase it."""
        refusal = self._pages.came_from_elsewhere(request)
        if refusal := refusal or self._pages.too_many_tries(request, request.path_params["token"]):
            return refusal
        fields = await read_entries(request)
        opened = await self._open(request)
        if isinstance(opened, Response):
            return opened
        say, token = opened.say, request.path_params["token"]
        if not self._guard.was_shown_here(request, token, fields.get("csrf", "")):
            return self._pages.word(say, "page.bad_form_title", "page.bad_form_text", status=403)
        if fields.get("action") == "erase" and fields.get("sure") == "yes":
            if await self._database.run(lambda tx: self._erase(tx, token)):
                return self._pages.word(say, "my_data.erased_title", "my_data.erased_text")
            return self._gone(say)
        data = await self._database.run(lambda tx: self._read(tx, opened))
        asked = fields.get("action") == "erase"
        return self._draw(request, say, "my_data.html", data=data, asked=asked)

    async def _open(self, request: Request) -> Turn | Response:
        token = request.path_params["token"]
        turn = await self._database.run(lambda tx: self._whose(tx, token, request))
        return turn if turn is not None else self._gone(self._pages.language(request))

    def _whose(self, tx: Transaction, token: str, request: Request) -> Turn | None:
        store, now = self._store(tx), self._clock()
        link = store.forms.whose(token, now, Purpose.MY_DATA)
        if isinstance(link, NoForm):
            return None
        store.access.record(
            now, "my_data", user_agent(request), address(request), contact_id=link.contact_id
        )
        return self._turns.turn_of(store.contacts.by_id(link.contact_id))

    def _read(self, tx: Transaction, turn: Turn) -> MyData:
        store, say = self._store(tx), turn.say
        contact = store.contacts.by_id(turn.contact.id)
        seeker = contact.job_seeker_id
        details = store.seekers.details(seeker) if seeker else Details("", "", "", "")
        bookings = store.bookings.of_seeker(seeker) if seeker else []
        refusals = store.seekers.refusals(seeker) if seeker else []
        upcoming = cards.current_bookings(turn.of(contact), store)
        answers = latest(store.settled.of(contact, turn.today).answers)
        return MyData(
            details={say(f"form.{name}"): value for name, value in details._asdict().items()},
            bookings=[
                f"{cards.when_of(turn, each)} {say(f'status.{each.status}')} {each.reference}"
                for each in bookings
            ],
            upcoming=[cards.when_of(turn, each) for each in upcoming],
            consents=[
                say(
                    "my_data.consent" if each.given else "my_data.withdrawal",
                    version=each.terms_version,
                    at=self._local(each.at),
                )
                for each in store.terms.consents_of(contact.id)
            ],
            declarations=[
                f"{conditions.named(turn, card, item)}:"
                f" {say('conditions.yes') if answers[card, item].holds else say('conditions.no')}"
                for card, items in ITEMS.items()
                for item in items
                if (card, item) in answers
            ],
            questions=[
                f"{each.text} → {each.answer or '—'}" for each in store.questions.of(contact.id)
            ],
            written=[
                f"{self._local(each.acted_at)} {each.text}"
                for each in store.inbox.kept_of(contact.id)
            ],
            waits=[
                say.day(each.day) if each.day else say("waiting.any_day")
                for each in store.waiting.of(contact.id, turn.today)
            ],
            refusals=[self._refusal(say, each) for each in refusals],
            uses=[
                f"{self._local(each.at)} {say(f'my_data.page.{each.page}')}"
                for each in store.access.of(contact.id, [each.id for each in bookings])
            ],
            notes=len(store.seekers.notes(seeker)) if seeker else 0,
        )

    def _refusal(self, say: Phrases, refusal: Refusal) -> str:
        """Since when somebody is or was refused, and until when."""
        since = say.day_and_year(local_day(refusal.since, self._office.zone))
        until = say.day_and_year(refusal.until_day) if refusal.until_day else ""
        return f"{since}〜{say('my_data.lifted') if refusal.lifted_at else until}"

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self._office.zone):%Y-%m-%d %H:%M}"

    def _erase(self, tx: Transaction, token: str) -> bool:
        store, now = self._store(tx), self._clock()
        link = store.forms.whose(token, now, Purpose.MY_DATA)
        if isinstance(link, NoForm):
            return False
        contact = store.contacts.by_id(link.contact_id)
        turn = self._turns.turn_of(contact)
        seeker = contact.job_seeker_id
        for booking in cards.current_bookings(turn, store):
            if now < booking.starts_at:
                store.bookings.set_status(booking, "cancelled", now, by="parent", why="erased")
                store.alerts.close_of(booking.id, now)
        if seeker is not None:
            refused = store.seekers.refusal(seeker, turn.today) is not None
            store.erasure.erase_person(seeker, now, is_refused=refused)
        store.erasure.erase_chat(contact, now, turn.today)
        store.audit.note(contact, "erase", now, subject=f"person {seeker or '—'}")
        return True

    def _draw(self, request: Request, say: Phrases, template: str, **values: Any) -> HTMLResponse:
        cookie = self._guard.new_cookie()
        proof = self._guard.proof(request.path_params["token"], cookie)
        response = self._pages.draw(template, say, csrf=proof, **values)
        self._guard.set_cookie(response, cookie, int(FORM_LIFE.total_seconds()))
        return response

    def _gone(self, say: Phrases) -> HTMLResponse:
        return self._pages.word(say, "desk_page.gone_title", "my_data.gone_text", status=410)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._office, self._vault)
