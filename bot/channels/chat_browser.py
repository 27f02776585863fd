"""A messenger's own browser, in which a page of ours can go on in the chat and close itself."""

from abc import ABC, abstractmethod


class ChatBrowser(ABC):
    """What such a browser needs. `servers` are the sources that its script asks, as a page's
    content security policy names them; `meant` is the query parameter in
    which the page that was meant is told to the page that this browser opens first."""

    servers: str
    meant: str

    @abstractmethod
    def address(self, url: str) -> str:
        """Return the address that opens a page of ours in this browser."""

    @abstractmethod
    async def kit(self) -> str:
        """Return the messenger's own script. Raises one of NO_ANSWER (bot.web_client)."""

    @abstractmethod
    def opening_script(self) -> str:
        """Return our script for the page that this browser opens first."""

    @abstractmethod
    def closing_script(self, words: str) -> str:
        """Return our script for a page that is done: it says words in the chat for whoever sits
        there, and closes the page."""
