"""Settings from the environment: every fault at once, in plain words."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError, field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.addresses import one_spelling
from bot.channels.base import Channel
from bot.channels.registry import channel_faults, open_channels
from bot.clock import Clock, machine_clock
from bot.environment import FromEnvironment, WebAddress, faults_of
from bot.video.base import VideoService
from bot.video.registry import open_video, video_faults
from models.office import Office, OfficeError, load
from models.vault import DataKeyError, Vault

_OFFICE = Path(__file__).parents[1] / "offices" / "hiroshima-mothers.toml"


class SettingsError(ValueError):
    """The settings or the office file are wrong; the message lists every fault, one a line."""


class Settings(FromEnvironment):
    """What an operator sets; docs/settings.md describes each."""

    office: Path = Field(
        _OFFICE,
        description="the path of the office file, for example offices/hiroshima-mothers.toml",
    )
    database_url: str = Field(
        "sqlite:///var/madoguchi.db",
        description="sqlite:///var/madoguchi.db or postgresql://USER:PASSWORD@HOST/NAME",
    )
    data_key: str = Field(description="make one with: python -m bot new-key")
    public_url: WebAddress = Field(
        description="the https:// address under which parents reach this server"
    )
    heartbeat_url: WebAddress | None = Field(
        None,
        description="an https:// address that expects a ping each minute, and alarms without one",
    )
    host: str = Field(
        "127.0.0.1", description="the address to listen on; 127.0.0.1 behind a reverse proxy"
    )
    port: int = Field(8080, ge=1, le=65535, description="the port to listen on, 1 to 65535")

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

    @field_validator("public_url")
    @classmethod
    def _one_spelling(cls, value: str) -> str:
        return one_spelling(value)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.data_key)


class Configured(NamedTuple):
    """What an operator has set up."""

    settings: Settings
    office: Office
    channels: Sequence[Channel]
    clock: Clock
    video: VideoService | None


def read_settings(values: Mapping[str, object] | None = None) -> Configured:
    """Return the settings, the office that they name, its channels and its video service. Raises
    SettingsError with all faults of all."""
    given = dict(values or {})
    faults: list[str] = []
    settings: Settings | None = None
    office: Office | None = None
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        faults += faults_of(error, Settings)
    faults += channel_faults(given)
    faults += video_faults(given)
    try:
        office = load(settings.office if settings else _office_path(given))
    except OfficeError as error:
        faults += str(error).splitlines()
    if settings is None or office is None or faults:
        raise SettingsError("\n".join(faults))
    video = open_video(given, office, machine_clock)
    return Configured(settings, office, open_channels(given), machine_clock, video)


def _office_path(values: Mapping[str, object]) -> Path:
    return Path(str(values["office"])) if "office" in values else OfficePath().office


class OfficePath(FromEnvironment):
    """Where the office file is; for commands that need nothing else."""

    office: Path = _OFFICE


class DatabaseAddress(FromEnvironment):
    """Where the data is; for commands that need nothing else."""

    database_url: str = "sqlite:///var/madoguchi.db"


class DataKey(FromEnvironment):
    """The key alone; for commands that can do without."""

    data_key: str | None = None


def wrong_key(count: int) -> str:
    """Return what is wrong when values cannot be opened, and what to do."""
    return (
        f"DATA_KEY does not open {count} stored values: it is another installation's key, or an"
        " older key is missing. Set DATA_KEY to this installation's key (or NEW,OLD)."
    )
