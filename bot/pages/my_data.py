"""My data: what is stored of a parent, on a page of their own, and its erasure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.pages.entries import read_entries
from bot.pages.page import address, user_agent
from bot.pages.site import Page, form_routes
from handlers.parents import conditions
from handlers.shared import own_bookings, parts
from locales import Phrases
from models.database import Transaction
from models.rules.days import local_day
from models.rules.eligibility import ITEMS, latest
from models.store import Store
from models.store.forms import FORM_LIFE, NoForm, Purpose
from models.store.seekers import Details
from models.tables import Refusal, Status
from models.turn import Turn


class MyData(NamedTuple):
    """Everything that is stored of a person, ready to be read."""

    details: dict[str, str]
    bookings: list[str]
    consents: list[str]
    declarations: list[str]
    questions: list[str]
    written: list[str]
    waits: list[str]
    refusals: list[str]
    uses: list[str]
    notes: int


class MyDataPage(Page):
    """GET shows a button, POST the data, once; what it shows leads to a second link, which erases
    after one question."""

    def routes(self) -> list[Route]:
        return [*form_routes("/mydata/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return a button: whoever only fetches the address sees nobody's data."""
        opened = await self._open(request, Purpose.MY_DATA)
        if opened is None:
            return self._gone(self._pages.language(request))
        token = request.path_params["token"]
        return self._draw(request, opened.say, token, "my_data_open.html")

    async def submit(self, request: Request) -> Response:
        """Show what is stored, or erase it."""
        if refusal := self._pages.came_from_elsewhere(request):
            return refusal
        fields = await read_entries(request)
        for purpose, work in ((Purpose.MY_DATA, self._show_data), (Purpose.ERASE, self._erase)):
            opened = await self._open(request, purpose, sending=True)
            if opened is None:
                continue
            if refusal := self._pages.too_many_tries(request):
                return refusal
            say, token = opened.say, request.path_params["token"]
            if not self._guard.was_shown_here(request, token, fields.get("csrf", "")):
                return self._pages.word(
                    say, "page.bad_form_title", "page.bad_form_text", status=403
                )
            return await work(request, opened, fields)
        return self._gone(self._pages.language(request))

    async def _show_data(
        self, request: Request, opened: Turn, fields: Mapping[str, str]
    ) -> Response:
        token = request.path_params["token"]
        found = await self._core.database.run(lambda tx: self._read_once(tx, opened, token))
        if found is None:
            return self._gone(opened.say)
        data, erasing = found
        return self._draw(request, opened.say, erasing, "my_data.html", data=data)

    async def _erase(self, request: Request, opened: Turn, fields: Mapping[str, str]) -> Response:
        say, token = opened.say, request.path_params["token"]
        if fields.get("sure") != "yes":
            upcoming = await self._core.database.run(lambda tx: self._upcoming(tx, opened))
            return self._draw(request, say, token, "my_data_erase.html", upcoming=upcoming)
        if await self._core.database.run(lambda tx: self._erase_once(tx, token)):
            return self._pages.word(say, "my_data.erased_title", "my_data.erased_text")
        return self._gone(say)

    async def _open(
        self, request: Request, purpose: Purpose, *, sending: bool = False
    ) -> Turn | None:
        token = request.path_params["token"]
        return await self._core.database.run(
            lambda tx: self._whose(tx, token, purpose, request, sending=sending)
        )

    def _whose(
        self, tx: Transaction, token: str, purpose: Purpose, request: Request, *, sending: bool
    ) -> Turn | None:
        store, now = self._store(tx), self._core.clock()
        link = store.forms.whose(token, now, purpose, sending=sending)
        if isinstance(link, NoForm):
            return None
        store.access.record(
            now, "my_data", user_agent(request), address(request), contact_id=link.contact_id
        )
        return self._core.turn_of(store.contacts.by_id(link.contact_id))

    def _read_once(self, tx: Transaction, turn: Turn, token: str) -> tuple[MyData, str] | None:
        """Return what is stored, and the link that erases it; None when the link was used
        before."""
        store, now = self._store(tx), self._core.clock()
        if not store.forms.use(token, now):
            return None
        return self._read(tx, turn), store.forms.open_link(turn.contact.id, now, Purpose.ERASE)

    def _upcoming(self, tx: Transaction, turn: Turn) -> list[str]:
        found = own_bookings.current(turn, self._store(tx))
        return [parts.when_of(turn, each) for each in found]

    def _read(self, tx: Transaction, turn: Turn) -> MyData:
        store, say = self._store(tx), turn.say
        contact = store.contacts.by_id(turn.contact.id)
        seeker = contact.job_seeker_id
        details = store.seekers.details(seeker) if seeker else Details("", "", "", "")
        bookings = store.bookings.of_seeker(seeker) if seeker else []
        refusals = store.seekers.refusals(seeker) if seeker else []
        answers = latest(store.settled.of(contact, turn.today).answers)
        return MyData(
            details={say(f"form.{name}"): value for name, value in details._asdict().items()},
            bookings=[
                f"{parts.when_of(turn, each)} {say(f'status.{each.status}')} {each.reference}"
                for each in bookings
            ],
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
        """Return since when somebody is or was refused, and until when."""
        since = say.day_and_year(local_day(refusal.since, self._core.office.zone))
        until = say.day_and_year(refusal.until_day) if refusal.until_day else ""
        return f"{since}〜{say('my_data.lifted') if refusal.lifted_at else until}"

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self._core.office.zone):%Y-%m-%d %H:%M}"

    def _erase_once(self, tx: Transaction, token: str) -> bool:
        store, now = self._store(tx), self._core.clock()
        link = store.forms.whose(token, now, Purpose.ERASE, sending=True)
        if isinstance(link, NoForm) or not store.forms.use(token, now):
            return False
        contact = store.contacts.by_id(link.contact_id)
        turn = self._core.turn_of(contact)
        seeker = contact.job_seeker_id
        for booking in own_bookings.current(turn, store):
            if now < booking.starts_at:
                store.bookings.set_status(booking, Status.CANCELLED, now, by="parent", why="erased")
                store.alerts.close_of(booking.id, now)
        # All chats of the person, whichever the request came from.
        chats = store.contacts.of_seeker(seeker) if seeker is not None else [contact]
        for chat in chats:
            store.erasure.erase_chat(chat, now, turn.today)
        if seeker is not None:
            refused = store.seekers.refusal(seeker, turn.today) is not None
            store.erasure.erase_person(seeker, now, is_refused=refused)
        store.audit.note(contact, "erase", now, subject=f"person {seeker or '—'}")
        return True

    def _draw(
        self, request: Request, say: Phrases, token: str, template: str, **values: Any
    ) -> HTMLResponse:
        """Return a page whose form is sent to the link with this token."""
        cookie = self._guard.cookie_of(request, token)
        proof = self._guard.proof(token, cookie)
        response = self._pages.draw(template, say, csrf=proof, token=token, **values)
        self._guard.set_cookie(response, token, cookie, FORM_LIFE)
        return response

    def _gone(self, say: Phrases) -> HTMLResponse:
        return self._pages.word(say, "my_data.gone_title", "my_data.gone_text", status=410)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._core.office, self._core.vault)
