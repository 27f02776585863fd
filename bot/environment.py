"""Settings from the environment, and what is wrong with them in plain words."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.addresses import web_address

# Every command reads it, if it is there; the environment itself comes first.
ENV_FILE = ".env"

WebAddress = Annotated[str, AfterValidator(web_address)]


class FromEnvironment(BaseSettings):
    """Variables of one subject; a field's description says how to get its value."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, frozen=True, extra="ignore"
    )


class Switch(FromEnvironment):
    """The variables of something that is off unless all in `needed` are set."""

    needed: ClassVar[tuple[str, ...]]


def switch_faults(switch: type[Switch], values: Mapping[str, object]) -> tuple[bool, list[str]]:
    """Return whether anything of a switch is set, and what is wrong with it then."""
    faults: list[str] = []
    wrong: set[str] = set()
    try:
        found = switch(**values)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        faults += faults_of(error, switch)
        wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        # The rest of them, to say all at once what is wrong.
        as_usual = {name: switch.model_fields[name].default for name in wrong}
        found = switch(**{**values, **as_usual})
    missing = [name for name in switch.needed if not getattr(found, name) and name not in wrong]
    is_begun = len(missing) < len(switch.needed)
    if is_begun:
        faults += [is_missing(switch, name) for name in missing]
    return is_begun, faults


def faults_of(error: ValidationError, settings: type[FromEnvironment]) -> list[str]:
    """Return what is wrong, a line for each variable."""
    return [
        _in_plain_words(settings, fault["loc"], fault["type"], fault["msg"])
        for fault in error.errors()
    ]


def how_to_get(settings: type[FromEnvironment], field: str) -> str:
    """Return a variable's name, and how an operator gets its value."""
    return f"{field.upper()} ({settings.model_fields[field].description})"


def is_missing(settings: type[FromEnvironment], field: str) -> str:
    """Return that a variable is missing, and how an operator gets its value."""
    return f"{field.upper()} is missing ({settings.model_fields[field].description})"


def _in_plain_words(
    settings: type[FromEnvironment], place: tuple[int | str, ...], kind: str, message: str
) -> str:
    plain = message.removeprefix("Value error, ")
    if not place:
        return plain
    field = str(place[0])
    if kind == "missing":
        return is_missing(settings, field)
    return f"{field.upper()} is wrong: {plain} ({settings.model_fields[field].description})"
