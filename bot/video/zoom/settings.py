"""What switches Zoom on."""

from typing import ClassVar

from pydantic import Field, SecretStr

from bot.clock import Clock
from bot.environment import WebAddress
from bot.video.settings import VideoSettings
from bot.video.zoom.api import API, OAUTH, ZoomApi
from bot.video.zoom.service import Zoom
from models.office import Office

_APP = "Zoom App Marketplace, your Server-to-Server OAuth app, tab"


class ZoomSettings(VideoSettings):
    """The keys of the office's Server-to-Server OAuth app at Zoom."""

    needed: ClassVar = (
        *("zoom_account_id", "zoom_client_id", "zoom_client_secret"),
        "zoom_webhook_secret",
    )

    zoom_account_id: str | None = Field(None, description=f"{_APP} 'App Credentials'")
    zoom_client_id: str | None = Field(None, description=f"{_APP} 'App Credentials'")
    zoom_client_secret: SecretStr | None = Field(None, description=f"{_APP} 'App Credentials'")
    zoom_webhook_secret: SecretStr | None = Field(
        None, description=f"{_APP} 'Feature', the Secret Token"
    )
    zoom_api_base: WebAddress = Field(API, description="leave it unset, except for tests")
    zoom_oauth_base: WebAddress = Field(OAUTH, description="leave it unset, except for tests")

    def open(self, office: Office, clock: Clock) -> Zoom | None:
        """Return the service, or None where it is off."""
        if (
            self.zoom_account_id is None
            or self.zoom_client_id is None
            or self.zoom_client_secret is None
            or self.zoom_webhook_secret is None
        ):
            return None
        api = ZoomApi(
            self.zoom_account_id,
            self.zoom_client_id,
            self.zoom_client_secret,
            self.zoom_api_base,
            self.zoom_oauth_base,
        )
        return Zoom(
            api,
            self.zoom_webhook_secret,
            office.zone,
            clock,
            waiting_room=office.video.waiting_room,
        )
