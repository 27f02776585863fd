"""The staff member of the sandbox page: on Telegram or on LINE."""

from typing import Any

from bot.app import App
from bot.sandbox.line_server import LineServer
from bot.sandbox.telegram_server import TelegramServer
from models.store.staff import StaffStore
from models.tables import Role


class SandboxStaff:
    """Enrols by a one-time code, as a colleague would, and then works by chat."""

    def __init__(self, app: App, line: LineServer, telegram: TelegramServer) -> None:
        self._app = app
        self._line = line
        self._telegram = telegram
        self._on_line = line.person()
        self._on_telegram = telegram.person()
        self.channel = ""

    def chat(self) -> list[dict[str, Any]]:
        """Return what the staff member sees."""
        return {"line": self._on_line.chat, "telegram": self._on_telegram.chat, "": []}[
            self.channel
        ]

    def menu(self) -> dict[str, Any] | None:
        """Return what stands below the chat."""
        return self._line.menus.menu_of(self._on_line.user_id) if self.channel == "line" else None

    async def start(self, channel: str) -> int:
        """Work on this channel from now on; the first time, with a code."""
        self.channel = channel
        if self.chat():
            return 200
        now = self._app.core.clock()
        code = await self._app.core.database.run(
            lambda tx: StaffStore(tx).invite("職員", Role.ADMIN, None, now)
        )
        self._on_line.follows = True
        return await self.say(code)

    async def say(self, text: str, replies_to: object = None) -> int:
        """Type a text, perhaps in reply to a message."""
        if self.channel == "line":
            answered = str(replies_to) if replies_to else None
            return await self._line.say(self._on_line, text, replies_to=answered)
        number = int(str(replies_to)) if replies_to else None
        return await self._telegram.say(self._on_telegram, text, replies_to=number)

    async def tap(self, data: str, shown: str, message: object) -> int:
        """Press a button."""
        if self.channel == "line":
            return await self._line.tap(self._on_line, data, shown)
        return await self._telegram.tap(self._on_telegram, data, int(str(message or 0)))
