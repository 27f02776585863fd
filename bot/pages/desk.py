"""Pages for staff, behind one-time links: finding or noting down a person, reading details."""

import hmac
from collections.abc import Mapping
from datetime import date, time, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.pages.entries import FIELDS, check, read_entries
from bot.pages.guard import FormGuard
from bot.pages.page import Pages, address, user_agent
from locales import Phrases, best_language, phrases
from models.chat import YEARS
from models.database import Database, Transaction
from models.office import Office
from models.rules import details as rules
from models.rules.days import at, local_day
from models.rules.spreadsheet import as_csv
from models.rules.terms_text import lines
from models.store import Store
from models.store.contacts import Contact
from models.store.forms import DESK_LIFE, NoForm, Purpose
from models.store.forms import Link as FormLink
from models.store.seekers import Details
from models.text import clean
from models.vault import Vault

_LONGEST_NOTE = 1000
_COLUMNS = ["reference", "day", "time", "minutes", "service", "counselor", "companion", "status"]
# The terms come whole, and a form triples what is no plain letter.
_LONGEST_BODY = 500_000


class DeskPages:
    """GET shows a page, POST does what it asks; every look at a person is audited."""

    def __init__(
        self, database: Database, office: Office, vault: Vault, pages: Pages, clock: Clock
    ) -> None:
        self._database = database
        self._office = office
        self._vault = vault
        self._pages = pages
        self._guard = FormGuard(vault, pages)
        self._clock = clock

    async def find(self, request: Request) -> Response:
        """The form to look somebody up."""
        opened = await self._open(request, Purpose.FIND)
        return opened if isinstance(opened, Response) else self._draw_find(*opened)

    async def take_find(self, request: Request) -> Response:
        """Look up, choose somebody found, or note down somebody new."""
        entered = await self._entered(request, Purpose.FIND)
        if isinstance(entered, Response):
            return entered
        opened, fields = entered
        match fields.get("action"):
            case "choose":
                return await self._choose(request, opened, fields)
            case "create":
                return await self._create(request, opened, fields)
            case _:
                return await self._search(opened, fields)

    async def person(self, request: Request) -> Response:
        """A button: whoever only fetches the address, as previews do, sees nobody's details."""
        opened = await self._open(request, Purpose.PERSON)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn("desk_open.html", say, token)

    async def show_person(self, request: Request) -> Response:
        """The details, once."""
        entered = await self._entered(request, Purpose.PERSON)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        shown = await self._database.run(lambda tx: self._read(tx, link, token))
        if shown is None:
            return self._gone(request, NoForm.USED)
        details, notes, note_token = shown
        return self._drawn(
            "desk_person.html", say, note_token, details=details._asdict(), notes=notes
        )

    async def take_note(self, request: Request) -> Response:
        """Add a note to a person."""
        entered = await self._entered(request, Purpose.NOTE)
        if isinstance(entered, Response):
            return entered
        (say, link, token), fields = entered
        text = clean(fields.get("note", "")).strip()[:_LONGEST_NOTE]
        kept = await self._database.run(lambda tx: self._keep_note(tx, link, token, text))
        if not kept:
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.noted_title", "desk_page.close")

    async def terms(self, request: Request) -> Response:
        """Where a new text of the terms is pasted."""
        opened = await self._open(request, Purpose.TERMS)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn("desk_terms.html", say, token, entered={}, error="", shown=None)

    async def take_terms(self, request: Request) -> Response:
        """Look at the text as a page, or publish it (art. 13)."""
        entered = await self._entered(request, Purpose.TERMS)
        if isinstance(entered, Response):
            return entered
        (say, link, token), fields = entered
        body = fields.get("body", "").replace("\0", "").replace("\r\n", "\n")
        day = _day(fields.get("effective", ""))
        today = local_day(self._clock(), self._office.zone)
        if not body.strip() or day is None or day <= today:
            error = say("desk_page.terms_missing")
            return self._drawn(
                "desk_terms.html", say, token, status=422, entered=fields, error=error, shown=None
            )
        if fields.get("action") != "publish":
            return self._drawn(
                "desk_terms.html", say, token, entered=fields, error="", shown=lines(body)
            )
        if not await self._database.run(lambda tx: self._publish(tx, link, token, body, day)):
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.published_title", "desk_page.published_text")

    async def export(self, request: Request) -> Response:
        """A button for the month's table."""
        opened = await self._open(request, Purpose.EXPORT)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn("desk_open.html", say, token)

    async def take_export(self, request: Request) -> Response:
        """A month's bookings for spreadsheets: no names, and no cell that is a formula."""
        entered = await self._entered(request, Purpose.EXPORT)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        month = _day(f"{request.query_params.get('month', '')}-01")
        rows = (
            await self._database.run(lambda tx: self._month(tx, link, token, month))
            if month
            else None
        )
        if rows is None:
            return self._gone(request, NoForm.USED)
        heading = [say(f"export.{column}") for column in _COLUMNS]
        return Response(
            as_csv([heading, *rows]),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="bookings-{month:%Y-%m}.csv"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    # What the pages do

    async def _search(
        self, opened: tuple[Phrases, FormLink, str], fields: Mapping[str, str]
    ) -> Response:
        say, link, token = opened
        wanted, errors = self._wanted(fields)
        if errors or not wanted:
            return self._draw_find(say, link, token, fields, errors or {"phone": "form.missing"})
        found = await self._database.run(lambda tx: self._look_up(tx, link, wanted))
        return self._draw_find(say, link, token, fields, {}, found)

    async def _choose(
        self,
        request: Request,
        opened: tuple[Phrases, FormLink, str],
        fields: Mapping[str, str],
    ) -> Response:
        say, _, token = opened
        number = fields.get("person", "")
        seeker_id = int(number) if number.isascii() and number.isdigit() else 0
        if not hmac.compare_digest(
            self._found_proof(token, seeker_id), fields.get("proof", "").encode()
        ):
            return self._pages.word(say, "page.bad_form_title", "page.bad_form_text", status=403)
        used = await self._database.run(lambda tx: self._use(tx, token, seeker_id))
        if not used:
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.found_title", "desk_page.back_to_chat")

    async def _create(
        self,
        request: Request,
        opened: tuple[Phrases, FormLink, str],
        fields: Mapping[str, str],
    ) -> Response:
        say, link, token = opened
        details, errors = check(fields, self._office)
        if details is None:
            return self._draw_find(say, link, token, fields, errors, [])
        try:
            await self._database.run(lambda tx: self._add(tx, link, token, details))
        except _AlreadyUsed:
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.found_title", "desk_page.back_to_chat")

    def _wanted(self, fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """What was entered to look somebody up by, in the spelling that is kept."""
        wanted: dict[str, str] = {}
        errors: dict[str, str] = {}
        pattern = self._office.registration_pattern
        for field in ("registration", "phone"):
            typed = fields.get(field, "").strip()
            try:
                if typed and field == "phone":
                    wanted[field] = rules.phone(typed)
                elif typed:
                    wanted[field] = rules.registration(typed, pattern)
            except rules.Refused as refused:
                errors[field] = refused.reason
        return wanted, errors

    def _look_up(
        self, tx: Transaction, link: FormLink, wanted: Mapping[str, str]
    ) -> list[tuple[int, Details]]:
        store, now = self._store(tx), self._clock()
        found: list[int] = []
        if "registration" in wanted:
            found += store.seekers.with_registration(wanted["registration"])
        if "phone" in wanted:
            found += store.seekers.with_phone(wanted["phone"])
        staff = store.contacts.by_id(link.contact_id)
        by = " and ".join(wanted)
        store.audit.note(staff, "find", now, subject=f"by {by}", after=f"{len(set(found))} found")
        return [(each, store.seekers.details(each)) for each in dict.fromkeys(found)]

    def _use(self, tx: Transaction, token: str, seeker_id: int) -> bool:
        store = self._store(tx)
        if not store.seekers.exists(seeker_id):
            return False
        return store.forms.use(token, self._clock(), found=seeker_id)

    def _add(self, tx: Transaction, link: FormLink, token: str, details: Details) -> None:
        store, now = self._store(tx), self._clock()
        seeker_id = store.seekers.add(details, now)
        if not store.forms.use(token, now, found=seeker_id):
            raise _AlreadyUsed
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "add person", now, subject=f"person {seeker_id}")

    def _read(
        self, tx: Transaction, link: FormLink, token: str
    ) -> tuple[Details, list[tuple[str, str]], str] | None:
        store, now = self._store(tx), self._clock()
        assert link.subject is not None
        if not store.forms.use(token, now, found=link.subject):
            return None
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "details", now, subject=f"person {link.subject}")
        zone = self._office.zone
        notes = [
            (f"{at.astimezone(zone):%Y-%m-%d %H:%M}", text)
            for at, text in store.seekers.notes(link.subject)
        ]
        note_token = store.forms.open_link(link.contact_id, now, Purpose.NOTE, link.subject)
        wrote = [
            (f"{event.acted_at.astimezone(zone):%Y-%m-%d %H:%M}", event.text)
            for chat in store.contacts.of_seeker(link.subject)
            for event in store.inbox.kept_of(chat.id)
        ]
        return store.seekers.details(link.subject), [*notes, *sorted(wrote)], note_token

    def _keep_note(self, tx: Transaction, link: FormLink, token: str, text: str) -> bool:
        store, now = self._store(tx), self._clock()
        assert link.subject is not None
        if not store.forms.use(token, now, found=link.subject):
            return False
        if text:
            staff = store.contacts.by_id(link.contact_id)
            store.seekers.add_note(link.subject, text, staff.staff_id, now)
            store.audit.note(staff, "note", now, subject=f"person {link.subject}")
        return True

    def _publish(self, tx: Transaction, link: FormLink, token: str, body: str, day: date) -> bool:
        store, now = self._store(tx), self._clock()
        staff = store.contacts.by_id(link.contact_id)
        if staff.role != "admin" or not store.forms.use(token, now):
            return False
        version = store.terms.publish(body, day, now)
        store.audit.note(
            staff, "publish", now, subject=f"terms {version.version}", after=f"from {day}"
        )
        return True

    def _month(
        self, tx: Transaction, link: FormLink, token: str, month: date
    ) -> list[list[object]] | None:
        store, now, zone = self._store(tx), self._clock(), self._office.zone
        staff = store.contacts.by_id(link.contact_id)
        if staff.role != "admin" or month.year not in YEARS or not store.forms.use(token, now):
            return None
        store.audit.note(staff, "export", now, subject=f"{month:%Y-%m}")
        following = (month + timedelta(days=32)).replace(day=1)
        start, end = at(month, time(0), zone), at(following, time(0), zone)
        return [
            [
                each.reference,
                f"{each.starts_at.astimezone(zone):%Y-%m-%d}",
                f"{each.starts_at.astimezone(zone):%H:%M}",
                each.minutes,
                each.service,
                each.counselor,
                each.companion,
                each.status,
            ]
            for each in store.bookings.every_between(start, end)
        ]

    # What the pages share

    async def _open(
        self, request: Request, purpose: Purpose
    ) -> tuple[Phrases, FormLink, str] | Response:
        """The link, if it is good and its owner still works here."""
        token = request.path_params["token"]
        found = await self._database.run(lambda tx: self._whose(tx, token, purpose, request))
        if isinstance(found, NoForm):
            return self._gone(request, found)
        contact, link = found
        language = best_language(contact.language) or self._office.language
        return phrases(language), link, token

    async def _entered(
        self, request: Request, purpose: Purpose
    ) -> tuple[tuple[Phrases, FormLink, str], dict[str, str]] | Response:
        """The link with what was entered, if it was entered where we showed the form."""
        refusal = self._pages.came_from_elsewhere(request)
        if refusal := refusal or self._pages.too_many_tries(request, request.path_params["token"]):
            return refusal
        fields = await read_entries(request, _LONGEST_BODY)
        opened = await self._open(request, purpose)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        if not self._guard.was_shown_here(request, token, fields.get("csrf", "")):
            return self._pages.word(say, "page.bad_form_title", "page.bad_form_text", status=403)
        return opened, fields

    def _whose(
        self, tx: Transaction, token: str, purpose: Purpose, request: Request
    ) -> tuple[Contact, FormLink] | NoForm:
        store, now = self._store(tx), self._clock()
        link = store.forms.whose(token, now, purpose)
        if isinstance(link, NoForm):
            return link
        contact = store.contacts.by_id(link.contact_id)
        if contact.role is None:
            return NoForm.EXPIRED
        store.access.record(
            now, "desk", user_agent(request), address(request), contact_id=contact.id
        )
        return contact, link

    def _draw_find(
        self,
        say: Phrases,
        link: FormLink,
        token: str,
        entered: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        found: list[tuple[int, Details]] | None = None,
    ) -> HTMLResponse:
        given = entered or {}
        return self._drawn(
            "desk_find.html",
            say,
            token,
            status=422 if errors else 200,
            fields=FIELDS,
            entered={field: given.get(field, "") for field in FIELDS},
            errors=errors or {},
            found=[
                (number, details, self._found_proof(token, number).decode())
                for number, details in found
            ]
            if found is not None
            else None,
        )

    def _found_proof(self, token: str, seeker_id: int) -> bytes:
        """Only whom this page has found can be chosen on it."""
        return self._guard.proof(token, f"person {seeker_id}").encode()

    def _drawn(
        self, template: str, say: Phrases, token: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        cookie = self._guard.new_cookie()
        proof = self._guard.proof(token, cookie)
        response = self._pages.draw(template, say, status=status, csrf=proof, token=token, **values)
        self._guard.set_cookie(response, cookie, int(DESK_LIFE.total_seconds()))
        return response

    def _gone(self, request: Request, why: NoForm) -> HTMLResponse:
        say = self._pages.language(request)
        status = 404 if why is NoForm.UNKNOWN else 410
        return self._pages.word(say, "desk_page.gone_title", "desk_page.gone_text", status=status)

    def _store(self, tx: Transaction) -> Store:
        return Store(tx, self._office, self._vault)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


class _AlreadyUsed(Exception):
    """Somebody was faster: nothing of this is stored."""
