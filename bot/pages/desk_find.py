"""Finding a person, or noting down somebody new who phones."""

import hmac
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.pages.desk import DeskPage
from bot.pages.entries import FIELDS, check
from bot.pages.site import form_routes
from locales import Phrases
from models.database import Transaction
from models.rules import details as rules
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose
from models.store.seekers import Details


class FindPage(DeskPage):
    """GET shows the form, POST looks up, chooses, or notes down; every look is audited."""

    def routes(self) -> list[Route]:
        return [*form_routes("/desk/find/{token}", self.show, self.submit)]

    async def show(self, request: Request) -> Response:
        """Return the form to look somebody up."""
        opened = await self._open(request, Purpose.FIND)
        return opened if isinstance(opened, Response) else self._draw_find(request, *opened)

    async def submit(self, request: Request) -> Response:
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
                return await self._search(request, opened, fields)

    async def _search(
        self,
        request: Request,
        opened: tuple[Phrases, FormLink, str],
        fields: Mapping[str, str],
    ) -> Response:
        say, link, token = opened
        wanted, errors = self._wanted(fields)
        if errors or not wanted:
            return self._draw_find(
                request, say, link, token, fields, errors or {"phone": "form.missing"}
            )
        found = await self._core.database.run(lambda tx: self._look_up(tx, link, wanted))
        return self._draw_find(request, say, link, token, fields, {}, found)

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
        used = await self._core.database.run(lambda tx: self._use(tx, token, seeker_id))
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
        details, errors = check(fields, self._core.office)
        if details is None:
            return self._draw_find(request, say, link, token, fields, errors, [])
        number = {"registration": details.registration}
        if there := await self._core.database.run(lambda tx: self._look_up(tx, link, number)):
            known = {"registration": "form.known"}
            return self._draw_find(request, say, link, token, fields, known, there)
        try:
            await self._core.database.run(lambda tx: self._add(tx, link, token, details))
        except _AlreadyUsed:
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.found_title", "desk_page.back_to_chat")

    def _wanted(self, fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return what was entered to look somebody up by, in the spelling that is kept."""
        wanted: dict[str, str] = {}
        errors: dict[str, str] = {}
        pattern = self._core.office.registration_pattern
        for field in ("registration", "phone", "reading"):
            typed = fields.get(field, "").strip()
            try:
                if typed and field == "phone":
                    wanted[field] = rules.phone(typed)
                elif typed and field == "reading":
                    wanted[field] = rules.reading(typed)
                elif typed:
                    wanted[field] = rules.registration(typed, pattern)
            except rules.Refused as refused:
                errors[field] = refused.reason
        return wanted, errors

    def _look_up(
        self, tx: Transaction, link: FormLink, wanted: Mapping[str, str]
    ) -> list[tuple[int, Details]]:
        store, now = self._store(tx), self._core.clock()
        found: list[int] = []
        if "registration" in wanted:
            found += store.seekers.with_registration(wanted["registration"])
        if "phone" in wanted:
            found += store.seekers.with_phone(wanted["phone"])
        if "reading" in wanted:
            found += store.seekers.with_reading(wanted["reading"])
        staff = store.contacts.by_id(link.contact_id)
        by = " and ".join(wanted)
        store.audit.note(staff, "find", now, subject=f"by {by}", after=f"{len(set(found))} found")
        return [(each, store.seekers.details(each)) for each in dict.fromkeys(found)]

    def _use(self, tx: Transaction, token: str, seeker_id: int) -> bool:
        store = self._store(tx)
        if not store.seekers.exists(seeker_id):
            return False
        return store.forms.use(token, self._core.clock(), found=seeker_id)

    def _add(self, tx: Transaction, link: FormLink, token: str, details: Details) -> None:
        store, now = self._store(tx), self._core.clock()
        seeker_id = store.seekers.add(details, now)
        if not store.forms.use(token, now, found=seeker_id):
            raise _AlreadyUsed
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "add person", now, subject=f"person {seeker_id}")

    def _draw_find(
        self,
        request: Request,
        say: Phrases,
        link: FormLink,
        token: str,
        entered: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        found: list[tuple[int, Details]] | None = None,
    ) -> HTMLResponse:
        given = entered or {}
        return self._drawn(
            request,
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
        """Return the proof that this page has found somebody: only whom it has found can be chosen
        on it."""
        return self._guard.proof(token, f"person {seeker_id}").encode()


class _AlreadyUsed(Exception):
    """Somebody was faster: nothing of this is stored."""
