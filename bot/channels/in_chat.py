"""A messenger's own browser, in which a page of ours can go on in the chat and close itself."""

from abc import ABC, abstractmethod


class InChat(ABC):
    """What such a browser needs. `servers` are the sources that its script asks, as a page's
    content security policy names them; `has_kit` once the messenger's script was fetched."""

    servers: str
    has_kit = False

    @abstractmethod
    def address(self, url: str) -> str:
        """Return the address that opens a page of ours in this browser."""

    @abstractmethod
    async def kit(self) -> str:
        """Return the messenger's own script. Raises one of NO_ANSWER (bot.web_client)."""

    @abstractmethod
    def script(self, words: str | None = None) -> str:
        """Return our script for the page that this browser opens first; with words for a page that
        is done: it says them in the chat for whoever sits there, and closes the page."""
