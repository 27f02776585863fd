"""A person's details and notes, for staff to read once."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.desk import DeskPage
from bot.pages.site import form_routes
from models.database import Transaction
from models.store.forms import Link as FormLink
from models.store.forms import NoForm, Purpose
from models.store.seekers import Details
from models.text import clean

_LONGEST_NOTE = 1000


class PersonPage(DeskPage):
    """GET shows a button, POST the details; a second POST adds a note."""

    def routes(self) -> list[Route]:
        return [
            *form_routes("/desk/person/{token}", self.show, self.submit),
            Route("/desk/note/{token}", self.take_note, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return a button: whoever only fetches the address, as previews do, sees nobody's
        details."""
        opened = await self._open(request, Purpose.PERSON)
        if isinstance(opened, Response):
            return opened
        say, _, token = opened
        return self._drawn(
            request, "desk_open.html", say, token, heading=say("desk_page.person_title")
        )

    async def submit(self, request: Request) -> Response:
        """Return the details, once."""
        entered = await self._entered(request, Purpose.PERSON)
        if isinstance(entered, Response):
            return entered
        (say, link, token), _ = entered
        shown = await self._core.database.run(lambda tx: self._read(tx, link, token))
        if shown is None:
            return self._gone(request, NoForm.USED)
        details, notes, note_token = shown
        return self._drawn(
            request, "desk_person.html", say, note_token, details=details._asdict(), notes=notes
        )

    async def take_note(self, request: Request) -> Response:
        """Add a note to a person."""
        entered = await self._entered(request, Purpose.NOTE)
        if isinstance(entered, Response):
            return entered
        (say, link, token), fields = entered
        text = clean(fields.get("note", "")).strip()[:_LONGEST_NOTE]
        kept = await self._core.database.run(lambda tx: self._keep_note(tx, link, token, text))
        if not kept:
            return self._gone(request, NoForm.USED)
        return self._pages.word(say, "desk_page.noted_title", "desk_page.close")

    def _read(
        self, tx: Transaction, link: FormLink, token: str
    ) -> tuple[Details, list[tuple[str, str]], str] | None:
        store, now = self._store(tx), self._core.clock()
        assert link.subject is not None
        if not store.forms.use(token, now, found=link.subject):
            return None
        staff = store.contacts.by_id(link.contact_id)
        store.audit.note(staff, "details", now, subject=f"person {link.subject}")
        zone = self._core.office.zone
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
        store, now = self._store(tx), self._core.clock()
        assert link.subject is not None
        if not store.forms.use(token, now, found=link.subject):
            return False
        if text:
            staff = store.contacts.by_id(link.contact_id)
            store.seekers.add_note(link.subject, text, staff.staff_id, now)
            store.audit.note(staff, "note", now, subject=f"person {link.subject}")
        return True
