"""Talking to the bot as people do: a parent says, taps and sees, on either channel."""

import re
import time
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.base import Channel
from bot.sandbox.line_server import LinePerson
from bot.sandbox.telegram_server import TelegramPerson
from models.booking import Booking
from tests.seen import Pressable, Seen, line_message, telegram_message

if TYPE_CHECKING:
    from tests.world import World


class Parent:
    """A parent with a phone."""

    def __init__(self, world: "World", channel: str, language: str) -> None:
        self.world = world
        self.channel = channel
        self.language = language
        self.taps_made = 0
        self._registration = ""
        self.seen: list[Seen] = []
        self.ever_seen: list[Seen] = []
        self._looked = 0
        self.line: LinePerson = world.line.person(language=language)
        self.telegram: TelegramPerson = world.telegram.person(language=language)

    @property
    def person(self) -> str:
        """The platform's name for this parent."""
        return self.line.user_id if self.channel == "line" else str(self.telegram.user_id)

    @property
    def registration(self) -> str:
        """The registration number that is this parent's own, as they type it."""
        if not self._registration:
            given = [each for each in self.world.parents if each._registration]
            self._registration = (
                f"34010-{2_000_000 + len(given)}" if given else DETAILS["registration"]
            )
        return self._registration

    @property
    def of_channel(self) -> Channel:
        return self.world.app.core.channels[self.channel]

    # What a parent does

    async def follows(self) -> "Parent":
        """Adds the office as a friend, or starts the bot."""
        if self.channel == "line":
            await self._did(await self.world.line.follow(self.line))
        else:
            await self._did(await self.world.telegram.say(self.telegram, "/start"))
        return self

    async def says(self, text: str) -> "Parent":
        """Types a text."""
        if self.channel == "line":
            await self._did(await self.world.line.say(self.line, text))
        else:
            await self._did(await self.world.telegram.say(self.telegram, text))
        return self

    async def replies(self, message: Seen, text: str) -> "Parent":
        """Answers one message in particular."""
        assert message.message_id
        if self.channel == "line":
            status = await self.world.line.say(self.line, text, replies_to=message.message_id)
        else:
            status = await self.world.telegram.say(
                self.telegram, text, replies_to=int(message.message_id)
            )
        await self._did(status)
        return self

    async def says_in_group(self, text: str) -> list[Seen]:
        """Types a text in a group that the bot is in; returns what the group sees of us."""
        if self.channel == "line":
            line_group = self.world.line.group()
            await self._did(await self.world.line.say(self.line, text, group=line_group))
            return list(self._everything(line_group.user_id))
        group = self.world.telegram.group()
        await self._did(await self.world.telegram.say(self.telegram, text, group=group))
        return list(self._everything(str(group.user_id)))

    async def sends(self, kind: str) -> "Parent":
        """Sends a sticker, photo, voice message or place."""
        if self.channel == "line":
            known = {"photo": "image", "voice": "audio"}.get(kind, kind)
            await self._did(await self.world.line.send(self.line, known))
        else:
            await self._did(
                await self.world.telegram.send(self.telegram, kind, _TELEGRAM_CONTENT[kind])
            )
        return self

    async def taps(self, label: str) -> "Parent":
        """Presses a button of the latest answer, by what stands on it."""
        self.taps_made += 1
        button = self.button(label)
        assert button.data is not None, f"{label} opens {button.url}"
        return await self._press(button)

    async def taps_old(self, label: str, *, which: int = 0) -> "Parent":
        """Presses a button anywhere in the chat, however old."""
        self._look()
        found = [
            button
            for message in self.ever_seen
            for button in message.buttons
            if re.search(label, button.label) and button.data
        ]
        return await self._press(found[which])

    async def taps_data(self, data: str) -> "Parent":
        """Presses a button that carries this, whether anyone was ever shown it or not."""
        return await self._press(Pressable("", data, None, 1))

    async def blocks(self) -> None:
        if self.channel == "line":
            await self._did(await self.world.line.block(self.line))
        else:
            await self._did(await self.world.telegram.block(self.telegram))

    async def fills_form(self, **other: str) -> httpx.Response:
        """Opens the form of the latest answer, and sends it."""
        return await self.sends_form(self.link("入力ページ|Open the form"), **other)

    async def sends_form(self, url: str, **other: str) -> httpx.Response:
        """Opens a form, by its address or by LINE's browser, fills it in and sends it."""
        url = f"/form/{url.rsplit('/', 1)[1]}"
        page = await self.world.web.get(url)
        if page.status_code != 200:
            return page
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        fields = {**DETAILS, "registration": self.registration, "csrf": csrf[1], **other}
        return await self.world.web.post(url, data=fields)

    async def submits(self, url: str) -> httpx.Response:
        """Opens a page for staff, and presses its button."""
        page = await self.world.web.get(url)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        if csrf is None:
            return page
        return await self.world.web.post(url, data={"csrf": csrf[1]})

    async def joins(self, url: str) -> httpx.Response:
        """Opens the join link, and presses its button."""
        page = await self.world.web.get(url)
        if "<button" not in page.text:
            return page
        return await self.world.web.post(url)

    async def joins_at_start(self, booking: Booking) -> httpx.Response:
        """Comes in time."""
        await self.world.play_to(booking.starts_at)
        return await self.joins(self.world.app.core.links.join(booking))

    async def has_settled_everything(self, **details: str) -> "Parent":
        """Follows, agrees, declares and fills in the form."""
        await self.follows()
        await self.taps("同意する|I agree")
        await self.taps("すべて当てはまる|All apply")
        await self.taps("すべて大丈夫|All fine")
        await self.fills_form(**details)
        await self.taps("次へ|Next")
        return self

    async def has_booked(self, day: str = "", time: str = "") -> Booking:
        """Books; the first free day and time unless said otherwise."""
        if not self.ever_seen:
            await self.has_settled_everything()
        elif "どの相談|Which service" not in self:
            await self.says("予約")
        if "どの相談|Which service" in self:
            await self.taps("職業相談|Job consultation")
        await self.taps(day or r"空き|free")
        await self.taps(time or r"^\d+:\d\d$")
        await self.taps("この内容で予約する|Book it")
        assert "予約しました|You are booked" in self, self.seen
        bookings = await self.world.bookings()
        return bookings[-1]

    # What a parent sees

    def __contains__(self, words: str) -> bool:
        return any(
            re.search(words, message.text)
            or any(re.search(words, b.label) for b in message.buttons)
            for message in self.seen
        )

    def sees(self, *words: str) -> "Parent":
        """The latest answer holds all of these, as text or on buttons."""
        for each in words:
            assert each in self, f"{each!r} is not in {self.seen}"
        return self

    def sees_no(self, *words: str) -> "Parent":
        for each in words:
            assert each not in self, f"{each!r} is in {self.seen}"
        return self

    def sees_nothing(self) -> "Parent":
        assert not self.seen, self.seen
        return self

    def looks(self) -> "Parent":
        """Looks at the phone: what has come since the last look."""
        self._look()
        return self

    def labels(self) -> list[str]:
        return [button.label for message in self.seen for button in message.buttons]

    def button(self, label: str) -> Pressable:
        for message in self.seen:
            for button in message.buttons:
                if re.search(label, button.label):
                    return button
        raise AssertionError(f"no button {label!r} in {self.labels()}")

    def link(self, label: str) -> str:
        url = self.button(label).url
        assert url is not None
        return url

    async def _press(self, button: Pressable) -> "Parent":
        assert button.data is not None
        if self.channel == "line":
            await self._did(await self.world.line.tap(self.line, button.data, button.label))
        else:
            status = await self.world.telegram.tap(
                self.telegram, button.data, button.message_id or 1
            )
            await self._did(status)
        return self

    async def _did(self, status: int) -> None:
        assert status == 200, status
        self._look()  # what came before is not the answer
        await self.world.app.drain()
        await self.world.app.web.finish()
        self._look()

    def _look(self) -> None:
        everything = list(self._everything(self.person))
        self.seen = everything[self._looked :]
        self.ever_seen += self.seen
        self._looked = len(everything)

    def _everything(self, chat: str) -> Iterator[Seen]:
        if self.channel == "line":
            for accepted in self.world.line.ledger:
                if accepted.person == chat and accepted.delivered:
                    for message, number in zip(accepted.messages, accepted.ids, strict=True):
                        yield line_message(message, number)
        else:
            for _, body in self.world.telegram.ledger:
                if str(body["chat_id"]) == chat:
                    yield telegram_message(body)


def wait_for(address: str) -> None:
    """Wait until a server that was just started answers."""
    for _ in range(200):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


DETAILS = {
    "name": "広島 花子",
    "reading": "ひろしま はなこ",
    "phone": "０９０ー１２３４ー５６７８",
    "registration": "３４０１０－１２３４５６７",
}

_TELEGRAM_CONTENT: dict[str, Any] = {
    "sticker": {
        "file_id": "1",
        "file_unique_id": "1",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    },
    "photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}],
    "voice": {"file_id": "1", "file_unique_id": "1", "duration": 1},
    "location": {"latitude": 34.39, "longitude": 132.46},
}
