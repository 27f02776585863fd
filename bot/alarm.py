"""The alarm: what must reach somebody when a platform is the thing that is broken, and a heartbeat
so that a dead machine is noticed."""

import structlog

from bot import web_client
from bot.web_client import NO_ANSWER
from models.office import Office

log = structlog.get_logger()


class Alarm:
    """Tells an address of the office's what is broken, when that changes; pings another one while
    nothing is."""

    def __init__(self, office: Office, heartbeat_url: str | None) -> None:
        self._office = office
        self._heartbeat_url = heartbeat_url
        self._told: frozenset[str] = frozenset()

    async def sound(self, faults: list[str]) -> None:
        """Tell of faults, and that they are over. Never raises: who does not answer is told again
        in the next round."""
        try:
            await self._tell(frozenset(faults))
            if not faults and self._heartbeat_url is not None:
                await web_client.fetch(self._heartbeat_url)
        except NO_ANSWER as error:
            log.warning("alarm or heartbeat not taken", error=type(error).__name__)

    async def _tell(self, faults: frozenset[str]) -> None:
        if faults == self._told or self._office.alert_webhook is None:
            return
        name = self._office.words(self._office.name, self._office.language)
        state = ", ".join(sorted(faults)) or "ok"
        text = f"Madoguchi, {name}: {state}"
        await web_client.post(self._office.alert_webhook, {"text": text, "faults": sorted(faults)})
        self._told = faults
