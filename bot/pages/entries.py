"""What somebody enters in a form of ours: read, and checked field by field."""

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.pages.page import read_body
from models.office import Office
from models.rules import details as rules
from models.store.seekers import Details

_LONGEST_BODY = 32_768
FIELDS = Details._fields


async def read_entries(request: Request, most: int = _LONGEST_BODY) -> dict[str, str]:
    """Return the fields of a form that was sent, at most so many bytes. Raises TooLarge or
    Encoded."""
    body = await read_body(request, most)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def check(entered: Mapping[str, str], office: Office) -> tuple[Details | None, dict[str, str]]:
    """Return a person's details in the spelling that is kept, or what is wrong with which field."""
    pattern = office.registration_pattern
    checks: dict[str, Callable[[str], str]] = {
        "name": rules.name,
        "reading": rules.reading,
        "phone": rules.phone,
        "registration": lambda typed: rules.registration(typed, pattern),
    }
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field, check_field in checks.items():
        try:
            values[field] = check_field(entered.get(field, ""))
        except rules.Refused as refused:
            errors[field] = refused.reason
    return (None, errors) if errors else (Details(**values), {})


def read_day(typed: str) -> date | None:
    """Return a day as a date field sends it, or None."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
