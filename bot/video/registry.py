"""All video services; a new one is a folder beside this file and a line here."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.environment import switch_faults
from bot.video.base import VideoService
from bot.video.settings import VideoSettings
from bot.video.zoom.settings import ZoomSettings
from models.office import Office

SERVICES: tuple[type[VideoSettings], ...] = (ZoomSettings,)


def open_video(values: Mapping[str, object], office: Office, clock: Clock) -> VideoService | None:
    """Return the video service that is on, by the environment and these values. Raises
    ValidationError."""
    opened = (each(**values).open(office, clock) for each in SERVICES)  # type: ignore[arg-type]
    return next((service for service in opened if service is not None), None)


def video_faults(values: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the settings of video services; that none is on is no fault."""
    return [fault for each in SERVICES for fault in switch_faults(each, values)[1]]
