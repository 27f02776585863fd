"""Settings from the environment: every fault at once, in plain words."""

import re
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.office import Office, OfficeError, load
from models.vault import DataKeyError, Vault

# Every command reads it, if it is there; the environment itself comes first.
ENV_FILE = ".env"
_OFFICE = Path(__file__).parents[1] / "offices" / "hiroshima-mothers.toml"
LINE_API = "https://api.line.me"

HOW_TO_GET = {
    "OFFICE": "the path of the office file, for example offices/hiroshima-mothers.toml",
    "DATABASE_URL": "sqlite:///var/madoguchi.db or postgresql://USER:PASSWORD@HOST/NAME",
    "DATA_KEY": "make one with: python -m bot new-key",
    "PUBLIC_URL": "the https:// address under which parents reach this server",
    "LINE_CHANNEL_SECRET": "LINE Developers console, your channel, tab 'Basic settings'",
    "LINE_CHANNEL_ACCESS_TOKEN": "LINE Developers console, your channel, tab 'Messaging API'",
    "LINE_API_BASE": "leave it unset, except for tests",
    "TELEGRAM_BOT_TOKEN": "from @BotFather in Telegram",
    "TELEGRAM_WEBHOOK_SECRET": "1 to 256 of A-Z a-z 0-9 _ - that you make up",
    "TELEGRAM_API_BASE": "leave it unset, except for tests",
    "HEARTBEAT_URL": "an https:// address that expects a ping each minute, and alarms without one",
    "HOST": "the address to listen on; 127.0.0.1 behind a reverse proxy",
    "PORT": "the port to listen on, 1 to 65535",
}


class SettingsError(ValueError):
    """The settings or the office file are wrong; the message lists every fault, one a line."""


class Settings(BaseSettings):
    """What an operator sets; docs/settings.md describes each."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    office: Path = _OFFICE
    database_url: str = "sqlite:///var/madoguchi.db"
    data_key: str
    public_url: str
    line_channel_secret: str | None = None
    line_channel_access_token: str | None = None
    line_api_base: str = LINE_API
    telegram_bot_token: str | None = None
    telegram_webhook_secret: str | None = None
    telegram_api_base: str = "https://api.telegram.org"
    heartbeat_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except (ArgumentError, ValueError) as error:
            raise ValueError(
                "not a database address; several hosts are written"
                " postgresql://USER:PASSWORD@/NAME?host=A:5432&host=B:5432"
            ) from error
        if backend not in ("sqlite", "postgresql"):
            raise ValueError("only sqlite:///FILE and postgresql://… are known")
        return value

    @field_validator("data_key")
    @classmethod
    def _usable_key(cls, value: str) -> str:
        try:
            Vault(value)
        except DataKeyError as error:
            raise ValueError(f"{error}; it must be 32 bytes in URL-safe base64") from error
        return value

    @field_validator("public_url", "line_api_base", "telegram_api_base", "heartbeat_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, _, rest = value.partition("://")
        value = f"{scheme.lower()}://{rest}"
        if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
            raise ValueError("not a web address")
        if value.startswith("http://") and not re.match(
            r"http://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(/|$)", value
        ):
            raise ValueError("must begin with https://")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _one_spelling(cls, value: str) -> str:
        return one_spelling(value)

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _allowed_secret(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
            raise ValueError("may hold only A-Z a-z 0-9 _ -, 1 to 256 of them")
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_form(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
            raise ValueError("has the form 123456:ABC…")
        return value

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.data_key)


def one_spelling(address: str) -> str:
    """Return a web address as browsers write it: small letters, no usual port, punycode. Raises
    ValueError."""
    parts = urlsplit(address)
    if parts.query or parts.fragment:
        raise ValueError("must not hold ? or #")
    try:
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (UnicodeError, ValueError) as error:
        raise ValueError("not a web address") from error
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{'' if port in (None, usual) else f':{port}'}{parts.path}"


def read_settings(values: dict[str, object] | None = None) -> tuple[Settings, Office]:
    """The settings and the office they name. Raises SettingsError with all faults of both."""
    faults: list[str] = []
    settings: Settings | None = None
    office: Office | None = None
    try:
        settings = Settings(**(values or {}))  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        faults += [
            _in_plain_words(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()
        ]
    faults += _channel_faults(values or {})
    try:
        office = load(settings.office if settings else _office_path(values or {}))
    except OfficeError as error:
        faults += str(error).splitlines()
    if settings is None or office is None or faults:
        raise SettingsError("\n".join(faults))
    return settings, office


class _Channels(BaseSettings):
    """Which channels are on, looked at even where another setting is wrong."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")
    line_channel_secret: str | None = None
    line_channel_access_token: str | None = None
    telegram_bot_token: str | None = None


def _channel_faults(values: dict[str, object]) -> list[str]:
    found = _Channels(**values)  # type: ignore[arg-type]  # checked by pydantic
    if bool(found.line_channel_secret) != bool(found.line_channel_access_token):
        missing = (
            "LINE_CHANNEL_ACCESS_TOKEN" if found.line_channel_secret else "LINE_CHANNEL_SECRET"
        )
        return [f"{missing} is missing ({HOW_TO_GET[missing]})"]
    if not (found.line_channel_secret or found.telegram_bot_token):
        return [
            "no channel is on: set LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN"
            f" ({HOW_TO_GET['LINE_CHANNEL_SECRET']}), or TELEGRAM_BOT_TOKEN"
            f" ({HOW_TO_GET['TELEGRAM_BOT_TOKEN']})"
        ]
    return []


def _office_path(values: dict[str, object]) -> Path:
    return Path(str(values["office"])) if "office" in values else OfficePath().office


class OfficePath(BaseSettings):
    """Where the office file is; for commands that need nothing else."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")
    office: Path = _OFFICE


class DatabaseAddress(BaseSettings):
    """Where the data is; for commands that need nothing else."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")
    database_url: str = "sqlite:///var/madoguchi.db"


class DataKey(BaseSettings):
    """The key alone; for commands that can do without."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")
    data_key: str | None = None


def _in_plain_words(place: tuple[int | str, ...], kind: str, message: str) -> str:
    plain = message.removeprefix("Value error, ")
    if not place:
        return plain
    name = str(place[0]).upper()
    what = "is missing" if kind == "missing" else f"is wrong: {plain}"
    return f"{name} {what} ({HOW_TO_GET[name]})"
