"""The office file: one TOML file -> a frozen, validated Office."""

import re
import tomllib
from datetime import time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from locales import of_speech
from models.rules.slots import Grid
from models.topic import Topic

Service = Literal["consultation", "placement", "interview", "selection"]


class OfficeError(ValueError):
    """The office file is wrong; the message lists every fault, one a line."""


def _clock_time(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+)\s*(s|min|h|d)", value.strip())
        if not match:
            raise ValueError('write a duration as "90 s", "60 min", "1 h" or "7 d"')
        unit = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}[match[2]]
        return timedelta(**{unit: int(match[1])})
    return value


def _hours(value: object) -> object:
    if isinstance(value, str):
        parts = value.split("-")
        if len(parts) != 2:
            raise ValueError('write hours as "10:00-16:00"')
        return tuple(time.fromisoformat(part.strip().zfill(5)) for part in parts)
    return value


def _opens_before_closing(value: tuple[time, time]) -> tuple[time, time]:
    if value[0] >= value[1]:
        raise ValueError("the end must be later than the beginning")
    return value


def _the_day_before(value: object) -> object:
    if isinstance(value, str):
        match = re.fullmatch(r"D-1\s+(\d{1,2}:\d{2})", value.strip())
        if not match:
            raise ValueError('write it as "D-1 12:00": a time on the day before')
        return time.fromisoformat(match[1].zfill(5))
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('not a time zone; Japan is "Asia/Tokyo"') from error
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _https(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/@:]+(/\S*)?", value):
        raise ValueError("must be an https:// address")
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Duration = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
Night = Annotated[tuple[time, time], BeforeValidator(_hours)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours), AfterValidator(_opens_before_closing)]
DayBefore = Annotated[time, BeforeValidator(_the_day_before)]
Https = Annotated[str, AfterValidator(_https)]
Words = dict[str, Annotated[str, Field(min_length=1)]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Video(_Part):
    """The app that consultations use (art. 4)."""

    name: str = "Zoom"
    terms_url: Https = "https://explore.zoom.us/en/terms/"
    test_url: Https = "https://zoom.us/test"
    hosts: tuple[str, ...] = Field(("zoom.us",), min_length=1)
    waiting_room: bool = True


class Office(_Part):
    """One office with its settings. docs/settings.md says what each is for."""

    name: Words
    address: Words
    phone: Annotated[str, Field(pattern=r"^0\d{1,4}-\d{1,4}-\d{3,4}$")]
    phone_hours: Words
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Tokyo"
    language: str = "ja"
    services: tuple[Service, ...] = Field(
        ("consultation", "placement", "interview", "selection"), min_length=1
    )
    hours: Hours = (time(10), time(16))
    slot_minutes: int = Field(30, ge=5, le=30)
    horizon_days: int = Field(28, ge=1, le=366)
    max_upcoming: int = Field(1, ge=1, le=10)
    notice_due: DayBefore = time(12)
    eligibility_valid_days: int = Field(365, ge=1)
    environment_valid_days: int = Field(180, ge=1)
    registration_pattern: Annotated[str, AfterValidator(_pattern)] = r"\d{5}-\d{4,8}"
    reminder_at: ClockTime = time(17)
    reminder_too_late: Duration = timedelta(hours=1)
    grace_minutes: int = Field(10, ge=1, le=30)
    contact_window: Duration = timedelta(minutes=60)
    sweep_seconds: int = Field(15, ge=1, le=60)
    reconsent: bool = True
    office_hours: Hours = (time(8, 30), time(17, 15))
    access_log_months: int = Field(12, ge=1, le=120)
    record_years: int = Field(5, ge=1, le=30)
    small_cell: int = Field(5, ge=1, le=100)
    hold_minutes: int = Field(30, ge=5, le=240)
    quiet_hours: Night = (time(21), time(8))
    digest_at: ClockTime = time(8, 40)
    alert_webhook: Https | None = None
    reserved_pushes: int = Field(10, ge=0, le=10_000)
    faq: dict[Topic, Words] = Field(default_factory=dict)
    video: Video = Video()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.hours[0], self.hours[1], self.slot_minutes, self.zone)

    @cached_property
    def slot_length(self) -> timedelta:
        return timedelta(minutes=self.slot_minutes)

    @cached_property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)

    def words(self, words: Words, language: str) -> str:
        """Return one of the office's texts in a language, else in English or the office's own."""
        fitting = (language, of_speech(language), "en", self.language)
        return next(words[each] for each in fitting if words.get(each))


def load(path: Path) -> Office:
    """Read and check an office file. Raises OfficeError with all faults at once."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OfficeError(f"cannot read the office file {path.name}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OfficeError(f"{path.name} is not a TOML file: {error}") from error
    try:
        office = Office.model_validate(raw)
    except ValidationError as error:
        faults = [
            f"{path.name}: {_place(fault['loc'])}: {fault['msg']}" for fault in error.errors()
        ]
        raise OfficeError("\n".join(faults)) from error
    missing = [
        f"{path.name}: {field}: needs a text for language = {office.language!r}"
        for field in ("name", "address", "phone_hours")
        if office.language not in getattr(office, field)
    ]
    missing += [
        f"{path.name}: faq.{topic}: needs a text for language = {office.language!r}"
        for topic, answers in office.faq.items()
        if office.language not in answers
    ]
    if missing:
        raise OfficeError("\n".join(missing))
    return office


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
